import Basics
import Loop
import Postgres
import Processes
import TestSupport
import Testing

@testable import Cluster

@Suite struct PrivateServerTests {
    @Test("A first start makes a server with checksums, passwords for everybody, UTF-8 and our settings")
    func firstStart() async throws {
        try await withFolderAndLoop { folder, loop in
            let tested = try await TestedServer(in: folder, on: loop)
            // What a first start that was killed left.
            try Files.makeFolder("\(folder)/data.partial/base")
            try Files.writeAtomically("15\n", to: "\(folder)/data.partial/PG_VERSION")
            let log = try await tested.run {
                try await tested.connected { connection in
                    #expect(try await settings(of: connection) == expectedSettings)
                    let rules = try await connection.query("SELECT auth_method, error FROM pg_hba_file_rules")
                    for rule in rules {
                        #expect(try rule.values(as: String.self, String?.self) == ("scram-sha-256", nil))
                    }
                    #expect(rules.count == 2)
                    let stored = try await connection.text("SELECT rolpassword FROM pg_authid WHERE oid = 10")
                    #expect(stored?.hasPrefix("SCRAM-SHA-256$") == true)
                }
                let refusal = await #expect(throws: PostgresError.self) {
                    try await tested.connected({ $0.password = Secret("wrong") }) { _ in }
                }
                #expect(refusal?.sqlState == .invalidPassword)
            }
            #expect(try Files.list(folder).contains("data") && !Files.exists("\(folder)/data.partial"))
            #expect(try Files.status("\(folder)/data")?.mode == 0o700)
            #expect(log.contains("database system is ready to accept connections"))
            #expect(log.contains("database system is shut down"))
            #expect(!log.contains(tested.server.password.reveal()))
        }
    }

    private let expectedSettings = [
        "data_checksums": "on", "server_encoding": "UTF8", "lc_collate": "C.UTF-8",
        "password_encryption": "scram-sha-256", "cluster_name": "parlor", "listen_addresses": "127.0.0.1",
        "ssl": "off", "shared_buffers": "32MB", "log_statement": "ddl", "log_min_duration_statement": "1s",
        "log_parameter_max_length": "0", "log_connections": "on", "log_disconnections": "on", "log_lock_waits": "on",
        "log_checkpoints": "on", "logging_collector": "off", "TimeZone": "UTC",
        "shared_preload_libraries": "pg_stat_statements",
    ]

    private func settings(of connection: PostgresSession) async throws -> [String: String] {
        var found: [String: String] = [:]
        for name in expectedSettings.keys { found[name] = try await connection.setting(name) }
        return found
    }

    @Test("A lock left by a crash does not keep it from starting, whatever its process number is now")
    func staleLock() async throws {
        try await withFolderAndLoop { folder, loop in
            let tested = try await TestedServer(in: folder, on: loop)
            let lock = "\(folder)/data/postmaster.pid"
            var text = ""
            var identifier: String?
            try await tested.run {
                text = try Files.readText(lock)
                identifier = try await self.identifier(tested)
            }
            let stranger = try Child(
                starting: Unprivileged.program("/bin/sleep", ["1000"]), on: loop)
            let rest = text.drop { $0 != "\n" }
            try Files.writeAtomically("\(stranger.pid)\(rest)", to: lock)
            // Without us, PostgreSQL takes the stranger for a server.
            let refusal = await #expect(throws: ParlorError.self) { try await tested.run(isPrepared: true) }
            #expect(refusal?.detail?.contains("lock file \"postmaster.pid\" already exists") == true)
            try await tested.run {
                let after = try await self.identifier(tested)
                #expect(after == identifier, "the data are those of the first start")
            }
            #expect(stranger.isRunning)
            stranger.signal(9)
            _ = try await stranger.exitStatus()
        }
    }

    private func identifier(_ tested: TestedServer) async throws -> String? {
        try await tested.text("SELECT system_identifier::text FROM pg_control_system()")
    }

    @Test("The lock of a server that runs keeps a second one from the same data")
    func liveLock() async throws {
        try await withFolderAndLoop { folder, loop in
            let tested = try await TestedServer(in: folder, on: loop)
            try await tested.run {
                let second = try tested.elsewhere()
                let refusal = await #expect(throws: ParlorError.self) { try await second.run() }
                #expect(refusal?.why == "exited with status 1")
                #expect(refusal?.detail?.contains("lock file \"postmaster.pid\" already exists") == true)
                #expect(try await tested.text("SELECT 'here'") == "here")
            }
        }
    }

    @Test("Without room for a database nothing is begun", .enabled(if: TinyDisk.isAvailable))
    func noRoom() throws {
        try TinyDisk.with { folder in
            let error = try EventLoop.blocking { loop in
                let tested = try await TestedServer(in: folder, on: loop)
                return await #expect(throws: ParlorError.self) { try await tested.server.prepare(on: loop) }
            }
            #expect(error?.code == .diskFull && error?.what == "there is no room for a new database")
            #expect(error?.why?.hasSuffix("are free, 200 MB are needed") == true)
            #expect(!Files.exists("\(folder)/data.partial"))
        }
    }

    @Test("The version of data is what its file says")
    func dataVersion() throws {
        try withTemporaryFolder { folder in
            #expect(try PrivateServer.dataVersion(in: folder) == nil)
            try Files.writeAtomically("15\n", to: "\(folder)/PG_VERSION")
            #expect(try PrivateServer.dataVersion(in: folder) == 15)
            try Files.writeAtomically("\n", to: "\(folder)/PG_VERSION")
            let error = #expect(throws: ParlorError.self) { try PrivateServer.dataVersion(in: folder) }
            #expect(error?.code == .engineUnsupported && error?.what == "\(folder)/PG_VERSION does not hold a version")
        }
    }
}

extension EventLoop {
    /// Runs `body` on a loop of its own on this thread.
    fileprivate static func blocking<Value: Sendable>(
        _ body: @escaping @Sendable (EventLoop) async throws -> Value
    ) throws -> Value {
        let loop = try EventLoop()
        return try loop.run { try await body(loop) }
    }
}
