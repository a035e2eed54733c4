import Backups
import Basics

/// How far a restore has come, as people see it.
final class RestoreProgress: @unchecked Sendable {
    // Guard of @unchecked Sendable: what runs pgBackRest and the server calls it on the loop's thread, and nobody else.
    private let terminal: Terminal
    private let isSilent: Bool
    private let size: Int
    private var meter: ProgressMeter
    private var replayed: ContinuousClock.Instant?
    private static let pause = Duration.seconds(5)

    init(_ terminal: Terminal, isSilent: Bool, size: Int) {
        (self.terminal, self.isSilent, self.size) = (terminal, isSilent, size)
        meter = ProgressMeter(
            isTerminal: terminal.isTerminal(), words: { "\(ByteCount($0)) copied" },
            rate: { "\(ByteCount($0)) a second" })
    }

    func show(_ phase: Restoration.Phase) {
        guard !isSilent else { return }
        switch phase {
        case .copying(let progress): try? terminal.write(meter.text(progress.done, of: progress.total ?? size))
        case .replaying(let moment):
            if replayed == nil { try? terminal.write(meter.end() + "replaying the log\n") }
            guard replayed.map({ .now - $0 >= Self.pause }) ?? true else { return }
            if replayed != nil { try? terminal.write("  up to \(moment.rfc3339Seconds)\n") }
            replayed = .now
        }
    }

    func end() {
        if !isSilent { try? terminal.write(meter.end()) }
    }
}
