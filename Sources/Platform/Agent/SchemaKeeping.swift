import Basics
import Cluster
import Loop
import Migrations
import Postgres
import Store
import Telemetry

/// Keeps the product's schema: partitions made ahead, old ones archived, what is over forgotten; every hour for as long as
/// its task runs. A run that fails says so in the log, and the next one does what it left.
struct SchemaKeeping: Sendable {
    private static let interval = Duration.seconds(3600)
    /// Soon after a start, which may have come long after the last run.
    private static let firstPause = Duration.seconds(60)

    /// The superuser's way into the primary; nil where that is another machine's.
    let options: @Sendable () async -> ConnectionOptions?
    let logger: Logger
    let loop: EventLoop

    func run() async {
        var pause = Self.firstPause
        while (try? await loop.sleep(for: pause)) != nil {
            pause = Self.interval
            do {
                try await keep()
            } catch {
                logger.warning("the maintenance of the database failed", error: error)
            }
        }
    }

    /// One run; nil where the database is not the product's.
    @discardableResult
    func keep() async throws -> MaintenanceReport? {
        guard let options = await options() else { return nil }
        let session = try await PostgresSession.connect(options, on: loop)
        defer { session.close() }
        let isOurs = try await session.query("SELECT to_regprocedure('add_partition(text, date)') IS NOT NULL").only
        guard try isOurs[0, as: Bool.self] else { return nil }
        try await session.execute("SET ROLE \(SchemaFoundation.owner)")
        let report = try await Maintenance().run(on: session)
        for postponement in report.postponed {
            logger.warning("a step of the maintenance waits for its next run", error: postponement.reason)
        }
        return report
    }
}
