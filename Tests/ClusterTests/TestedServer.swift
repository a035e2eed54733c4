import Basics
import Loop
import Postgres
import Processes
import Synchronization

@testable import Cluster

/// A private server in a folder of a test's own.
struct TestedServer: Sendable {
    var server: PrivateServer
    let loop: EventLoop

    /// A server that has never been started.
    init(
        in folder: String, certificate: PrivateServer.Certificate? = nil, logsEveryStatement: Bool = false,
        role: ServerRole = .solo, on loop: EventLoop
    ) async throws {
        let password = Secret.generate()
        try Files.writeAtomically(password.reveal(), to: "\(folder)/password")
        let machine = Machine(memory: .megabytes(128), cores: 2, disk: Disk(fileSystem: "ext4", kind: .solidState))
        var basis = ServerSettings.Basis(machine, role, connections: 20)
        basis.logsEveryStatement = logsEveryStatement
        let configuration = ServerConfiguration(
            dataFolder: "\(folder)/data", socketFolder: folder, folder: folder, host: "127.0.0.1",
            port: try Self.freePort(on: loop), isEncrypted: certificate != nil,
            settings: ServerSettings(basis))
        server = PrivateServer(
            try await Unprivileged.installation(home: folder, on: loop), configuration,
            passwordFile: "\(folder)/password", password: password, certificate: certificate)
        self.loop = loop
    }

    /// A port below those that the system gives to outgoing connections, so that none of them takes it in between.
    static func freePort(on loop: EventLoop) throws -> Int {
        while true {
            let port = Int.random(in: 20_000..<32_000)
            guard let listener = try? Listener(at: .tcp(host: "127.0.0.1", port: port), on: loop) else { continue }
            listener.close()
            return port
        }
    }

    /// The same server at another port.
    func elsewhere() throws -> TestedServer {
        var other = self
        other.server.configuration.port = try Self.freePort(on: loop)
        return other
    }

    /// Starts the server, prepared or as its folder is, keeps it running for as long as `body` takes, and stops it.
    /// Gives back what it wrote; throws when it does not become ready, with what it wrote as the detail.
    @discardableResult
    func run(
        isPrepared: Bool = false, _ body: () async throws -> Void = {}
    ) async throws -> String {
        let output = Mutex<[UInt8]>([])
        let probe = KeptConnection(server.superuser(), on: loop)
        var declaration = server.declaration
        declaration.startAttempts = 1
        let part = SupervisedProgram(
            declaration, prepare: { [server, loop] in if !isPrepared { try await server.prepare(on: loop) } },
            program: { [server] in server.program }, probe: { _ = try await probe.check(within: .seconds(2)) },
            output: { bytes in output.withLock { $0 += bytes } })
        let (changes, report) = AsyncStream.makeStream(of: PartStatus.self)
        let supervisor = Supervisor([part], stateFolder: server.configuration.folder, on: loop) { report.yield($0) }
        async let running: Void = supervisor.run()
        var outcome = Result<Void, any Error>.success(())
        for await change in changes where change.state == .ready || change.state == .failed {
            if change.state == .ready {
                do { try await body() } catch { outcome = .failure(error) }
            } else {
                let error = await supervisor.preparationError(of: "postgres")
                outcome = .failure(error ?? ParlorError(.startFailed, "the server does not start", why: change.detail))
            }
            break
        }
        await probe.close()
        supervisor.stop()
        await running
        let written = String(decoding: output.withLock { $0 }, as: UTF8.self)
        if case .failure(var error as ParlorError) = outcome, error.code == .startFailed {
            error.detail = written
            throw error
        }
        try outcome.get()
        return written
    }

    /// A connection to a database of the running server for as long as `body` takes; as the superuser unless `change`
    /// says otherwise.
    func connected<Value>(
        to database: String = "postgres", _ change: (inout ConnectionOptions) -> Void = { _ in },
        _ body: (PostgresSession) async throws -> Value
    ) async throws -> Value {
        var options = server.superuser(to: database)
        change(&options)
        let connection = try await PostgresSession.connect(options, on: loop)
        defer { connection.close() }
        return try await body(connection)
    }
}

extension TestedServer {
    /// The one text that a query of the superuser gives.
    func text(_ sql: String, in database: String = "postgres", _ parameters: String...) async throws -> String? {
        try await connected(to: database) { try await $0.text(sql, parameters) }
    }
}

extension PostgresSession {
    /// The one text that a query gives.
    func text(_ sql: String, _ values: [String] = []) async throws -> String? {
        var parameters = PostgresParameters()
        for value in values { try parameters.append(value) }
        return try await query(sql, parameters: parameters).only[0]
    }

    /// What a setting is now.
    func setting(_ name: String) async throws -> String? { try await text("SELECT current_setting($1)", [name]) }
}

/// Runs `body` on a loop of its own in a folder of its own.
func withFolderAndLoop(_ body: @escaping @Sendable (String, EventLoop) async throws -> Void) async throws {
    try await EventLoop.onThread { loop in
        let folder = "/tmp/parlor-cluster-\(RandomIdentifier.hex(bytes: 6))"
        try Files.makeFolder(folder)
        defer { try? Files.remove(folder) }
        try await body(folder, loop)
    }
}
