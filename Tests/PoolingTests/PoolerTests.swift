import Basics
import Glibc
import Loop
import Pooling
import Postgres
import Processes
import Testing

@Suite struct PoolerTests {
    @Test("A role that no file names signs in, over TLS on both sides, also into a database with an odd name")
    func signIn() async throws {
        try await TestPooler.run(leading: TestPrimary.running()) { pooler in
            for (database, name) in [("salon", "postgres"), ("salon_ro", "postgres"), ("odd", "odd 'name\"")] {
                let client = try await pooler.connect(database)
                let answer = try await client.query("SELECT current_user::text, current_database()::text").only
                #expect(try answer.values(as: String.self, String.self) == ("app", name))
                client.close()
            }
            let servers = try await pooler.admin.servers()
            #expect(!servers.isEmpty)
            #expect(servers.allSatisfy { $0.isEncrypted })
        }
    }

    @Test(
        "Nobody else signs in",
        arguments: [
            ("app", "wrong"), ("chief", ""), ("copier", ""), ("late", ""), ("nobody", "nobody"), ("missing", ""),
            ("pooler", "of the pooler's \"role\""),
        ])
    func refusals(user: String, password: String) async throws {
        try await TestPooler.run(leading: TestPrimary.running()) { pooler in
            let password = password.isEmpty ? TestPrimary.password : Secret(password)
            let options = pooler.options(user: user, password: password)
            let error = await #expect(throws: PostgresError.self) {
                try await PostgresSession.connect(options, on: pooler.loop).close()
            }
            #expect(error?.kind == .refused)
            #expect(!"\(String(describing: error))".contains(password.reveal()))
        }
    }

    @Test("Over TCP nobody gets in without TLS, and nobody at all into the console")
    func closedDoors() async throws {
        try await TestPooler.run(leading: TestPrimary.running()) { pooler in
            var plain = pooler.options()
            plain.sslMode = .disable
            let console = pooler.options("pgbouncer", user: UserAccount.current.name, password: Secret("none"))
            let special = pooler.options("pgbouncer", user: "pgbouncer", password: Secret("none"))
            for options in [plain, console, special] {
                let error = await #expect(throws: PostgresError.self) {
                    try await PostgresSession.connect(options, on: pooler.loop).close()
                }
                #expect(error?.kind == .refused)
            }
            let version = try await pooler.admin.version()
            #expect(version.hasPrefix("PgBouncer 1."))
        }
    }

    @Test("A server whose certificate comes from another authority is not talked to")
    func foreignServer() async throws {
        let other = try TestPrimary()
        try await TestPooler.run(leading: TestPrimary.running(), authority: other.certificate) { pooler in
            let client = Task(executorPreference: pooler.loop) { try await pooler.connect().close() }
            try await pooler.says("certificate verify failed")
            client.cancel()
            await #expect(throws: CancellationError.self) { try await client.value }
            // Nobody signed in there; another attempt may be under way.
            let servers = try await pooler.admin.servers()
            #expect(servers.allSatisfy { $0.state == "new" }, "\(servers)")
        }
    }

    @Test("The pooler's role can call its function and read nothing itself, and nobody else can call it")
    func function() async throws {
        let primary = try TestPrimary.running()
        try await EventLoop.onThread { loop in
            let session = try await PostgresSession.connect(primary.superuser, on: loop)
            defer { session.close() }
            try await session.execute("SET ROLE pooler")
            #expect(try await session.query(PoolerAuthentication.query, "app").count == 1)
            for name in ["chief", "copier", "late", "nobody", "pooler", "missing"] {
                #expect(try await session.query(PoolerAuthentication.query, name).isEmpty)
            }
            await #expect(throws: PostgresError.self) { try await session.query("SELECT 1 FROM pg_authid") }
            try await session.execute("SET ROLE app")
            await #expect(throws: PostgresError.self) { try await session.query(PoolerAuthentication.query, "app") }
        }
    }

    @Test("A statement that is called off ends on the server")
    func cancel() async throws {
        try await TestPooler.run(leading: TestPrimary.running()) { pooler in
            let client = try await pooler.connect()
            defer { client.close() }
            let error = await #expect(throws: PostgresError.self) {
                try await client.query("SELECT pg_sleep(3600)", within: .milliseconds(50))
            }
            #expect(error?.kind == .overdue)
            // The same session goes on, which it can only when the server has ended the statement.
            #expect(try await client.query("SELECT 1").only[0, as: Int.self] == 1)
        }
    }

    @Test("The session process carries LISTEN, prepared statements and settings of a session")
    func sessions() async throws {
        try await TestPooler.run(.session, leading: TestPrimary.running()) { pooler in
            let heard = try await PostgresNotifications.listen(pooler.options(), to: ["bell"], on: pooler.loop)
            let client = try await PostgresSession.connect(pooler.options(), on: pooler.loop)
            defer { client.close() }
            try await client.execute("SET application_name = 'kept'")
            for _ in 0..<3 {
                let name = try await client.query("SELECT current_setting('application_name')").only
                #expect(try name[0, as: String.self] == "kept")
            }
            try await client.query("SELECT pg_notify('bell', 'rings')")
            var payload: String?
            for try await event in heard {
                guard case .notification(let notification) = event else { continue }
                payload = notification.payload
                break
            }
            heard.close()
            #expect(payload == "rings")
        }
    }

    @Test("The console tells of pools, clients, servers, traffic, databases and settings")
    func console() async throws {
        try await TestPooler.run(leading: TestPrimary.running()) { pooler in
            let client = try await pooler.connect()
            defer { client.close() }
            try await client.transaction {
                try await client.query("SELECT 1")
                let pool = try #require(try await pooler.admin.pools().first { $0.user == "app" })
                #expect((pool.database, pool.activeClients, pool.activeServers) == ("salon", 1, 1))
            }
            let found = try #require(try await pooler.admin.clients().first { $0.user == "app" })
            #expect((found.database, found.isEncrypted, found.application) == ("salon", true, "parlor"))
            let traffic = try #require(try await pooler.admin.traffic().first { $0.database == "salon" })
            #expect(traffic.transactions >= 1)
            let plan = pooler.part.configuration.plan
            let databases = try await pooler.admin.databases()
            #expect(Set(databases.map(\.alias)) == ["salon", "salon_ro", "odd", "odd_ro"])
            let salon = try #require(databases.first { $0.alias == "salon" })
            #expect((salon.connectionsMax, salon.name) == (plan.transactions.value, "postgres"))
            let settings = try await pooler.admin.settings()
            #expect(settings["max_client_conn"] == "2000")
            #expect(settings["server_login_retry"] == "0.1" || settings["server_login_retry"] == "0")
            try await pooler.admin.reconnect("salon")
            #expect(try await client.query("SELECT 1").count == 1)
        }
    }

    /// All of them with the long tests, fewer in the short ones.
    private static let clients = getenv("PARLOR_FAULTS") != nil ? 1000 : 200

    @Test("Hundreds of TLS clients connect and write at a time, on no more server connections than planned")
    func many() async throws {
        let primary = try TestPrimary.running()
        try await TestPooler.run(leading: primary) { pooler in
            let start = ContinuousClock.now
            let clients = try await withThrowingTaskGroup(of: PostgresSession.self) { group in
                for _ in 0..<Self.clients {
                    group.addTask(executorPreference: pooler.loop) { try await pooler.connect() }
                }
                return try await group.reduce(into: [PostgresSession]()) { $0.append($1) }
            }
            defer { for client in clients { client.close() } }
            let connected = ContinuousClock.now
            try await withThrowingTaskGroup(of: Void.self) { group in
                for client in clients {
                    group.addTask(executorPreference: pooler.loop) {
                        for _ in 0..<2 { try await client.query("INSERT INTO note (number) VALUES (1000)") }
                    }
                }
                try await group.waitForAll()
            }
            let (took, wrote) = (start.duration(to: connected), connected.duration(to: .now))
            print("\(clients.count) clients: connected in \(took.brief), wrote twice each in \(wrote.brief)")
            #expect(try await pooler.admin.clients().count { $0.user == "app" } == Self.clients)
            let servers = try await pooler.admin.servers().count { $0.database == "salon" }
            #expect((1...pooler.part.configuration.plan.transactions.value).contains(servers))
            let count = try await clients[0].query("SELECT count(*) FROM note WHERE number = 1000").only
            #expect(try count[0, as: Int.self] == 2 * Self.clients)
        }
    }

    @Test("After a kill of the process clients see a lost connection, and connect again once it is back")
    func killed() async throws {
        try await TestPooler.run(leading: TestPrimary.running()) { pooler in
            let client = try await pooler.connect()
            let before = try await pooler.process()
            _ = kill(before, SIGKILL)
            let error = await #expect(throws: PostgresError.self) { try await client.query("SELECT pg_sleep(60)") }
            #expect(error?.kind == .lost)
            _ = try await pooler.becomes(.ready)
            #expect(try await pooler.process() != before)
            let again = try await pooler.connect()
            defer { again.close() }
            #expect(try await again.query("SELECT 1").count == 1)
        }
    }

    @Test("Asked to stop, it lets an open transaction come to its end first")
    func stop() async throws {
        try await TestPooler.run(leading: TestPrimary.running()) { pooler in
            let client = try await pooler.connect()
            defer { client.close() }
            try await client.transaction {
                try await client.query("INSERT INTO note (number) VALUES (7)")
                pooler.supervisor.stop()
                _ = try await pooler.becomes(.stopping)
                // The process has the signal when it lets nobody in any more; the transaction goes on.
                try await client.query("INSERT INTO note (number) VALUES (7)")
            }
            _ = try await pooler.becomes(.stopped)
        }
    }
}
