/// Decides for one call which member is asked next, for how long, and when to give up. It performs nothing.
///
/// A request that may have been done already is not sent again unless it says that doing it twice does no harm. What no
/// member can do now is tried again in rounds, until the time is up.
struct CallPlan {
    enum Action: Equatable {
        case ask(Int, within: Duration)
        case pause(Duration)
        case giveUp
    }

    private static let firstPause = Duration.milliseconds(25)
    private static let longestPause = Duration.milliseconds(400)

    private let order: [Int]
    private let isRepeatable: Bool
    private let limit: Duration
    private let attemptLimit: Duration
    private var place = 0
    private var round = 0
    private var isOver = false
    private var mayHaveRun = false
    private var failure: EtcdError?

    init(order: [Int], isRepeatable: Bool, limit: Duration, attemptLimit: Duration) {
        self.order = order
        self.isRepeatable = isRepeatable
        self.limit = limit
        self.attemptLimit = attemptLimit
    }

    /// What to do next, when the call has taken so long already; `spread` is a random number between 0 and 1.
    mutating func next(after elapsed: Duration, spread: Double) -> Action {
        let remaining = limit - elapsed
        guard !isOver, remaining > .zero, !order.isEmpty else { return .giveUp }
        if place == order.count {
            let pause = min(Self.firstPause * (1 << min(round, 10)), Self.longestPause) * (0.5 + spread / 2)
            (place, round) = (0, round + 1)
            guard pause < remaining else { return .giveUp }
            return .pause(pause)
        }
        defer { place += 1 }
        // A member that hangs must leave time for the others.
        let share = round == 0 ? remaining / (order.count - place) : remaining
        return .ask(order[place], within: min(attemptLimit, share))
    }

    /// A member could not do it.
    mutating func failed(_ error: EtcdError) {
        mayHaveRun = mayHaveRun || error.mayHaveRun
        if !error.isTransient || error.mayHaveRun && !isRepeatable { isOver = true }
        let isMoreTelling = isOver || error.rank >= failure?.rank ?? 0
        if isMoreTelling { failure = error }
    }

    /// The most telling of the failures; nil when the time was up before anybody was asked.
    var outcome: EtcdError? {
        failure.map { error in
            var error = error
            error.mayHaveRun = mayHaveRun
            return error
        }
    }
}

extension EtcdError {
    /// What people should hear of first, of several failures.
    fileprivate var rank: Int {
        switch kind {
        case .unreachable: 1
        case .busy: 2
        case .overdue: 3
        default: 4
        }
    }
}
