package import Basics
package import Configuration

/// A job and when it is done next.
package struct ScheduledRun: Equatable, Sendable {
    /// Why it is done then.
    package enum Reason: Equatable, Sendable {
        /// It never was.
        case first
        /// It is that time of the day.
        case daily(TimeOfDay)
        /// So much time has passed since the last backup.
        case after(Duration)
        /// So many days have passed since the last one.
        case days(Int)
        /// It was to be done then and was not.
        case missed(Timestamp)
        /// The last one is later than now.
        case clockSetBack
        /// The last so many failed; how long is left until the next attempt.
        case retry(failures: Int, wait: Duration)
    }

    /// What is done.
    package var job: BackupJob
    /// When: now for what is due.
    package var at: Timestamp
    /// Whether it is due.
    package var isDue: Bool
    /// Why then.
    package var reason: Reason
}

extension ScheduledRun.Reason: CustomStringConvertible {
    /// In words, like `daily at 02:00 UTC` or `again after the 3rd failure, in 4 min`.
    package var description: String {
        switch self {
        case .first: "there is none yet"
        case .daily(let time): "daily at \(time.text) UTC"
        case .after(let duration): "\(duration.brief) after the last backup"
        case .days(1): "daily"
        case .days(let days): "every \(days) days"
        case .missed(let moment): "missed at \(moment.rfc3339Seconds), made up for now"
        case .clockSetBack: "the clock was set back since the last one"
        case .retry(let failures, let wait):
            "again after the \(ordinal(failures)) failure" + (wait > .zero ? ", in \(wait.brief)" : "")
        }
    }

    private func ordinal(_ number: Int) -> String {
        switch (number % 100, number % 10) {
        case (11...13, _): "\(number)th"
        case (_, 1): "\(number)st"
        case (_, 2): "\(number)nd"
        case (_, 3): "\(number)rd"
        default: "\(number)th"
        }
    }
}
