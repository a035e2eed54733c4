import Basics
import Seed
import Synchronization

/// What people are told while a seed is made: events in, text out.
struct SeedProgress {
    private var total = 0
    private var copied = 0
    private var meter: ProgressMeter?
    private let isTerminal: Bool

    init(isTerminal: Bool) { self.isTerminal = isTerminal }

    /// The text for an event.
    mutating func text(for event: SeedEvent, at now: ContinuousClock.Instant = .now) -> String {
        switch event {
        case .removing: return "removing what is there of this seed\n"
        case .planned(let plan):
            total = plan.rows
            meter = ProgressMeter(
                isTerminal: isTerminal, at: now, words: { "\($0.grouped) rows" }, rate: { "\($0.grouped) a second" })
            return "copying \(plan.rows.grouped) rows, about \(ByteCount(plan.bytes))\n"
        case .copied(let rows):
            copied += rows
            return meter?.text(copied, of: total, at: now) ?? ""
        case .proving: return end() + "proving that everything fits together\n"
        }
    }

    /// Ends a line that a failure has left open.
    mutating func end() -> String { meter?.end() ?? "" }
}

/// Shows how a seeding goes and what became of it.
final class SeedView: Sendable {
    private let request: SeedRequest
    private let terminal: Terminal
    private let isJSON: Bool
    private let progress: Mutex<SeedProgress>

    init(_ request: SeedRequest, _ invocation: Invocation) {
        self.request = request
        terminal = invocation.terminal
        isJSON = invocation.command.has(.json)
        progress = Mutex(SeedProgress(isTerminal: terminal.isTerminal()))
    }

    /// Tells about an event. A seeding does not stop because nobody reads any more how it goes.
    var tell: @Sendable (SeedEvent) -> Void {
        { [self] event in
            guard !isJSON else { return }
            let text = progress.withLock { $0.text(for: event) }
            if !text.isEmpty { try? terminal.write(text) }
        }
    }

    /// Leaves no line open, however `body` ends.
    func printing<Result>(_ body: () async throws -> Result) async throws -> Result {
        defer {
            let end = progress.withLock { $0.end() }
            if !end.isEmpty { try? terminal.write(end) }
        }
        return try await body()
    }

    /// Shows what would be made.
    func show(plan: SeedPlan) throws {
        if isJSON { return try show(json: Self.members(plan)) }
        var lines = plan.parts.map { part in
            "  \(part.table)".padded(to: 22) + part.rows.grouped.aligned(to: 14)
                + "   \(ByteCount(part.bytes))".aligned(to: 13)
        }
        lines.append(
            "  all".padded(to: 22) + plan.rows.grouped.aligned(to: 14) + "   \(ByteCount(plan.bytes))".aligned(to: 13))
        try terminal.write("this would be made:\n" + lines.map { "\($0)\n" }.joined())
    }

    /// Shows what was made; nil when it was there.
    func show(result: SeedResult?) throws {
        guard let result else {
            if isJSON { return try show(json: [.init("rows", 0), .init("already_there", true)]) }
            return try terminal.write("seed \(request.number) is there already; nothing was changed\n")
        }
        if isJSON {
            return try show(
                json: Self.members(result.plan) + [
                    .init("already_there", false), .init("loading_seconds", .number(result.loading.seconds)),
                    .init("seconds", .number(result.whole.seconds)),
                    .init("triggers_left_out", .bool(result.areTriggersLeftOut)),
                ])
        }
        let rate = Int(Double(result.plan.rows) / max(0.001, result.loading.seconds))
        try terminal.write(
            """
            seed \(request.number) is there: \(result.plan.rows.grouped) rows after \(result.whole.brief), \
            copied at \(rate.grouped) a second

            """)
    }

    /// Shows what was removed.
    func show(removed: [(table: String, rows: Int)]) throws {
        let rows = removed.reduce(0) { $0 + $1.rows }
        if isJSON {
            let json: JSON = ["seed": .string("\(request.number)"), "removed": .integer(rows)]
            return try terminal.write(json.pretty + "\n")
        }
        try terminal.write(
            rows == 0
                ? "there is no seed \(request.number), so nothing was removed\n"
                : "seed \(request.number) is gone: \(rows.grouped) rows were removed\n")
    }

    private static func members(_ plan: SeedPlan) -> [JSON.Member] {
        [
            .init("rows", .integer(plan.rows)), .init("estimated_bytes", .integer(plan.bytes)),
            .init("tables", .object(plan.parts.map { .init($0.table, .integer($0.rows)) })),
        ]
    }

    private func show(json members: [JSON.Member]) throws {
        let asked: [JSON.Member] = [
            .init("seed", .string("\(request.number)")), .init("size", .string(request.sizeName)),
            .init("until", .string(request.calendar.date)),
        ]
        try terminal.write(JSON.object(asked + members).pretty + "\n")
    }
}

extension Int {
    /// With a comma between thousands.
    var grouped: String {
        var text = String(magnitude)
        var place = text.count - 3
        while place > 0 {
            text.insert(",", at: text.index(text.startIndex, offsetBy: place))
            place -= 3
        }
        return self < 0 ? "-\(text)" : text
    }
}

extension String {
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }

    func aligned(to width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }
}
