import Agent
import Basics
import Glibc
import Processes
import State
import Synchronization

/// What people are told while a system comes up and goes down: events in, lines out.
struct Progress {
    /// Who has the system in hand once it is ready.
    enum Keeper {
        /// The person at the terminal that it was started from.
        case terminal
        /// Nobody: it runs in the background.
        case background
        /// systemd, or another service manager.
        case serviceManager
    }

    private let statePath: String
    private let keeper: Keeper
    private let started: ContinuousClock.Instant
    private var beginnings: [String: ContinuousClock.Instant] = [:]

    init(statePath: String, keeper: Keeper, at now: ContinuousClock.Instant = .now) {
        self.statePath = statePath
        self.keeper = keeper
        started = now
    }

    /// The lines for an event.
    mutating func lines(for event: AgentEvent, at now: ContinuousClock.Instant = .now) -> [String] {
        switch event {
        case .planned(let plan): return plan.notices
        case .clearedLeftovers(let parts):
            return ["ended what a killed agent had left: \(parts.joined(separator: ", "))"]
        case .changed(let part): return line(for: part, now).map { [column(part.name) + $0] } ?? []
        case .ready(let plan):
            return [
                "everything is ready after \((now - started).brief)", "",
                "  service    \(plan.serviceURL)", "  database   \(plan.databaseURL)", "  state      \(statePath)",
            ] + (plan.simulatorURL.map(Self.demo) ?? []) + howToStop
        case .stopping: return [keeper == .serviceManager ? "stopping" : "stopping; once more to hurry"]
        }
    }

    private static func demo(_ simulator: String) -> [String] {
        [
            "  whatsapp   simulated at \(simulator)", "",
            "Customers chat with three salons: \"./parlor logs whatsapp --follow\" shows what is said.",
        ]
    }

    private var howToStop: [String] {
        switch keeper {
        case .terminal: ["", "Ctrl-C stops it in order."]
        case .background: ["", "It runs in the background: \"./parlor status\" shows it, \"./parlor down\" stops it."]
        case .serviceManager: []
        }
    }

    private mutating func line(for part: PartStatus, _ now: ContinuousClock.Instant) -> String? {
        switch part.state {
        case .preparing:
            beginnings[part.name] = now
            return nil
        case .starting: return "starting"
        case .ready:
            return "ready" + (beginnings.removeValue(forKey: part.name).map { " after \((now - $0).brief)" } ?? "")
        case .backingOff, .unresponsive, .failed: return part.state.words + (part.detail.map { ": \($0)" } ?? "")
        case .stopping, .stopped: return part.state.words
        case .waiting: return nil
        }
    }

    private func column(_ name: String) -> String {
        name + String(repeating: " ", count: max(1, 11 - name.count))
    }
}

/// Prints progress; a detached agent gives its terminal back when everything is ready.
final class ProgressPrinter: Sendable {
    private let terminal: Terminal
    private let keeper: Progress.Keeper
    private let progress: Mutex<Progress>

    init(_ terminal: Terminal, state: StateFolder, keeper: Progress.Keeper) {
        self.terminal = terminal
        self.keeper = keeper
        progress = Mutex(Progress(statePath: state.path, keeper: keeper))
    }

    /// Tells about an event.
    var tell: @Sendable (AgentEvent) -> Void {
        { [self] event in
            let lines = progress.withLock { $0.lines(for: event) }
            // A system does not stop because nobody reads any more what it does.
            try? terminal.write(lines.map { "\($0)\n" }.joined())
            if case .ready = event, keeper == .background { leaveTerminal() }
        }
    }

    private func leaveTerminal() {
        let nothing = open("/dev/null", O_RDWR | O_CLOEXEC)
        guard nothing >= 0 else { return }
        dup2(nothing, STDOUT_FILENO)
        dup2(nothing, STDERR_FILENO)
        close(nothing)
    }
}
