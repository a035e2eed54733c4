import Basics
import FaultTestSupport
import Glibc
import Loop
import Postgres
import Processes
import Synchronization
import SystemTestSupport
import Testing

/// `harden` on a running cluster.
@Suite(.serialized, .longFault) struct HardenTests {
    private static let migrations =
        "\(Files.parent(of: Files.parent(of: Files.parent(of: #filePath))))/schema/migrations"

    /// Runs `body` with a cluster of a primary and a replica, which holds the product's schema.
    private func withCluster(
        _ name: String, _ body: @escaping @Sendable (RunningCluster) async throws -> Void
    ) async throws {
        try await ParlorSystem.with(name, .new) { system in
            let system = system.with([
                "PARLOR_CLUSTER_REPLICAS": "1", "PARLOR_DATABASE_MIGRATIONS": Self.migrations,
            ])
            try await system.succeed("up", "--detach")
            try await body(RunningCluster(system))
        }
    }

    @Test("A new cluster passes every line, and what somebody opened is found by the lines that are about it")
    func check() async throws {
        try await withCluster("harden-check") { cluster in
            let report = try await cluster.system.run("harden", "check", "--json")
            #expect(Self.failed(try report.json) == [], "\(report.output)")
            #expect(report.code == 0)

            let session = try await cluster.superuser()
            defer { session.close() }
            try await session.execute(Self.openings)
            for statement in ["SET log_connections = off", "SET shared_buffers = '48MB'"] {
                try await session.execute("ALTER SYSTEM \(statement)")
            }
            try cluster.openDoor()
            try await session.execute("SELECT pg_reload_conf()")
            chmod("\(cluster.system.state)/redis-cache/redis.conf", 0o644)
            let talkative = try Child(
                starting: Program("/bin/sh", ["-c", "sleep 60; :", try cluster.system.secret("redis")]),
                on: cluster.system.loop)
            defer { talkative.signal(SIGKILL) }
            let plain = try await cluster.plainSession()
            defer { plain.close() }

            let outcome = try await cluster.system.run("harden", "check", "--json")
            #expect(outcome.code == 3)
            #expect(Self.failed(try outcome.json) == Self.opened)
        }
    }

    private static func failed(_ report: JSON) -> Set<String> {
        let lines = report["checks"]?.elements ?? []
        return Set(lines.filter { $0["result"]?.text == "failed" }.compactMap { $0["name"]?.text })
    }

    private static let openings = """
        ALTER ROLE whatsapp_app SUPERUSER;
        SET password_encryption = 'md5';
        CREATE ROLE weak LOGIN PASSWORD 'weak';
        GRANT CONNECT ON DATABASE whatsapp_saas TO PUBLIC;
        ALTER TABLE customers NO FORCE ROW LEVEL SECURITY;
        CREATE POLICY open ON customers USING (true);
        GRANT INSERT ON audit_log TO platform_user;
        CREATE FUNCTION leaky() RETURNS integer LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
        """

    private static let opened: Set<String> = [
        "tls_required", "sessions_encrypted", "wrong_password", "superuser_elsewhere", "pooler_console", "access_rules",
        "scram_verifiers", "service_role", "superusers", "public_connection", "public_privileges", "schema_changes",
        "audit_log", "server_files", "other_roles", "tenants", "row_security", "definer_functions", "state_files",
        "arguments", "settings", "pending_restarts",
    ]

    @Test("Certificates, passwords and the authority are replaced, and no client of the pooler sees an error")
    func rotation() async throws {
        try await withCluster("harden-rotate") { cluster in
            let before = try cluster.authority
            let secret = try cluster.system.secret("postgres_pooler")
            try await cluster.makeWriter()
            let load = Load()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<4 { group.addTask { await load.write(as: number, into: cluster) } }
                group.addTask { await load.connect(to: cluster) }
                for words in [["passwords"], ["certificates"], ["certificates", "--authority"]] {
                    let outcome = try await cluster.system.start(["harden", "rotate"] + words).outcome(
                        within: .seconds(120))
                    #expect(outcome.code == 0, "\(outcome)")
                }
                load.stop()
                try await group.waitForAll()
            }
            #expect(load.errors == [])
            #expect(load.acknowledged > 100)
            #expect(try await cluster.rows() >= load.acknowledged)
            #expect(try cluster.authority != before)
            #expect(try cluster.system.secret("postgres_pooler") != secret)
            // Nothing was fenced or elected for it, and what is new is used everywhere.
            let status = try await cluster.system.succeed("cluster", "status", "--json").json
            #expect(status["nodes"]?.elements?.map { $0["timeline"]?.int } == [1, 1])
            let report = try await cluster.system.run("harden", "check")
            #expect(report.code == 0, "\(report.output)")
        }
    }
}

/// A cluster that runs, as its user and as its clients see it.
private struct RunningCluster: Sendable {
    let system: ParlorSystem
    private let leader: String
    private let leaderHost: String
    private let leaderPort: Int

    init(_ system: ParlorSystem) async throws {
        self.system = system
        let status = try await system.succeed("cluster", "status", "--json").json
        leader = try #require(status["leader"]?.text)
        let address = status["nodes"]?.elements?.first { $0["name"]?.text == status["leader"]?.text }?["address"]?.text
        let words = try #require(address?.split(separator: ":"))
        leaderHost = String(words[0])
        leaderPort = try #require(Int(words[1]))
    }

    /// The certificates that are believed.
    var authority: String { get throws { try Files.readText("\(system.state)/certificates/current/ca.crt") } }

    /// The superuser's session on the primary.
    func superuser() async throws -> PostgresSession {
        try await PostgresSession.connect(
            ConnectionOptions(
                host: "\(system.state)/run/\(leader)", port: leaderPort, database: "whatsapp_saas", user: "postgres",
                password: Secret(try system.secret("postgres_superuser"))), on: system.loop)
    }

    /// Lets everybody into the primary, encrypted or not, once it reads its rules again.
    func openDoor() throws {
        let file = "\(system.state)/postgres/\(leader)/data/pg_hba.conf"
        let rules = try Files.readText(file)
        let status = try #require(try Files.status(file))
        try Files.writeAtomically("host all all 127.0.0.1/32 trust\n" + rules, to: file)
        chown(file, status.owner, status.group)
    }

    /// A session through the open door.
    func plainSession() async throws -> PostgresSession {
        let options = ConnectionOptions(
            host: leaderHost, port: leaderPort, database: "postgres", user: "postgres", sslMode: .disable)
        while true {
            // The server reads its rules some time after it was told to.
            do { return try await PostgresSession.connect(options, on: system.loop) } catch let error as PostgresError {
                guard error.kind == .refused else { throw error }
            }
        }
    }

    /// Makes a role and a table for writers.
    func makeWriter() async throws {
        let session = try await superuser()
        defer { session.close() }
        try await session.execute(
            """
            CREATE ROLE writer LOGIN PASSWORD 'writer';
            GRANT CONNECT ON DATABASE whatsapp_saas TO writer;
            CREATE SCHEMA written AUTHORIZATION writer;
            CREATE TABLE written.rows (writer bigint, number bigint);
            ALTER TABLE written.rows OWNER TO writer;
            """)
    }

    func rows() async throws -> Int {
        let session = try await superuser()
        defer { session.close() }
        return try await session.query("SELECT count(*)::int8 FROM written.rows").only[0]
    }

    /// A client's session through the pooler.
    func client() async throws -> PostgresSession {
        let port = Int(system.environment["PARLOR_POOLER_PORT"] ?? "") ?? 0
        return try await PostgresSession.connect(
            ConnectionOptions(
                host: "127.0.0.1", port: port, database: "whatsapp_saas", user: "writer", password: Secret("writer"),
                sslMode: .verifyFull,
                parameters: ["sslrootcert": "\(system.state)/certificates/current/ca.crt"]),
            SessionOptions(preparation: .unnamed), on: system.loop)
    }
}

/// Clients that go on until they are stopped.
private final class Load: Sendable {
    private struct State {
        var isStopped = false
        var acknowledged = 0
        var errors: [String] = []
    }

    private let state = Mutex(State())

    var acknowledged: Int { state.withLock { $0.acknowledged } }
    var errors: [String] { state.withLock { $0.errors } }
    private var goesOn: Bool { state.withLock { !$0.isStopped && $0.errors.isEmpty } }

    func stop() { state.withLock { $0.isStopped = true } }
    private func note(_ error: any Error) { state.withLock { $0.errors.append("\(error)") } }

    /// One client with one session.
    func write(as writer: Int, into cluster: RunningCluster) async {
        do {
            let session = try await cluster.client()
            defer { session.close() }
            var number = 0
            while goesOn {
                try await session.query("INSERT INTO written.rows VALUES ($1, $2)", writer, number)
                number += 1
                state.withLock { $0.acknowledged += 1 }
            }
        } catch { note(error) }
    }

    /// Clients that come and go.
    func connect(to cluster: RunningCluster) async {
        do {
            while goesOn {
                let session = try await cluster.client()
                try await session.query("SELECT 1")
                session.close()
            }
        } catch { note(error) }
    }
}
