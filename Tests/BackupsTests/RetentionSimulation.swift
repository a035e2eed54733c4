import Backups
import Basics
import TestSupport

/// Years of backups, with everything that goes wrong in them, and a plan carried out each day.
struct RetentionSimulation {
    typealias Planner = ([BackupRecord], RetentionPolicy, Timestamp) -> RetentionPlan

    private static let day = Duration.seconds(86_400)
    private let policy: RetentionPolicy
    private let planner: Planner
    private var generator: SeededGenerator
    private var repository = SimulatedRepository()
    /// The first sound full backups of all weeks and months there were, with their moments.
    private var weeks: [CalendarWeek: BackupRecord] = [:]
    private var months: [CalendarMonth: BackupRecord] = [:]

    init(_ policy: RetentionPolicy, seed: UInt64, planner: @escaping Planner) {
        self.policy = policy
        self.planner = planner
        generator = SeededGenerator(seed: seed)
    }

    /// Lives through so many days; the first thing that should not be, or nil.
    mutating func complaint(days: Int) -> String? {
        var now = Timestamp(seconds: 1_795_226_400)
        var jump = Duration.zero
        for _ in 0..<days {
            if chance(200) { now = now + Self.day * Int.random(in: 2...30, using: &generator) }
            // Now and then the clock is set back for a day; then no name comes after the last one's.
            jump = chance(60) ? .seconds(-Int.random(in: 60...200_000, using: &generator)) : .zero
            makeBackups(of: now + jump)
            now = now + Self.day
            if let complaint = planDay(now, clock: now + jump) { return "\(complaint), on \(now.rfc3339Seconds)" }
        }
        return nil
    }

    private mutating func chance(_ count: Int) -> Bool { Int.random(in: 0..<count, using: &generator) == 0 }

    private mutating func makeBackups(of day: Timestamp) {
        if !chance(15) { back(.full, at: day) }
        for hour in 1..<24 where !chance(12) { back(.incremental, at: day + .seconds(hour * 3600)) }
    }

    private mutating func back(_ kind: BackupRecord.Kind, at start: Timestamp) {
        let hasErrors = chance(kind == .full ? 10 : 100)
        let lasting = Duration.seconds(Int.random(in: 10...(kind == .full ? 9000 : 1800), using: &generator))
        guard repository.back(kind, at: start, lasting: lasting, hasErrors: hasErrors, using: &generator),
            kind == .full, !hasErrors, let backup = repository.backups.last
        else { return }
        if weeks[start.week] == nil { weeks[start.week] = backup }
        if months[start.month] == nil { months[start.month] = backup }
    }

    private mutating func planDay(_ now: Timestamp, clock: Timestamp) -> String? {
        let newest = repository.sound().last { $0.kind == .full }
        let plan = planner(repository.backups, policy, clock)
        if let complaint = repository.execute(plan) { return complaint }
        if let newest, !repository.backups.contains(newest) { return "the newest sound full backup is gone" }
        return orphan() ?? unreachable(now, plan) ?? keepers(now) ?? tooMany() ?? (chance(6) ? restless(clock) : nil)
    }

    private func orphan() -> String? {
        let labels = Set(repository.backups.map(\.label))
        for backup in repository.backups {
            if let missing = backup.references.first(where: { !labels.contains($0) }) {
                return "\(backup.label) is without \(missing)"
            }
        }
        return nil
    }

    /// Some seconds of the last days, their first one among them.
    private mutating func unreachable(_ now: Timestamp, _ plan: RetentionPlan) -> String? {
        guard let first = repository.firstStop else { return nil }
        let begin = max(first, now + Self.day * -policy.daily)
        guard begin < now else { return nil }
        let sound = repository.sound().filter { $0.start >= repository.logStart }
        let random = (0..<4).map { _ in
            Timestamp(microseconds: .random(in: begin.microseconds...now.microseconds, using: &generator))
        }
        for moment in [begin] + random where !sound.contains(where: { $0.stop <= moment }) {
            return "\(moment.rfc3339Seconds) is not reachable"
        }
        guard let earliest = plan.earliest else { return "nothing is said to be reachable" }
        return earliest <= begin ? nil : "\(begin.rfc3339Seconds) is said not to be reachable"
    }

    private func keepers(_ now: Timestamp) -> String? {
        let labels = Set(repository.backups.map(\.label))
        for (week, backup) in weeks where backup.start > now + Self.day * -policy.weekly {
            if !labels.contains(backup.label) { return "\(backup.label), the first of \(week), is gone" }
        }
        for (month, backup) in months where backup.start > now + Self.day * -policy.monthly {
            if !labels.contains(backup.label) { return "\(backup.label), the first of \(month), is gone" }
        }
        return nil
    }

    private func tooMany() -> String? {
        let fulls = repository.backups.count { $0.kind == .full }
        // A few more than there are days, because time is counted up to the newest sound one, and the one before them.
        let most = policy.daily + 6 + policy.weekly / 7 + 1 + policy.monthly / 30 + 2
        guard fulls > most else { return nil }
        return "\(fulls) full backups are kept, of which there should be \(most) at most"
    }

    private func restless(_ clock: Timestamp) -> String? {
        let again = planner(repository.backups, policy, clock).expired
        return again.isEmpty ? nil : "planning again would remove \(again[0])"
    }
}
