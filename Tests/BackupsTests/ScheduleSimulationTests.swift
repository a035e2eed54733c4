import Backups
import Basics
import Configuration
import TestSupport
import Testing

/// Years in which the schedule says what is done, with a clock that people see and one that only goes on.
private struct ScheduleSimulation {
    typealias Planner = (BackupTimes, [BackupJob: JobPast], Timestamp) -> BackupSchedule

    struct Run {
        var job: BackupJob
        /// By the clock that only goes on.
        var begin: Timestamp
        var end: Timestamp
        /// By the clock that people see.
        var shown: Timestamp
        var succeeded: Bool
    }

    var times: BackupTimes
    /// One of so many runs fails; zero for none.
    var failureOdds = 0
    /// One of so many waits ends weeks late; zero for none.
    var outageOdds = 0
    /// One of so many runs is followed by the clock being set; zero for none.
    var jumpOdds = 0
    var generator: SeededGenerator
    var planner: Planner = { BackupSchedule($0, past: $1, now: $2) }

    mutating func runs(days: Int) -> [Run] {
        var now = Timestamp(seconds: 1_795_226_400)
        let end = now + .seconds(days * 86_400)
        var past: [BackupJob: JobPast] = [:]
        var runs: [Run] = []
        var offset = Duration.zero
        while now < end, runs.count < days * 200 {
            let schedule = planner(times, past, now + offset)
            guard let due = schedule.due else {
                // Woken a moment late, as by any timer.
                let wait = max(.zero, (schedule.next.first?.at ?? end) - (now + offset))
                now = now + wait + .milliseconds(Int.random(in: 1...900, using: &generator))
                if chance(outageOdds) { now = now + .seconds(Int.random(in: 3600...2_000_000, using: &generator)) }
                continue
            }
            let lasting = Duration.seconds(Int.random(in: 1...(due.job == .full ? 5000 : 1200), using: &generator))
            let succeeded = !chance(failureOdds)
            past[due.job, default: JobPast()].ended(begun: now + offset, succeeded: succeeded)
            runs.append(
                Run(job: due.job, begin: now, end: now + lasting, shown: now + offset, succeeded: succeeded))
            now = now + lasting
            if chance(jumpOdds) { offset = .seconds(Int.random(in: -3_000_000...3_000_000, using: &generator)) }
        }
        return runs
    }

    private mutating func chance(_ count: Int) -> Bool {
        count > 0 && Int.random(in: 0..<count, using: &generator) == 0
    }
}

@Suite struct ScheduleSimulationTests {
    private static let day = Duration.seconds(86_400)

    private func simulation(_ generator: SeededGenerator) -> ScheduleSimulation {
        let times = BackupTimes(
            fullAt: TimeOfDay(hour: 2, minute: 0), incrementalEvery: .seconds(3600),
            portableAt: TimeOfDay(hour: 3, minute: 0), drillDays: 7)
        return ScheduleSimulation(times: times, generator: generator)
    }

    /// The longest time between the begins of two runs in a row of some jobs.
    private func gap(_ runs: [ScheduleSimulation.Run], _ jobs: Set<BackupJob>) -> Duration {
        let begins = runs.filter { jobs.contains($0.job) && $0.succeeded }.map(\.begin)
        return zip(begins, begins.dropFirst()).map { $1 - $0 }.max() ?? .zero
    }

    /// The most runs of a job that succeeded between one time of a day and that of the next.
    private func mostInSlot(_ runs: [ScheduleSimulation.Run], _ job: BackupJob, _ time: TimeOfDay) -> Int {
        let slots = runs.filter { $0.job == job && $0.succeeded }.map {
            ($0.shown + time.sinceMidnight * -1).startOfDay
        }
        return Dictionary(grouping: slots, by: \.self).values.map(\.count).max() ?? 0
    }

    @Test("For three quiet years each job is done in its time, once")
    func quiet() {
        let generator = SeededGenerator()
        var simulation = simulation(generator)
        let runs = simulation.runs(days: 1100)
        // What may hold a run up is one of each other kind.
        let busy = Duration.seconds(5000 + 3 * 1200)
        #expect(gap(runs, [.full]) <= Self.day + busy, generator.note)
        #expect(gap(runs, [.portable]) <= Self.day + busy, generator.note)
        #expect(gap(runs, [.drill]) <= Self.day * 7 + busy, generator.note)
        #expect(gap(runs, [.full, .incremental]) <= .seconds(3600) + busy, generator.note)
        #expect(mostInSlot(runs, .full, simulation.times.fullAt) == 1, generator.note)
        #expect(runs.count { $0.job == .full } >= 1099, generator.note)
    }

    @Test("Whatever fails and however long the machine is off, nothing piles up and nothing is forgotten")
    func faults() {
        let generator = SeededGenerator()
        var simulation = simulation(generator)
        (simulation.failureOdds, simulation.outageOdds) = (5, 200)
        let runs = simulation.runs(days: 1100)
        #expect(mostInSlot(runs, .full, simulation.times.fullAt) == 1, generator.note)
        #expect(mostInSlot(runs, .portable, TimeOfDay(hour: 3, minute: 0)) == 1, generator.note)
        #expect(isCalm(runs), generator.note)
        // The day of an outage's end has its backup before the day is over.
        #expect(gap(runs, [.full]) <= .seconds(2_000_000) + Self.day * 2, generator.note)
    }

    @Test("A clock that is set back and ahead makes no job wait, and none run without end")
    func clock() {
        let generator = SeededGenerator()
        var simulation = simulation(generator)
        (simulation.failureOdds, simulation.jumpOdds) = (20, 30)
        let runs = simulation.runs(days: 1100)
        #expect(isCalm(runs), generator.note)
        #expect(gap(runs, [.full]) <= Self.day * 2, generator.note)
        #expect(gap(runs, [.full, .incremental]) <= .seconds(6 * 3600), generator.note)
    }

    /// Nowhere are there more runs of a job within an hour than retries and clocks explain.
    private func isCalm(_ runs: [ScheduleSimulation.Run]) -> Bool {
        BackupJob.allCases.allSatisfy { job in
            let begins = runs.filter { $0.job == job }.map(\.begin)
            return zip(begins, begins.dropFirst(12)).allSatisfy { $1 - $0 > .seconds(1800) }
        }
    }

    @Test("A schedule that makes up for every missed run, or waits for a clock, is noticed")
    func broken() {
        let generator = SeededGenerator()
        var flood = simulation(generator)
        flood.outageOdds = 20
        flood.planner = { times, past, now in
            // As one would that counts from when a run was to be, not from when it was.
            var past = past
            if let last = past[.full]?.success { past[.full]?.success = last + Self.day * -1 }
            return BackupSchedule(times, past: past, now: now)
        }
        let flooded = flood.runs(days: 100)
        #expect(!isCalm(flooded) || mostInSlot(flooded, .full, flood.times.fullAt) > 1, generator.note)

        var stuck = simulation(generator)
        stuck.jumpOdds = 10
        stuck.planner = { times, past, now in
            // As one would that believes every moment of the past.
            let last = past.values.compactMap(\.success).max() ?? now
            return BackupSchedule(times, past: past, now: max(now, last))
        }
        let waiting = stuck.runs(days: 1100)
        #expect(gap(waiting, [.full, .incremental]) > .seconds(6 * 3600) || !isCalm(waiting), generator.note)
    }
}
