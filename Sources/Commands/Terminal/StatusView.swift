package import Basics
package import Processes

/// What `parlor status` says about the parts of a system.
package struct StatusView: Sendable {
    private let parts: [PartStatus]

    /// A view of some parts, in the order in which they start.
    package init(_ parts: [PartStatus]) { self.parts = parts }

    /// A table, and a sentence that sums it up.
    package func lines(now: Timestamp, width: Int, inColor: Bool = false) -> [String] {
        let closing = wrapped(summary, width: width)
        guard !parts.isEmpty else { return closing }
        let table = Table(columns: StatusView.columns, rows: parts.map { row($0, now: now) })
        return table.lines(fitting: width, inColor: inColor) + [""] + closing
    }

    /// The sentence: all is well, or which parts are not ready and why.
    package var summary: String {
        let lagging = parts.filter { $0.state != .ready }
        if parts.isEmpty { return "nothing runs; \"./parlor up\" starts it" }
        if parts.allSatisfy({ $0.state == .stopped }) { return "nothing runs: \(counted("stopped"))" }
        if lagging.isEmpty { return counted("ready") }
        let reasons = lagging.map(reason).joined(separator: ", ")
        if parts.count == 1 { return "the only part is not ready: \(reasons)" }
        return "\(lagging.count) of \(parts.count) parts \(lagging.count == 1 ? "is" : "are") not ready: \(reasons)"
    }

    private func counted(_ state: String) -> String {
        parts.count == 1 ? "the only part is \(state)" : "all \(parts.count) parts are \(state)"
    }

    private func reason(for part: PartStatus) -> String {
        let reason = part.detail.map { ": \($0.printable)" } ?? ""
        return "\(part.name.printable) (\(part.state.words)\(reason))"
    }

    private static let columns: [Table.Column] = [
        Table.Column("NAME", maximum: 24), Table.Column("STATE"), Table.Column("SINCE"), Table.Column("PID", .right),
        Table.Column("PORT", .right), Table.Column("MEMORY", .right), Table.Column("RESTARTS", .right),
        Table.Column("LAST RESTART", shrinks: true),
    ]

    private func row(_ part: PartStatus, now: Timestamp) -> [Table.Cell] {
        [
            Table.Cell(part.name), Table.Cell(part.state.words, part.state.style), Table.Cell(age(of: part, now: now)),
            Table.Cell(part.pid.map(String.init) ?? "-"), Table.Cell(part.port.map(String.init) ?? "-"),
            Table.Cell(part.memory?.description ?? "-"), Table.Cell("\(part.restarts)"),
            Table.Cell(part.lastRestartReason ?? "-"),
        ]
    }

    /// In whole seconds, so that a repeated view counts evenly. A clock that was set back shows no negative age.
    private func age(of part: PartStatus, now: Timestamp) -> String {
        let seconds = max(0, (now - part.since).microseconds / 1_000_000)
        return seconds < 60 ? "\(seconds) s" : Duration.seconds(seconds).brief
    }
}

extension PartStatus.State {
    /// The state for people.
    package var words: String { self == .backingOff ? "backing off" : rawValue }

    var style: Style {
        switch self {
        case .ready: .green
        case .waiting, .preparing, .starting, .stopping, .backingOff: .yellow
        case .unresponsive, .failed: .red
        case .stopped: .dim
        }
    }
}
