import Basics
import Loop
import Postgres
import Synchronization

/// Looks, through a connection of its own, at whom a session waits for; afterwards it would be too late to ask.
///
/// On failure it knows nothing, and the migration goes on all the same.
final class BlockerWatch: Sendable {
    private struct State {
        var session: PostgresSession?
        var seen: [Blocker] = []
    }

    private let options: ConnectionOptions
    private let loop: EventLoop
    private let state = Mutex(State())

    init(_ options: ConnectionOptions, on loop: EventLoop) {
        var options = options
        options.applicationName = "parlor migrate (watching)"
        self.options = options
        self.loop = loop
    }

    /// Whom the session waited for when somebody last looked.
    var seen: [Blocker] { state.withLock { $0.seen } }

    /// Runs `body` and looks several times within what the session may wait, so that no wait that is too long escapes.
    func during<Result>(
        _ process: Int32, lockTimeout: Duration, _ body: () async throws -> Result
    ) async throws -> Result {
        state.withLock { $0.seen = [] }
        // Before anything waits: on a busy machine it might come too late.
        _ = try? await session()
        // Unstructured because the body's end calls it off, and nobody waits for a look that is under way.
        let watching = Task(executorPreference: loop) {
            while !Task.isCancelled {
                guard (try? await self.loop.sleep(for: max(lockTimeout / 4, .milliseconds(10)))) != nil else { return }
                await self.look(at: process)
            }
        }
        defer { watching.cancel() }
        return try await body()
    }

    func close() { state.withLock { $0.session.take() }?.close() }

    private func look(at process: Int32) async {
        guard let found = try? await blockers(of: process), !found.isEmpty else { return }
        state.withLock { $0.seen = found }
    }

    private func blockers(of process: Int32) async throws -> [Blocker] {
        let rows = try await session().query(
            """
            SELECT a.pid, coalesce(nullif(a.application_name, ''), a.usename::text, a.backend_type),
                coalesce(a.state, 'working'), extract(epoch FROM clock_timestamp() - a.xact_start)::float8
            FROM pg_stat_activity a WHERE a.pid = ANY (pg_blocking_pids($1)) ORDER BY a.xact_start
            """, process)
        return try rows.map { row in
            Blocker(
                pid: Int(try row[0, as: Int32.self]), name: try row[1], state: try row[2],
                age: try row[3, as: Double?.self].map { .seconds($0) })
        }
    }

    private func session() async throws -> PostgresSession {
        if let session = state.withLock({ $0.session }), session.isOpen { return session }
        let session = try await PostgresSession.connect(options, on: loop)
        state.withLock { $0.session = session }
        return session
    }
}
