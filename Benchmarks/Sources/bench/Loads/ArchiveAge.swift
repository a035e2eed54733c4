import Basics
import Loop
import Postgres
import Processes

/// Rows are written, 200 in a second, and it is seen four times a second how old the newest one is that the repository
/// holds: what would be lost if the server and its disks were gone at that moment.
struct ArchiveAge: Sendable {
    let backups: BenchBackups

    /// Long enough for the server to finish a file of the log because of its age.
    private static let limit = Duration.seconds(90)
    /// What is promised, in seconds.
    private static let promise = 60
    private static let pause = Duration.milliseconds(250)
    /// A row's own place is read before it is written and committed, which is done within so many bytes of the log.
    private static let margin: UInt64 = 65_536

    var contender: Contender {
        Contender("parlor") { _ in
            let loop = backups.database.workshop.loop
            // Unstructured because it is ended when enough was seen.
            let load = Task(executorPreference: loop) { try await backups.database.workshop.output(of: self.load) }
            defer { load.cancel() }
            try await loop.sleep(for: .seconds(2))
            // All turns begin with a file of the log that has just been archived.
            try await backups.settle()
            let ages = try await ages()
            load.cancel()
            do { _ = try await load.value } catch is CancellationError {}
            return Sample(ages: ages)
        }
    }

    /// What is held beside it.
    static let promised = Contender("\(promise) s promised") { _ in Sample(ages: [Double(promise)]) }

    /// From one file's arrival in the repository to that of the next.
    private func ages() async throws -> [Double] {
        let session = try await backups.messages.session()
        defer { session.close() }
        var ages: [Double] = []
        let (start, first) = (ContinuousClock.now, try backups.archivedEnd())
        while .now - start < Self.limit {
            let end = try backups.archivedEnd()
            guard end == first else { break }
            let row = try await session.query(
                """
                SELECT extract(epoch FROM clock_timestamp() - moment)::float8 FROM journal
                WHERE position <= $1 ORDER BY position DESC LIMIT 1
                """, PostgresWALPosition(bytes: end.bytes - Self.margin)
            ).only
            ages.append(try row.values(as: Double.self))
            try await backups.database.workshop.loop.sleep(for: Self.pause)
        }
        return ages
    }

    private var load: Program {
        let database = backups.database
        return Program(
            "/usr/lib/postgresql/15/bin/pgbench",
            [
                "-h", database.folder, "-p", "\(database.port)", "-U", "bench", "-n", "-M", "prepared", "-c", "2",
                "-R", "200", "-T", "\(Int(Self.limit.seconds) + 10)", "-D", "body=a haircut on Friday at three",
                "-f", "\(database.workshop.peers)/journal.sql", "bench",
            ], environment: ["PATH": "/usr/bin:/bin", "HOME": database.workshop.folder])
    }
}
