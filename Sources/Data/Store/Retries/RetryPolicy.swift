import Postgres

/// Which failures are tried again, and when: only where the statement certainly did nothing, or doing it twice is as
/// doing it once. It performs nothing.
package struct RetryPolicy: Sendable {
    /// How often a statement is sent at most.
    package var attempts = 3
    /// The pause before the second attempt, which doubles with each one and is shortened by chance.
    package var pause = Duration.milliseconds(10)

    /// The usual: three attempts.
    package init() {}

    /// How long to wait before the next attempt, counted from 1, of which `error` ended the one before; nil when there is
    /// to be none.
    package func pause(
        after error: any Error, attempt: Int, _ repetition: Repetition, random: inout some RandomNumberGenerator
    ) -> Duration? {
        guard attempt < attempts, let error = error as? PostgresError, mayBeRepeated(error, repetition) else {
            return nil
        }
        let longest = pause * (1 << min(attempt - 1, 10))
        return longest * Double.random(in: 0.5...1, using: &random)
    }

    private func mayBeRepeated(_ error: PostgresError, _ repetition: Repetition) -> Bool {
        switch error.kind {
        // The server rolled it back because of others.
        case .statement:
            repetition != .never
                && (error.sqlState == .serializationFailure || error.sqlState == .deadlockDetected)
        // Nothing was sent.
        case .unreachable, .startingUp: repetition != .never
        // A transaction is rolled back with its connection; anything else may have taken effect.
        case .lost: repetition == .always || repetition == .ofTransaction
        case .outcomeUnknown: repetition == .always
        // More of the same would not help.
        case .crowded, .overdue, .refused, .unusable: false
        }
    }
}

/// What doing something again would do.
package enum Repetition: Hashable, Sendable {
    /// The same as doing it once.
    case always
    /// The same as doing it once, as long as the transaction around it did not commit.
    case ofTransaction
    /// Twice as much, unless the server rolled it back or did not get it.
    case ofStatement
    /// Nobody knows.
    case never
}

/// Keeps attempts from multiplying what a struggling server has to do: of so many calls one may be repeated.
package struct RetryBudget: Sendable {
    /// How much of a repetition each call earns.
    package let share: Double
    /// How many repetitions can be saved up.
    package let most: Double
    private var saved: Double

    /// A tenth of the calls, and ten at once.
    package init(share: Double = 0.1, most: Double = 10) {
        self.share = share
        self.most = most
        saved = most
    }

    /// A call began.
    package mutating func earn() { saved = min(most, saved + share) }

    /// Whether one may be repeated, which is then counted.
    package mutating func spend() -> Bool {
        guard saved >= 1 else { return false }
        saved -= 1
        return true
    }
}
