import Backups
import Basics
import Configuration
import Testing

@Suite struct BackupScheduleTests {
    private let times = BackupTimes(
        fullAt: TimeOfDay(hour: 2, minute: 0), incrementalEvery: .seconds(3600),
        portableAt: TimeOfDay(hour: 3, minute: 30), drillDays: 7)

    private func moment(_ text: String) throws -> Timestamp { try #require(Timestamp(rfc3339: "2026-11-\(text)Z")) }

    private func schedule(_ past: [BackupJob: JobPast], at now: String) throws -> BackupSchedule {
        BackupSchedule(times, past: past, now: try moment(now))
    }

    private func done(_ text: String) throws -> JobPast {
        JobPast(success: try moment(text), attempt: try moment(text))
    }

    private func lines(_ schedule: BackupSchedule) -> [String] {
        schedule.next.map { "\($0.job.rawValue) \($0.at.rfc3339Seconds.dropFirst(8).dropLast(4)) \($0.reason)" }
    }

    @Test("The next run of each job is known, with its reason")
    func quiet() throws {
        let past: [BackupJob: JobPast] = [
            .full: try done("21T02:00:00"), .incremental: try done("21T04:00:10"), .portable: try done("21T03:30:00"),
            .drill: try done("18T05:00:00"),
        ]
        let schedule = try schedule(past, at: "21T04:30:00")
        #expect(
            lines(schedule) == [
                "incremental 21T05:00 1 h after the last backup", "full 22T02:00 daily at 02:00 UTC",
                "portable 22T03:30 daily at 03:30 UTC", "drill 25T05:00 every 7 days",
            ])
        #expect(schedule.due == nil)
    }

    @Test("A first full backup is due at once, and what needs one comes after it")
    func first() throws {
        let schedule = try schedule([:], at: "21T14:00:00")
        #expect(
            lines(schedule) == ["full 21T14:00 there is none yet", "portable 21T14:00 there is none yet"])
        #expect(schedule.due?.job == .full)
        let after = try self.schedule([.full: try done("21T14:00:00")], at: "21T14:05:00")
        #expect(after.due?.job == .portable)
        #expect(
            lines(after) == [
                "portable 21T14:05 there is none yet", "incremental 21T15:00 1 h after the last backup",
                "drill 21T15:00 there is none yet", "full 22T02:00 daily at 02:00 UTC",
            ])
    }

    @Test("Of many missed runs one is made up for, and the full backup covers the incremental one")
    func missed() throws {
        let past: [BackupJob: JobPast] = [
            .full: try done("02T02:00:00"), .incremental: try done("02T09:00:00"), .portable: try done("02T03:30:00"),
            .drill: try done("01T05:00:00"),
        ]
        let missed = try schedule(past, at: "21T14:00:00")
        #expect(missed.due?.job == .full)
        #expect(
            lines(missed) == [
                "full 21T14:00 missed at 2026-11-03T02:00:00Z, made up for now",
                "portable 21T14:00 missed at 2026-11-03T03:30:00Z, made up for now",
                "drill 21T14:00 missed at 2026-11-08T05:00:00Z, made up for now",
                "incremental 21T15:00 1 h after the last backup",
            ])
    }

    @Test(
        "A failed run is tried again, later and later",
        arguments: [
            (1, "12:01", "1st"), (2, "12:02", "2nd"), (3, "12:04", "3rd"), (5, "12:16", "5th"), (6, "12:30", "6th"),
            (11, "12:30", "11th"), (1000, "12:30", "1000th"),
        ])
    func retries(failures: Int, at: String, ordinal: String) throws {
        let attempt = try moment("21T12:00:00")
        let full = JobPast(success: try moment("20T02:00:00"), attempt: attempt, failures: failures)
        let waiting = try schedule([.full: full], at: "21T12:00:30").next.first { $0.job == .full }
        #expect(waiting?.at.rfc3339Seconds == "2026-11-21T\(at):00Z")
        #expect(waiting?.reason.description.hasPrefix("again after the \(ordinal) failure, in ") == true)
        let due = try schedule([.full: full], at: "21T\(at):00").due
        #expect(due?.job == .full)
        #expect(due?.reason.description == "again after the \(ordinal) failure")
    }

    @Test("Incremental backups go on while the full one waits to be tried again")
    func othersGoOn() throws {
        let full = JobPast(success: try moment("20T02:00:00"), attempt: try moment("21T12:00:00"), failures: 9)
        let schedule = try schedule([.full: full, .incremental: try done("21T11:10:00")], at: "21T12:10:00")
        #expect(schedule.due?.job == .incremental)
    }

    @Test(
        "A clock that is set back delays the next run by no more than it was set back, or has it made at once",
        arguments: [
            ("20T02:00:00", "20T01:30:00", "21T02:00", false), ("20T02:00:00", "19T22:00:00", "19T22:00", true),
            ("28T02:00:00", "01T00:00:00", "01T00:00", true),
        ])
    func setBack(last: String, now: String, at: String, isDue: Bool) throws {
        let run = try schedule([.full: try done(last)], at: now).next.first { $0.job == .full }
        #expect(run?.at.rfc3339Seconds == "2026-11-\(at):00Z")
        #expect(run?.isDue == isDue)
        #expect(run?.reason == (isDue ? .clockSetBack : .daily(times.fullAt)))
    }

    @Test("A failure that lies far ahead of the clock is not waited for")
    func failureAhead() throws {
        let full = JobPast(success: try moment("20T02:00:00"), attempt: try moment("22T12:00:00"), failures: 2)
        #expect(try schedule([.full: full], at: "21T12:00:00").due?.job == .full)
    }

    @Test("Without recipients there are no dumps, and without days no drills")
    func configuration() throws {
        var backups = Configuration.Backups()
        backups.drillDays = 0
        let done = try done("21T02:00:00")
        let past: [BackupJob: JobPast] = [.full: done]
        let schedule = BackupSchedule(BackupTimes(backups), past: past, now: try moment("21T02:30:00"))
        #expect(schedule.next.map(\.job) == [.incremental, .full])
        backups.portable.recipients = "/etc/keys"
        #expect(BackupTimes(backups).portableAt == backups.portable.at)
    }
}
