import Basics
import Testing

@testable import Backups

/// What PostgreSQL 15 writes about data that was restored.
@Suite struct ScratchTextTests {
    private static let stamp = "2026-11-21 22:40:43.703 UTC [23861]"

    @Test(
        "Why restored data does not come up is said in words",
        arguments: [
            (
                """
                \(stamp) LOG:  redo done at 0/3000110 system usage: CPU: user: 0.00 s
                \(stamp) LOG:  last completed transaction was at log time 2026-11-21 22:40:38.5+00
                \(stamp) FATAL:  recovery ended before configured recovery target was reached
                \(stamp) LOG:  startup process (PID 23861) exited with exit code 1
                """,
                """
                the log in the repository ends before that target: its last transaction is of 2026-11-21 22:40:38.5+00
                HINT: Choose an earlier target, or "./parlor restore full" for the newest.
                """
            ),
            (
                "\(stamp) FATAL:  recovery ended before configured recovery target was reached\n",
                """
                the log in the repository ends before that target: recovery ended before configured recovery target \
                was reached
                HINT: Choose an earlier target, or "./parlor restore full" for the newest.
                """
            ),
            (
                """
                \(stamp) FATAL:  could not locate required checkpoint record
                \(stamp) HINT:  If you are restoring from a backup, touch "/srv/recovery.signal".
                """,
                """
                the log that the backup needs is missing or damaged: could not locate required checkpoint record
                HINT: Choose another backup with --backup; "./parlor backup verify" says what is damaged.
                """
            ),
            (
                """
                \(stamp) LOG:  invalid primary checkpoint record
                \(stamp) PANIC:  could not locate a valid checkpoint record
                \(stamp) LOG:  database system is shut down
                """,
                """
                the log that the backup needs is missing or damaged: could not locate a valid checkpoint record
                HINT: Choose another backup with --backup; "./parlor backup verify" says what is damaged.
                """
            ),
            (
                "\(stamp) FATAL:  could not create shared memory segment: No space left on device\n",
                """
                the restored data cannot be brought up: could not create shared memory segment: No space left on device
                HINT: All that the server said is in its log, postgres.log beside the data.
                """
            ),
            (
                "",
                """
                the restored data cannot be brought up
                HINT: All that the server said is in its log, postgres.log beside the data.
                """
            ),
        ])
    func failures(wrote: String, says: String) {
        let error = ScratchFailure(wrote).error
        #expect(error.description == says)
        #expect(error.code == .backup)
    }

    @Test("A data folder says which cluster it is of, where it stands, and what a server on it must have")
    func control() {
        let data = ControlData(
            """
            Database system identifier:           7710758363240918150
            Database cluster state:               in production
            Latest checkpoint location:           0/2000060
            Latest checkpoint's REDO WAL file:    00000003000000000000000A
            Latest checkpoint's TimeLineID:       3
            Latest checkpoint's PrevTimeLineID:   1
            Time of latest checkpoint:            Sat Nov 21 22:40:38 2026
            max_connections setting:              120
            max_worker_processes setting:         8
            max_wal_senders setting:              10
            max_prepared_xacts setting:           0
            max_locks_per_xact setting:           64
            track_commit_timestamp setting:       off
            """)
        #expect(data.systemIdentifier == "7710758363240918150")
        #expect(data.timeline == 3 && data.logFile == LogFile(timeline: 3, number: 10))
        #expect(!data.isShutDown)
        #expect(
            data.settings.map { "\($0.name) = \($0.value)" } == [
                "max_connections = 120", "max_worker_processes = 8", "max_wal_senders = 10",
                "max_prepared_transactions = 0", "max_locks_per_transaction = 64", "track_commit_timestamp = off",
            ])
        #expect(ControlData("Database cluster state:               shut down\n").isShutDown)
        #expect(ControlData("") == ControlData("no colon here"))
        #expect(ControlData("").timeline == nil && ControlData("").settings.isEmpty)
    }
}
