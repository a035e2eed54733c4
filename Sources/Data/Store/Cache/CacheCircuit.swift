import Basics

/// Decides whether Redis is asked at all, or whether it is left alone for a while; knows neither sockets nor clocks.
///
/// States: closed (Redis is used), open (it is not, and a probe finds out when it may be again). Requests never probe:
/// a server that hangs costs only those few that find out about it.
struct CacheCircuit: Equatable {
    enum Action: Equatable {
        case nothing
        /// It has just opened: probe after that time.
        case open(probeAfter: Duration)
        /// It stays open: probe after that time.
        case wait(probeAfter: Duration)
        /// It has just closed.
        case close
    }

    /// What it goes by.
    struct Limits: Equatable {
        /// After so many failures in a row it opens.
        var failuresMax = 3
        /// The time until the first probe; each failed one doubles it.
        var shortest: Duration = .milliseconds(500)
        /// The time that is not exceeded.
        var longest: Duration = .seconds(10)
    }

    let limits: Limits
    private(set) var isOpen = false
    /// What a request notes before it asks. Those that are under way together fail for one reason, a busy loop of this
    /// process perhaps, so they count as one failure.
    private(set) var round = 0
    private var failures = 0
    private var probes = 0

    init(_ limits: Limits) { self.limits = limits }

    /// A request's command was answered.
    mutating func succeeded() { failures = 0 }

    /// A request's command failed that was sent in a round; `spread` is a random number between 0 and 1.
    mutating func failed(in round: Int, spread: Double) -> Action {
        guard !isOpen, round == self.round else { return .nothing }
        self.round += 1
        failures += 1
        return failures >= limits.failuresMax ? trip(spread: spread) : .nothing
    }

    /// Something failed that must not be passed over: it opens at once.
    mutating func trip(spread: Double) -> Action {
        guard !isOpen else { return .nothing }
        isOpen = true
        probes = 0
        return .open(probeAfter: pause(spread))
    }

    /// A probe has ended.
    mutating func probed(succeeded: Bool, spread: Double) -> Action {
        guard isOpen else { return .nothing }
        guard !succeeded else {
            isOpen = false
            failures = 0
            return .close
        }
        probes += 1
        return .wait(probeAfter: pause(spread))
    }

    /// At least half of the full time: the processes of a system do not return all at once.
    private func pause(_ spread: Double) -> Duration {
        min(limits.shortest * (1 << min(probes, 20)), limits.longest) * (0.5 + spread / 2)
    }
}
