import Basics
import Simulation
import Synchronization

/// Shows how a simulation goes and what came of it.
final class SimulationView: Sendable {
    private let terminal: Terminal
    private let isJSON: Bool
    /// When the line was written last; nil when no line is open.
    private let last = Mutex<ContinuousClock.Instant?>(nil)

    init(_ invocation: Invocation) {
        terminal = invocation.terminal
        isJSON = invocation.command.has(.json)
    }

    /// Tells where the service has to send.
    func begin(_ plan: SimulationPlan, graphPort: Int) {
        guard !isJSON else { return }
        let numbers = plan.numbers.map(\.phoneNumberID).joined(separator: ", ")
        try? terminal.write(
            """
            WhatsApp is simulated at http://127.0.0.1:\(graphPort), for \(numbers)
            \(plan.customers.map { "\($0.grouped) customers" } ?? "customers") of seed \(plan.seed) begin to write

            """)
    }

    /// Tells what was said and, once a second and on a terminal only, how it goes.
    func tell(_ totals: SimulationTotals, _ said: [SimulatedLine], of plan: SimulationPlan) {
        guard !isJSON else { return }
        if !said.isEmpty {
            let isOpen = last.withLock { last in
                defer { last = nil }
                return last != nil
            }
            try? terminal.write((isOpen ? "\r\u{1B}[K" : "") + said.map { Self.line($0) + "\n" }.joined())
        }
        guard terminal.isTerminal() else { return }
        let isDue = last.withLock { last in
            if let last, .now - last < .seconds(1) { return false }
            last = .now
            return true
        }
        guard isDue else { return }
        try? terminal.write("\r\(Self.line(totals, plan.customers))\u{1B}[K")
    }

    static func line(_ line: SimulatedLine) -> String {
        let time = line.time.rfc3339.dropFirst(11).prefix(8)
        let (speaker, listener) =
            line.speaker == .customer ? (line.customer, line.salon) : (line.salon, line.customer)
        // Each on a line of its own, whatever it is made of.
        let words = line.words.split(whereSeparator: \.isNewline).joined(separator: " / ")
        return "\(time)  \(speaker) -> \(listener): \(words)"
    }

    static func line(_ totals: SimulationTotals, _ customers: Int?) -> String {
        "\(totals.begun.grouped)\(customers.map { " of \($0.grouped)" } ?? "") have begun, \(totals.content.grouped) are content, "
            + "\(totals.inbound.grouped) messages in, \(totals.taken.grouped) out"
    }

    /// Tells what was delivered and what came back.
    func end(_ totals: SimulationTotals) {
        let isOpen = last.withLock { $0 != nil }
        try? terminal.write(isJSON ? Self.json(totals).pretty + "\n" : (isOpen ? "\n" : "") + Self.summary(totals))
    }

    static func summary(_ totals: SimulationTotals) -> String {
        var lines = [
            (
                "customers",
                "\(totals.begun.grouped) began, \(totals.content.grouped) content, \(totals.gaveUp.grouped) gave up"
            ),
            ("booking codes", totals.bookings.grouped), ("messages in", totals.inbound.grouped),
            ("messages out", totals.taken.grouped),
            ("deliveries", "\(totals.acknowledged.grouped) taken, \(totals.unacknowledged.grouped) made again"),
        ]
        for (code, count) in totals.refused.sorted(by: { $0.key < $1.key }) {
            lines.append(("refused with \(code)", count.grouped))
        }
        return lines.map { "  \($0.0)".padded(to: 24) + $0.1 + "\n" }.joined()
    }

    static func json(_ totals: SimulationTotals) -> JSON {
        let refused = totals.refused.sorted { $0.key < $1.key }.map { JSON.Member("\($0.key)", .integer($0.value)) }
        return [
            "customers_begun": .integer(totals.begun), "customers_content": .integer(totals.content),
            "customers_gave_up": .integer(totals.gaveUp), "booking_codes": .integer(totals.bookings),
            "messages_in": .integer(totals.inbound), "messages_out": .integer(totals.taken),
            "deliveries_taken": .integer(totals.acknowledged), "deliveries_again": .integer(totals.unacknowledged),
            "refused": .object(refused),
        ]
    }
}
