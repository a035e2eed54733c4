import Basics
import Migrations
import TestSupport
import Testing

@testable import Commands

@Suite struct MigrationViewTests {
    static let goldenNames = ["migrate-progress", "migrate-progress-failed", "migrate-status"]

    private func text(_ events: [MigrationEvent]) -> String {
        var progress = MigrationProgress()
        return events.map { progress.text(for: $0) }.joined() + progress.end()
    }

    private let blocker = Blocker(pid: 4711, name: "a long report", state: "idle in transaction", age: .seconds(200))

    @Test("Each migration tells how it is run, each statement how long it took, and every wait for whom")
    func progress() throws {
        let holder = LockHolder(pid: 42, application: "parlor migrate", since: Timestamp(seconds: 1_772_357_400))
        expectGolden(
            text([
                .waitingForDeployment(holder),
                .migrationBegan(name: "20260301093000_init", position: 1, of: 2, way: .transaction, isResumed: false),
                .waitingForReplica(name: "replica-2", behind: .megabytes(312)),
                .restorePoint(
                    .made(name: "parlor_20260301093000_init_1a2b3c4d", position: "0/3000148", isArchived: true)),
                .statementBegan(headline: #"CREATE TABLE "Salon""#, line: 1, position: 1, of: 2),
                .statementEnded(after: .milliseconds(3)),
                .statementBegan(headline: #"ALTER TABLE "Booking""#, line: 2, position: 2, of: 2),
                .lockRetry(attempt: 2, pause: .milliseconds(1400), blockers: [blocker]),
                .statementBegan(headline: #"ALTER TABLE "Booking""#, line: 2, position: 2, of: 2),
                .statementEnded(after: .milliseconds(41)),
                .migrationEnded(name: "20260301093000_init", after: .milliseconds(3507)),
                .migrationBegan(
                    name: "20260302080000_index", position: 2, of: 2, way: .verbatim, isResumed: true),
                .indexDropped(#""Booking_start_idx""#),
                .migrationEnded(name: "20260302080000_index", after: .seconds(90)),
                .notice("the schema public is empty again"),
            ]), "migrate-progress")
    }

    @Test("A failure leaves no line open, and what cannot be is explained once")
    func failure() {
        let impossible = RestorePoint.impossible("wal_level is minimal")
        expectGolden(
            text([
                .restorePoint(impossible), .restorePoint(impossible),
                .restorePoint(.made(name: "parlor_a_1", position: "0/1", isArchived: false)),
                .statementBegan(headline: "CREATE TABLE a", line: 1, position: 1, of: 1),
                .reconnecting("the connection to PostgreSQL at 127.0.0.1:5432 broke"),
                .statementBegan(headline: "CREATE TABLE a", line: 1, position: 1, of: 1),
            ]), "migrate-progress-failed")
    }

    @Test("A status is a table with a sentence below it")
    func status() {
        func record(_ name: String, _ checksum: String, finished: Bool) -> MigrationRecord {
            MigrationRecord(
                id: name, checksum: checksum, finishedAt: finished ? Timestamp(seconds: 1_772_357_500) : nil,
                name: name, logs: nil, startedAt: Timestamp(seconds: 1_772_357_400))
        }
        let migrations = ["20260301093000_init", "20260302080000_index", "20260303080000_more", "20260304080000_last"]
            .map { Migration(name: $0, text: "") }
        let checksum = migrations[0].checksum.text
        let status = MigrationStatus(
            migrations,
            records: [
                record("20250101000000_gone", checksum, finished: true),
                record("20260301093000_init", checksum, finished: true),
                record("20260302080000_index", "other", finished: true),
                record("20260303080000_more", checksum, finished: false),
            ])
        expectGolden(status.lines(fitting: 100).map { "\($0)\n" }.joined(), "migrate-status")
        #expect(MigrationStatus([], records: []).lines(fitting: 80) == ["there are no migrations"])
    }
}
