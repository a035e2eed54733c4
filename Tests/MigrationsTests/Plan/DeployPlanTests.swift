import Basics
import Testing

@testable import Migrations

@Suite("The folder and the table decide what a deploy does") struct DeployPlanTests {
    /// What a table can say about one migration.
    private enum Row: CaseIterable {
        case none, applied, rolledBack, failed, silent, cutInTransaction, cutAlone

        func record(_ checksum: String) -> MigrationRecord? {
            var record = MigrationRecord(
                id: "00000000-0000-4000-8000-000000000000", checksum: checksum, name: "1_a",
                startedAt: Timestamp(seconds: 1))
            switch self {
            case .none: return nil
            case .applied: record.finishedAt = Timestamp(seconds: 2)
            case .rolledBack: record.rolledBackAt = Timestamp(seconds: 2)
            case .failed: record.logs = "Database error code: 42601"
            case .silent: break
            case .cutInTransaction: record.logs = RunMark.transaction.words
            case .cutAlone: record.logs = RunMark.alone.words
            }
            return record
        }
    }

    private enum Outcome: Equatable {
        case nothing, run, resume, abandon, refused
    }

    private enum Folder: CaseIterable {
        case missing, same, edited
    }

    private static let cases = Row.allCases.flatMap { row in Folder.allCases.map { (row, $0) } }

    @Test("Every case there is", arguments: cases)
    private func decision(row: Row, folder: Folder) throws {
        let original = Migration(name: "1_a", text: "VACUUM")
        let migrations: [Migration] =
            switch folder {
            case .missing: []
            case .same: [original]
            case .edited: [Migration(name: "1_a", text: "VACUUM ")]
            }
        let expected: Outcome =
            switch (row, folder) {
            case (.failed, _), (.silent, _): .refused
            case (.applied, _): .nothing
            case (.none, .missing), (.rolledBack, .missing): .nothing
            case (.none, _), (.rolledBack, _): .run
            case (.cutInTransaction, .missing): .abandon
            case (.cutInTransaction, _), (.cutAlone, .same): .resume
            case (.cutAlone, _): .refused
            }
        #expect(outcome(migrations, row.record(original.checksum.text)) == expected)
    }

    private func outcome(_ migrations: [Migration], _ record: MigrationRecord?) -> Outcome {
        do throws(ParlorError) {
            let plan = try DeployPlan(migrations, records: record.map { [$0] } ?? [])
            if !plan.abandoned.isEmpty { return .abandon }
            guard let step = plan.steps.first else { return .nothing }
            return step.interrupted == nil ? .run : .resume
        } catch {
            #expect(error.reference == "P3009")
            return .refused
        }
    }

    @Test("Migrations run in the order of their names' bytes, those that came late too")
    func order() throws {
        let late = folder(["2_b": "", "10_c": "", "1_a": "", "1_B": ""])
        let applied = MigrationRecord(
            id: "x", checksum: "", finishedAt: Timestamp(seconds: 2), name: "2_b", startedAt: Timestamp(seconds: 1))
        #expect(
            try DeployPlan(late.migrations, records: [applied]).steps.map(\.migration.name) == ["10_c", "1_B", "1_a"])
    }

    @Test("One that failed and was rolled back may be run again beside its old row")
    func afterRollback() throws {
        let migration = Migration(name: "1_a", text: "")
        let old = try #require(Row.rolledBack.record("x"))
        let applied = try #require(Row.applied.record(migration.checksum.text))
        #expect(try DeployPlan([migration], records: [old]).steps.count == 1)
        #expect(try DeployPlan([migration], records: [old, applied]).steps.isEmpty)
    }

    @Test("The words of a row that runs say what to do, and are recognised")
    func marks() {
        for mark in RunMark.allCases {
            #expect(RunMark(logs: mark.words) == mark)
            #expect(mark.words.contains("parlor migrate deploy"))
        }
        #expect(RunMark(logs: nil) == nil && RunMark(logs: "") == nil && RunMark(logs: "ERROR") == nil)
    }

    @Test("A status tells edited, missing, interrupted and failed apart")
    func status() throws {
        func record(_ name: String, _ checksum: String, finished: Bool, logs: String? = nil) -> MigrationRecord {
            MigrationRecord(
                id: name, checksum: checksum, finishedAt: finished ? Timestamp(seconds: 2) : nil, name: name,
                logs: logs,
                startedAt: Timestamp(seconds: 1))
        }
        let migrations = ["1_a", "2_b", "3_c", "4_d", "5_e"].map { Migration(name: $0, text: "") }
        let checksum = migrations[0].checksum.text
        let status = MigrationStatus(
            migrations,
            records: [
                record("0_gone", checksum, finished: true), record("1_a", checksum, finished: true),
                record("2_b", "other", finished: true),
                record("3_c", checksum, finished: false, logs: RunMark.transaction.words),
                record("4_d", checksum, finished: false, logs: "it broke"),
            ])
        #expect(status.entries.map(\.state) == [.applied, .applied, .applied, .interrupted, .failed, .pending])
        #expect(status.entries.map(\.isMissing) == [true, false, false, false, false, false])
        #expect(status.entries.map(\.isEdited) == [false, false, true, false, false, false])
        #expect(!status.isUpToDate)
    }

    @Test("The name of a restore point fits, and tells migrations of one name apart")
    func restorePoint() {
        let long = String(repeating: "ü_long", count: 40)
        for _ in 0..<100 {
            let (first, second) = (MigrationRecord.newIdentifier(), MigrationRecord.newIdentifier())
            let name = MigrationRecord.restorePoint(before: long, id: first)
            #expect(name.utf8.count <= 63)
            #expect(name != MigrationRecord.restorePoint(before: long, id: second))
        }
    }

    @Test("Pauses for locks grow, end with the budget, and come from the seed")
    func budget() {
        var settings = MigrationSettings()
        settings.seed = 7
        let begin = ContinuousClock.now
        func pauses() -> [Duration] {
            var budget = LockBudget(settings, at: begin)
            var now = begin
            var pauses: [Duration] = []
            while let pause = budget.pause(at: now) {
                pauses.append(pause)
                now += pause + settings.lockTimeout
            }
            #expect(now - begin <= settings.lockBudget)
            return pauses
        }
        #expect(pauses() == pauses())
        #expect(pauses().count > 8)
        #expect(pauses().allSatisfy { $0 >= .seconds(1) && $0 <= .seconds(10) })
        settings.lockBudget = .zero
        #expect(pauses().isEmpty)
    }
}
