import Basics
import Glibc
import Loop
import Pooling
import Postgres
import Processes
import ServerTestSupport
import TestSupport

/// A PgBouncer of a test's own under a supervisor of its own.
final class TestPooler: Sendable {
    let part: PoolerPart
    let supervisor: Supervisor
    let loop: EventLoop
    private let changes: AsyncStream<PartStatus>
    private let log: AsyncStream<String>

    private init(
        _ part: PoolerPart, _ supervisor: Supervisor, _ changes: AsyncStream<PartStatus>, _ log: AsyncStream<String>,
        _ loop: EventLoop
    ) {
        self.part = part
        self.supervisor = supervisor
        self.changes = changes
        self.log = log
        self.loop = loop
    }

    var admin: PoolerAdmin { part.admin }

    /// A client's way in.
    func options(
        _ database: String = "salon", user: String = "app", password: Secret = TestPrimary.password
    ) -> ConnectionOptions {
        ConnectionOptions(
            host: "127.0.0.1", port: part.configuration.port, database: database, user: user, password: password,
            sslMode: .verifyFull, connectTimeout: .seconds(60),
            parameters: ["sslrootcert": part.configuration.encryption.certificate])
    }

    /// A client that is connected.
    func connect(_ database: String = "salon") async throws -> PostgresSession {
        try await PostgresSession.connect(options(database), SessionOptions(preparation: .unnamed), on: loop)
    }

    /// Whether the statements of any database are held back.
    func isPaused() async throws -> Bool { try await admin.databases().contains { $0.isPaused } }

    /// Waits until the part is in that state.
    func becomes(_ state: PartStatus.State) async throws -> PartStatus {
        for await status in changes where status.state == state { return status }
        throw ParlorError(.startFailed, "the pooler did not become \(state.rawValue)")
    }

    /// Waits until the process has written these words.
    func says(_ words: String) async throws {
        var text = ""
        for await piece in log {
            text += piece
            if text.contains(words) { return }
        }
        throw ParlorError(.notRunning, "the pooler ended and did not say: \(words)")
    }

    /// The process.
    func process() async throws -> Int32 {
        guard let pid = await supervisor.statuses.first?.pid else { throw ParlorError(.notRunning, "no process") }
        return pid
    }

    /// What turns it to whoever leads, beginning with `leader`.
    func turn(
        from leader: TestPrimary, onTurn: @escaping @Sendable (PoolerTopology) -> Void = { _ in }
    ) -> PoolerTurn {
        PoolerTurn(
            [part], leading: PoolerTopology(leader: leader.node), on: loop,
            probing: { node in
                ConnectionOptions(
                    host: node.host, port: node.port, database: "postgres", user: "pooler",
                    password: TestPrimary.poolerPassword, sslMode: .require)
            }, onTurn: onTurn)
    }

    /// Runs one on a loop of its own, for as long as `body` takes.
    static func run<Result: Sendable>(
        _ mode: PoolerConfiguration.Mode = .transaction, leading primary: TestPrimary,
        authority: String? = nil, plan: PoolerPlan? = nil,
        _ body: @escaping @Sendable (TestPooler) async throws -> Result
    ) async throws -> Result {
        let plan = try plan ?? PoolerPlan(.init(cores: 2, serverConnections: 100, direct: 10))
        return try await withTemporaryFolder { folder in
            try await EventLoop.onThread { loop in
                let configuration = PoolerConfiguration(
                    mode, folder: "\(folder)/pooler", port: try freePort(),
                    databases: [
                        try PoolerDatabase("postgres", alias: "salon"), try PoolerDatabase("odd 'name\"", alias: "odd"),
                    ],
                    topology: PoolerTopology(leader: primary.node), plan: plan,
                    encryption: .init(
                        certificate: primary.certificate, key: primary.folder.path("server.key"),
                        authority: authority ?? primary.certificate),
                    administrator: UserAccount.current.name)
                let part = PoolerPart(configuration, password: TestPrimary.poolerPassword, on: loop)
                return try await supervise(part, folder, on: loop, body)
            }
        }
    }

    private static func supervise<Result: Sendable>(
        _ part: PoolerPart, _ folder: String, on loop: EventLoop,
        _ body: @escaping @Sendable (TestPooler) async throws -> Result
    ) async throws -> Result {
        let (changes, report) = AsyncStream<PartStatus>.makeStream()
        let topology = part.configuration.topology
        let (log, write) = AsyncStream<String>.makeStream()
        var supervised = part.supervised(leading: { topology }) {
            write.yield(String(decoding: $0, as: UTF8.self))
        }
        supervised.program = { unprivileged(part.program) }
        let supervisor = Supervisor([supervised], stateFolder: folder, on: loop) { report.yield($0) }
        let pooler = TestPooler(part, supervisor, changes, log, loop)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: loop) {
                await supervisor.run()
                report.finish()
                write.finish()
            }
            defer {
                supervisor.stop()
                supervisor.hurry()
            }
            _ = try await pooler.becomes(.ready)
            return try await body(pooler)
        }
    }

    /// PgBouncer refuses to be root. A test that is root lets it read root's files all the same.
    static func unprivileged(_ program: Program) -> Program {
        guard UserAccount.current.isRoot else { return program }
        var program = program
        program.arguments =
            [
                "--reuid=postgres", "--regid=postgres", "--clear-groups", "--inh-caps=+dac_override",
                "--ambient-caps=+dac_override", "--pdeathsig", "TERM", program.executable,
            ] + program.arguments
        program.executable = "/usr/bin/setpriv"
        return program
    }
}
