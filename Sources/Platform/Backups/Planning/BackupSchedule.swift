package import Basics
import Configuration

/// When each job is done next, and which one now.
///
/// What holds:
///
/// - Nothing is lost and nothing piles up: of runs that were missed, however many, one is made up for.
/// - What was never backed up is at once. A dump that never was is made right after, so that a recipient who cannot be
///   written to is known of on the first day; the first drill comes an hour after a full backup.
/// - An incremental backup is not made when a full one is due before it or with it.
/// - What failed is tried again after 1, 2, 4, 8, 16 and then every 30 minutes. Meanwhile the other jobs go on.
/// - A last time that lies ahead of the clock by more than an hour, or by more than the time between two runs, was taken
///   from a clock that has been set back since. The job is then done at once, and its new time can be believed.
///
/// It is asked when nothing runs, and again when a run has ended; so there is one at a time.
package struct BackupSchedule: Equatable, Sendable {
    /// The next run of each job that there is, the earliest first; of those at the same moment the one that goes first.
    package private(set) var next: [ScheduledRun] = []

    /// The one to begin now; nil when nothing is due.
    package var due: ScheduledRun? {
        next.filter(\.isDue).min { Self.precedence($0.job) < Self.precedence($1.job) }
    }

    private let times: BackupTimes
    private let past: [BackupJob: JobPast]
    private let now: Timestamp

    /// How far a moment may be over before a run for it counts as made up for.
    private static let punctuality = Duration.seconds(300)
    /// How far clocks are set when they are only corrected.
    private static let correction = Duration.seconds(3600)
    /// How long after a full backup the first drill is.
    private static let settling = Duration.seconds(3600)
    /// How long to wait at most after a failure.
    private static let retryPauseMax = 30

    /// Plans from what is known of the past.
    package init(_ times: BackupTimes, past: [BackupJob: JobPast], now: Timestamp) {
        self.times = times
        self.past = past
        self.now = now
        let full = run(of: .full, plannedFull)
        let plans = [
            full, incremental(before: full),
            plannedPortable.map { run(of: .portable, $0) }, plannedDrill.map { run(of: .drill, $0) },
        ]
        next = plans.compactMap(\.self).sorted {
            ($0.at, Self.precedence($0.job)) < ($1.at, Self.precedence($1.job))
        }
    }

    /// How long after so many failures the next attempt is.
    package static func pause(afterFailures count: Int) -> Duration {
        .seconds(60 * min(retryPauseMax, 1 << max(0, min(count - 1, 5))))
    }

    private static func precedence(_ job: BackupJob) -> Int { BackupJob.allCases.firstIndex(of: job) ?? 0 }

    /// When a job would be done if nothing had failed, and why then.
    private struct Planned {
        /// Nil for at once.
        var at: Timestamp?
        var reason: ScheduledRun.Reason
    }

    private func past(_ job: BackupJob) -> JobPast { past[job] ?? JobPast() }

    private var plannedFull: Planned { daily(past(.full).success, times.fullAt) }

    private var plannedPortable: Planned? {
        times.portableAt.map { daily(past(.portable).success, $0) }
    }

    private var plannedDrill: Planned? {
        guard times.drillDays > 0, let full = past(.full).success else { return nil }
        guard let last = past(.drill).success else {
            let first = isBelievable(full, Self.settling) ? full + Self.settling : nil
            return Planned(at: first, reason: .first)
        }
        let interval = Duration.seconds(times.drillDays * 86_400)
        guard isBelievable(last, Self.correction) else { return Planned(at: nil, reason: .clockSetBack) }
        return Planned(at: last + interval, reason: .days(times.drillDays))
    }

    /// The first time of a day after the last run.
    private func daily(_ last: Timestamp?, _ time: TimeOfDay) -> Planned {
        guard let last else { return Planned(at: nil, reason: .first) }
        guard isBelievable(last, Self.correction) else { return Planned(at: nil, reason: .clockSetBack) }
        let ofItsDay = last.startOfDay + time.sinceMidnight
        let slot = last < ofItsDay ? ofItsDay : ofItsDay + .seconds(86_400)
        return Planned(at: slot, reason: .daily(time))
    }

    private func isBelievable(_ last: Timestamp, _ tolerance: Duration) -> Bool { last <= now + tolerance }

    /// An incremental backup comes some time after the last one of either kind; one that a full backup comes before, some
    /// time after that.
    private func incremental(before full: ScheduledRun) -> ScheduledRun? {
        guard past(.full).success != nil else { return nil }
        let tolerance = min(times.incrementalEvery, Self.correction)
        let lasts = [past(.full).success, past(.incremental).success].compactMap(\.self).filter {
            isBelievable($0, tolerance)
        }
        let planned = lasts.max().map {
            Planned(at: $0 + times.incrementalEvery, reason: .after(times.incrementalEvery))
        }
        let next = run(of: .incremental, planned ?? Planned(at: nil, reason: .clockSetBack))
        guard full.at <= next.at else { return next }
        let after = full.at + times.incrementalEvery
        return ScheduledRun(job: .incremental, at: after, isDue: false, reason: .after(times.incrementalEvery))
    }

    /// Takes failures and what was missed into account.
    private func run(of job: BackupJob, _ planned: Planned) -> ScheduledRun {
        if let retry = retry(of: job), planned.at.map({ retry >= $0 }) ?? true {
            let reason = ScheduledRun.Reason.retry(failures: past(job).failures, wait: max(.zero, retry - now))
            return ScheduledRun(job: job, at: max(retry, now), isDue: retry <= now, reason: reason)
        }
        let at = planned.at ?? now
        let isLate = now - at > Self.punctuality
        return ScheduledRun(
            job: job, at: max(at, now), isDue: at <= now, reason: isLate ? .missed(at) : planned.reason)
    }

    /// When a job is tried again; nil when the last one did not fail.
    private func retry(of job: BackupJob) -> Timestamp? {
        let past = past(job)
        guard past.failures > 0, let attempt = past.attempt else { return nil }
        let pause = Self.pause(afterFailures: past.failures)
        return isBelievable(attempt, pause) ? attempt + pause : now
    }
}
