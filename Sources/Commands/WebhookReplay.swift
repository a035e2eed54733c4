import Basics
import Loop
import Postgres
import Store
import Tenants
import WhatsApp

extension Command {
    /// `parlor webhook replay`.
    static let webhookReplay = Command(
        CommandDeclaration(
            name: "replay",
            group: .database,
            summary: "Apply a stretch of the log of events again",
            discussion: """
                Reads the events that came in between two moments in their order and applies them again: messages,
                states of messages, news of templates. What was applied before comes to nothing, so it may be done at
                any time, while the service works, and as often as one likes. --failed takes only those that could not
                be applied, as after a mistake was mended; "--dry-run" counts and changes nothing.

                Events that are older than the log keeps are not there any more. Messages that were archived meanwhile
                would be taken for new, so --from must not lie further back than messages are kept.
                """,
            options: [.from, .before, .salon, .failed, .dryRun, .json],
            examples: [
                .init("parlor webhook replay --from 2026-11-20T08:00:00Z", "All since then"),
                .init("parlor webhook replay --from 2026-11-20T08:00:00Z --failed", "What could not be applied"),
            ],
            success: "every event was read, and what can be applied is",
            failures: ErrorCode.stateFailures + [.notRunning, .timeout, .cancelled, .connection, .database]),
        work: { try await replay($0) })

    private static func replay(_ invocation: Invocation) async throws {
        let command = invocation.command
        let stretch = try stretch(command)
        let workplace = try Workplace(invocation)
        let isDry = command.has(.dryRun)
        let outcome = try await invocation.loop.untilInterrupted {
            try await workplace.withStore(on: invocation.loop) { store in
                var stretch = stretch
                stretch.salon = try await salon(command, store)
                var progress = ReplayProgress(stretch, invocation.terminal, isSilent: command.has(.json))
                defer { progress.end() }
                return try await EventReplay(store).run(stretch, isDry: isDry) { progress.show($0) }
            }
        }
        let report = ReplayReport(outcome: outcome, isDry: isDry)
        let isJSON = command.has(.json)
        try invocation.terminal.write(isJSON ? report.json.pretty + "\n" : report.text)
    }

    private static func stretch(_ command: ParsedCommand) throws(ParlorError) -> EventReplay.Stretch {
        let from = try moment(command.value(of: .from), "--from")
        let until = try moment(command.value(of: .before), "--before")
        guard let from else {
            throw ParlorError(
                .usage, "webhook replay wants --from", hint: "Say a moment such as 2026-11-20T08:00:00Z.")
        }
        return EventReplay.Stretch(
            from: from, until: until ?? .now() + .seconds(1), isOfFailed: command.has(.failed))
    }

    private static func salon(_ command: ParsedCommand, _ store: Store) async throws -> PostgresUUID? {
        guard let name = command.value(of: .salon) else { return nil }
        let scope = PlatformScope(by: .service("replay"))
        guard let salon = try await store.read(SalonStatements.byName, name, in: scope, .deciding).first else {
            throw ParlorError.noSalon(named: name)
        }
        return salon.id
    }

    private static func moment(_ text: String?, _ option: String) throws(ParlorError) -> Timestamp? {
        guard let text else { return nil }
        guard let moment = Timestamp(rfc3339: text) else {
            throw ParlorError(
                .usage, "\(option) wants a moment", why: "\"\(text)\" is none",
                hint: "Write it like 2026-11-20T08:00:00Z.")
        }
        return moment
    }
}

extension OptionDeclaration {
    /// Where a stretch begins.
    static let from = value("from", ValueDeclaration("<moment>"), "Events that came in at this moment or later")

    /// Where it ends.
    static let before = value(
        "before", ValueDeclaration("<moment>"), "Events that came in before this moment, instead of until now")

    /// One salon only.
    static let salon = value(
        "salon", ValueDeclaration("<salon>"), "Only events of the salon with this key or handle")

    /// What could not be applied.
    static let failed = flag("failed", "Only events that could not be applied")
}

/// How far a replay has come, as people see it: up to which moment of its stretch.
private struct ReplayProgress {
    private let terminal: Terminal
    private let isSilent: Bool
    private let from: Timestamp
    private let seconds: Int
    private var meter: ProgressMeter

    init(_ stretch: EventReplay.Stretch, _ terminal: Terminal, isSilent: Bool) {
        let from = stretch.from
        (self.terminal, self.isSilent, self.from) = (terminal, isSilent, from)
        seconds = Int((min(stretch.until, .now()) - from).seconds)
        meter = ProgressMeter(
            isTerminal: terminal.isTerminal(), words: { "up to \((from + .seconds($0)).rfc3339Seconds)" },
            rate: { "\(Duration.seconds($0).brief) of the log a second" })
    }

    mutating func show(_ moment: Timestamp) {
        guard !isSilent else { return }
        try? terminal.write(meter.text(Int((moment - from).seconds), of: seconds))
    }

    mutating func end() {
        if !isSilent { try? terminal.write(meter.end()) }
    }
}

/// What came of a replay.
struct ReplayReport {
    let outcome: EventReplay.Outcome
    let isDry: Bool

    /// For people.
    var text: String {
        let applied = outcome.applied
        guard !isDry else {
            return "\(counted(outcome.lines, "event")): \(applied.applied) can be applied, \(outcome.passed) cannot\n"
        }
        return "\(counted(outcome.lines, "event")): \(applied.applied) applied, \(applied.failed) failed, "
            + "\(outcome.passed) of which nothing can be done; \(counted(applied.messages, "new message"))\n"
    }

    /// For programs.
    var json: JSON {
        [
            "events": .integer(outcome.lines), "applied": .integer(outcome.applied.applied),
            "failed": .integer(outcome.applied.failed), "passed": .integer(outcome.passed),
            "messages": .integer(outcome.applied.messages), "dryRun": .bool(isDry),
        ]
    }
}
