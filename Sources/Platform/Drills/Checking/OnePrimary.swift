import Basics
package import Loop
package import Postgres
import Synchronization

/// Asks every server all the time whether it is a primary, and whether it takes writes.
///
/// It needs a way to each server that the fault does not close: the folder of its socket reaches into a network that is
/// cut off. It keeps two ledgers: of servers that said that they are not in recovery (`standing`), and of servers that
/// acknowledged a write as to any client (`acknowledging`). A primary that was cut off and waits for a standby that is
/// gone stands and acknowledges nothing; only what is acknowledged breaks the invariant.
///
/// States: made, running (`run`), ended. `stop` and the ledgers may be asked for on any thread.
package final class OnePrimary: Sendable {
    private struct State {
        var standing = PrimaryLedger()
        var acknowledging = PrimaryLedger()
        var isStopped = false
        var closings: [Watch: @Sendable () -> Void] = [:]
        var expected: [(isReached: @Sendable (PrimaryLedger) -> Bool, reached: @Sendable () -> Void)] = []
    }

    /// The table that each server is asked to write into.
    package static let table = "one_primary"

    private let servers: [String: ConnectionOptions]
    private let pause: Duration
    private let state = Mutex(State())

    /// Watches servers by their names, asking each so long after its last answer.
    package init(_ servers: [String: ConnectionOptions], pause: Duration = .milliseconds(10)) {
        self.servers = servers
        self.pause = pause
    }

    /// Makes its table, on the primary.
    package static func createTable(_ session: PostgresSession) async throws {
        try await session.execute("CREATE TABLE IF NOT EXISTS \(table) (node text NOT NULL)")
    }

    /// Who said that it is a primary.
    package var standing: PrimaryLedger { state.withLock { $0.standing } }

    /// Who acknowledged writes.
    package var acknowledging: PrimaryLedger { state.withLock { $0.acknowledging } }

    /// Asks until `stop`, or until the task is cancelled.
    package func run(on loop: EventLoop) async {
        // Unstructured because cancelling a statement's task calls the statement off.
        let watching = Task(executorPreference: loop) { await self.watchAll(on: loop) }
        await withTaskCancellationHandler {
            await watching.value
        } onCancel: {
            self.stop()
        }
    }

    private func watchAll(on loop: EventLoop) async {
        await withDiscardingTaskGroup { group in
            for (name, options) in servers {
                // Each with a connection of its own: a write that waits for a standby must not keep back the other.
                group.addTask(executorPreference: loop) { await self.watch(Watch(name, .role, options), on: loop) }
                group.addTask(executorPreference: loop) { await self.watch(Watch(name, .write, options), on: loop) }
            }
        }
    }

    /// Ends it.
    package func stop() {
        let closings = state.withLock { state in
            state.isStopped = true
            return state.closings.values.map(\.self)
        }
        for close in closings { close() }
    }

    /// Comes back when the ledger of acknowledged writes is as expected; the caller runs on `loop`.
    package func wait(on loop: EventLoop, until isReached: @escaping @Sendable (PrimaryLedger) -> Bool) async throws {
        let wait = LoopWait<Void>()
        state.withLock { state in
            if isReached(state.acknowledging) { return loop.execute { wait.succeed() } }
            state.expected.append((isReached, { loop.execute { wait.succeed() } }))
        }
        try await wait.value(on: loop)
    }

    private var isStopped: Bool { state.withLock { $0.isStopped } }

    // MARK: - One server

    private enum Question: Hashable { case role, write }

    private struct Watch: Hashable {
        let name: String
        let question: Question
        let options: ConnectionOptions

        init(_ name: String, _ question: Question, _ options: ConnectionOptions) {
            self.name = name
            self.question = question
            self.options = options
        }
    }

    private func watch(_ watch: Watch, on loop: EventLoop) async {
        while !isStopped {
            if let session = try? await PostgresSession.connect(watch.options, on: loop) {
                let bound = LoopBound(session)
                keep({ loop.execute { bound.value.close() } }, for: watch)
                while session.isOpen && !isStopped {
                    await ask(watch, session)
                    try? await loop.sleep(for: pause)
                }
                session.close()
            } else {
                try? await loop.sleep(for: pause)
            }
        }
    }

    private func keep(_ close: @escaping @Sendable () -> Void, for watch: Watch) {
        let isStopped = state.withLock { state in
            state.closings[watch] = close
            return state.isStopped
        }
        if isStopped { close() }
    }

    private static let timeline = "('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int8"

    /// What fails says nothing: a server that cannot answer is no primary that anybody could use.
    private func ask(_ watch: Watch, _ session: PostgresSession) async {
        // A standby that is asked to write says no in its log, many times a second: somebody has to read that.
        if watch.question == .write {
            let isStandby = try? await session.query("SELECT pg_is_in_recovery()").only[0, as: Bool.self]
            if isStandby != false { return }
        }
        let asked = ContinuousClock.now
        let answer =
            switch watch.question {
            case .role:
                try? await session.query("SELECT CASE WHEN NOT pg_is_in_recovery() THEN \(Self.timeline) END")
            case .write: try? await write(watch.name, session)
            }
        guard let timeline = try? answer?.only[0, as: Int?.self] else { return }
        note(
            watch.question,
            PrimaryLedger.Sighting(node: watch.name, timeline: timeline, asked: asked, answered: .now))
    }

    /// One that recovers takes no writes, and would fill its log with refusals.
    private func write(_ name: String, _ session: PostgresSession) async throws -> PostgresRows? {
        guard try await session.query("SELECT NOT pg_is_in_recovery()").only[0] else { return nil }
        return try await session.query("INSERT INTO \(Self.table) VALUES ($1) RETURNING \(Self.timeline)", name)
    }

    private func note(_ question: Question, _ sighting: PrimaryLedger.Sighting) {
        guard question == .write else { return state.withLock { $0.standing.see(sighting) } }
        let reached = state.withLock { state in
            state.acknowledging.see(sighting)
            let ledger = state.acknowledging
            let reached = state.expected.filter { $0.isReached(ledger) }
            state.expected.removeAll { $0.isReached(ledger) }
            return reached
        }
        for expectation in reached { expectation.reached() }
    }
}
