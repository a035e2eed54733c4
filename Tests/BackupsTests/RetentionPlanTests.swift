import Backups
import Basics
import Configuration
import Testing

@Suite struct RetentionPlanTests {
    private let policy = RetentionPolicy(daily: 2, weekly: 14, monthly: 60)
    /// A Saturday, an hour after the last full backup below.
    private let now = Timestamp(seconds: 1_795_230_000)

    private func moment(_ text: String) throws -> Timestamp {
        try #require(Timestamp(rfc3339: "\(text)Z"))
    }

    private func backup(
        _ label: String, _ kind: BackupRecord.Kind = .full, on references: [String] = [], hasErrors: Bool = false
    ) throws -> BackupRecord {
        // The last part of a label is when it was begun.
        let own = Array(label.suffix(16).dropLast())
        let start = try moment(
            "\(String(own[0..<4]))-\(String(own[4..<6]))-\(String(own[6..<8]))T"
                + "\(String(own[9..<11])):\(String(own[11..<13])):\(String(own[13..<15]))")
        var record = BackupRecord(
            label, kind, start: start, stop: start + .seconds(600), log: .init(first: "A", last: "B"))
        record.references = references
        record.hasErrors = hasErrors
        return record
    }

    private func fulls(_ days: [String]) throws -> [BackupRecord] { try days.map { try backup("\($0)-020000F") } }

    private func reasons(_ plan: RetentionPlan) -> [String] {
        plan.decisions.map { "\($0.isKept ? "keep" : "expire") \($0.backup.label): \($0.reason)" }
    }

    @Test("A plan says of each backup whether it stays, and why")
    func reasons() throws {
        let days = ["20261031", "20261101", "20261102", "20261114", "20261117", "20261118", "20261119", "20261120"]
        var backups = try fulls(days + ["20261121"])
        let first = "20261118-020000F"
        let incremental = "\(first)_20261118-230000I"
        backups.append(try backup(incremental, .incremental, on: [first]))
        let plan = RetentionPlan(of: backups.shuffled(), policy: policy, now: now)
        #expect(
            reasons(plan) == [
                "keep 20261031-020000F: first full of October 2026",
                "keep 20261101-020000F: first full of November 2026",
                "expire 20261102-020000F: older than 2 days, and not the first full of a week or month that is kept",
                "keep 20261114-020000F: first full of week 2026-W46",
                "keep 20261117-020000F: first full of week 2026-W47",
                "expire 20261118-020000F: older than 2 days, and not the first full of a week or month that is kept",
                "expire \(incremental): older than 2 days",
                "keep 20261119-020000F: the oldest second of the last 2 days is reached from it",
                "keep 20261120-020000F: within 2 days",
                "keep 20261121-020000F: newest, within 2 days",
            ])
        #expect(plan.expired == [incremental, first, "20261102-020000F"])
        #expect(plan.replayableFulls == 3)
        #expect(plan.earliest == (try moment("2026-11-19T02:10:00")))
    }

    @Test("What precedes the window stays with its chain until the next one is as old")
    func chain() throws {
        let full = "20261119-020000F"
        let chain = ["\(full)_20261119-021000I", "\(full)_20261119-022000I", "\(full)_20261119-030000I"]
        var backups = try fulls(["20261118", "20261119"]) + [try backup("20261121-023000F")]
        // None holds a file of the one before it, and each would be removed with it all the same.
        backups += try chain.map { try backup($0, .incremental, on: [full]) }
        let plan = RetentionPlan(of: backups, policy: RetentionPolicy(daily: 2, weekly: 0, monthly: 0), now: now)
        #expect(
            reasons(plan) == [
                "expire 20261118-020000F: older than 2 days, and not the first full of a week or month that is kept",
                "keep \(full): \(chain[2]), which is kept, stands on it",
                "keep \(chain[0]): \(chain[1]), which is kept, stands on it",
                "keep \(chain[1]): the oldest second of the last 2 days is reached from it",
                "keep \(chain[2]): within 2 days",
                "keep 20261121-023000F: newest, within 2 days",
            ])
        #expect(plan.replayableFulls == 2)
    }

    @Test("A differential backup needs its full one only, and an incremental one what was made just before it")
    func differential() throws {
        let full = "20261118-020000F"
        let chain = ["\(full)_20261118-120000I", "\(full)_20261119-000000D", "\(full)_20261119-120000I"]
        let backups =
            try fulls(["20261118", "20261121"]) + [
                try backup(chain[0], .incremental, on: [full]), try backup(chain[1], .differential, on: [full]),
                try backup(chain[2], .incremental, on: [full]),
            ]
        let plan = RetentionPlan(of: backups, policy: RetentionPolicy(daily: 2, weekly: 0, monthly: 0), now: now)
        #expect(
            reasons(plan) == [
                "keep \(full): \(chain[2]), which is kept, stands on it", "expire \(chain[0]): older than 2 days",
                "keep \(chain[1]): the oldest second of the last 2 days is reached from it",
                "keep \(chain[2]): within 2 days", "keep 20261121-020000F: newest, within 2 days",
            ])
    }

    @Test("Backups with errors stay for some days, and are no ground for anything")
    func errors() throws {
        var backups = try fulls(["20261101", "20261102", "20261118", "20261119", "20261121"])
        for place in [0, 3, 4] { backups[place].hasErrors = true }
        let plan = RetentionPlan(of: backups, policy: policy, now: now)
        #expect(
            reasons(plan) == [
                "expire 20261101-020000F: older than 2 days, and pages of it have wrong checksums",
                "keep 20261102-020000F: the oldest second of the last 2 days is reached from it, "
                    + "first full of November 2026",
                "keep 20261118-020000F: newest, within 2 days, first full of week 2026-W47",
                "expire 20261119-020000F: older than 2 days, and pages of it have wrong checksums",
                "keep 20261121-020000F: within 2 days",
            ])
        #expect(plan.replayableFulls == 3)
    }

    @Test("The newest of all stays when every one has errors")
    func onlyErrors() throws {
        let backups = [
            try backup("20261001-020000F", hasErrors: true), try backup("20261002-020000F", hasErrors: true),
        ]
        let plan = RetentionPlan(of: backups, policy: policy, now: now)
        #expect(plan.decisions[1].reason == "newest, though pages of it have wrong checksums")
        #expect(plan.expired == ["20261001-020000F"])
        #expect(plan.earliest == nil)
        #expect(plan.replayableFulls == 1)
    }

    @Test("What cannot be restored goes")
    func orphans() throws {
        let lost = "20261121-020000F"
        let backups =
            try fulls(["20261120"]) + [
                try backup("\(lost)_20261121-021000I", .incremental, on: [lost]),
                try backup("\(lost)_20261121-022000I", .incremental, on: [lost, "\(lost)_20261121-021000I"]),
            ]
        let plan = RetentionPlan(of: backups, policy: policy, now: now)
        #expect(plan.decisions[1].reason == "\(lost), on which it stands, is not there")
        #expect(plan.expired == ["\(lost)_20261121-022000I", "\(lost)_20261121-021000I"])
    }

    @Test("Nothing sound goes while no backups are made, nor by a clock that was set ahead")
    func clockAhead() throws {
        let backups = try fulls(["20261119", "20261120", "20261121"])
        for days in [30, 400, 100_000] {
            let plan = RetentionPlan(of: backups, policy: policy, now: now + .seconds(days * 86_400))
            #expect(plan.expired.isEmpty)
            #expect(plan.replayableFulls == 3)
        }
    }

    @Test("An empty repository has a plan, and one with a single backup keeps it")
    func small() throws {
        let empty = RetentionPlan(of: [], policy: policy, now: now)
        #expect(empty.decisions.isEmpty && empty.replayableFulls == 1 && empty.earliest == nil)
        let single = RetentionPlan(of: try fulls(["20200101"]), policy: policy, now: now)
        #expect(single.expired.isEmpty && single.replayableFulls == 1)
    }

    @Test("The configuration's days are the policy's")
    func configuration() {
        #expect(RetentionPolicy(Configuration.Backups()) == RetentionPolicy(daily: 7, weekly: 30, monthly: 365))
    }
}
