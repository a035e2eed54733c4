import Basics
import Loop
import Migrations
import Postgres
import PostgresTestSupport
import Testing

@Suite("What a database refuses is told clearly") struct RefusalTests {
    @Test("A wrong password is P1000, and is printed nowhere")
    func password() async throws {
        try await withWorkbench { (bench) async throws in
            var options = bench.options
            options.password = Secret("wrong-and-secret")
            let migrator = Migrator(options, on: bench.loop)
            let error = await #expect(throws: ParlorError.self) { try await migrator.status(folder([:])) }
            #expect(error?.reference == "P1000")
            #expect(!(error.map { String(reflecting: $0) } ?? "").contains("wrong-and-secret"))
            #expect(!String(describing: migrator).contains("wrong-and-secret"))
        }
    }

    @Test("Nobody at the address is P1001, no database P1003, and a template P3004")
    func missing() async throws {
        try await withWorkbench { (bench) async throws in
            for (change, code) in [("port", "P1001"), ("database", "P1003"), ("template1", "P3004")] {
                var options = bench.options
                if change == "port" { (options.host, options.port) = ("127.0.0.1", 1) }
                if change == "database" { options.database = "nowhere" }
                if change == "template1" { options.database = "template1" }
                let migrator = Migrator(options, on: bench.loop)
                let error = await #expect(throws: ParlorError.self) { try await migrator.deploy(folder([:])) }
                #expect(error?.reference == code)
            }
        }
    }

    @Test("A role without rights gets the server's own words, and a deploy without a restore point")
    func rights() async throws {
        try await withWorkbench { (bench) async throws in
            let role = "role_\(RandomIdentifier.hex(bytes: 4))"
            try await bench.session.execute(
                """
                CREATE ROLE \(role) LOGIN PASSWORD 'a-password'; CREATE SCHEMA own AUTHORIZATION \(role);
                CREATE TABLE public.foreign_one ()
                """)
            var options = bench.options
            (options.user, options.password) = (role, Secret("a-password"))
            let reports = Reports()
            let migrator = Migrator(options, schema: "own", settings: quick(), on: bench.loop) { reports.add($0) }
            let error = await #expect(throws: ParlorError.self) {
                try await migrator.deploy(folder(["1_a": "CREATE TABLE a ()", "2_b": "DROP TABLE public.foreign_one"]))
            }
            #expect(error?.why == "line 1, DROP TABLE public.foreign_one: must be owner of table foreign_one (42501)")
            #expect(try await bench.rows(schema: "own").map(\.state) == [.applied, .failed])
            let reason = "the role \(role) may not execute pg_create_restore_point"
            #expect(reports.all.contains(.restorePoint(.impossible(reason))))
            try await bench.session.execute("DROP OWNED BY \(role); DROP ROLE \(role)")
        }
    }

    @Test("An error about a value is told without the value")
    func values() async throws {
        try await withWorkbench { (bench) async throws in
            let error = await #expect(throws: ParlorError.self) {
                try await bench.migrator().deploy(folder(["1_a": "SELECT '+49 555'::int"]))
            }
            #expect(error?.why == "line 1, SELECT: invalid_text_representation (22P02)")
            #expect(error?.detail?.contains("+49 555") == true)
        }
    }

    @Test("The restore point is the one that the row tells")
    func restorePoint() async throws {
        try await withWorkbench { (bench) async throws in
            let deployed = try await bench.migrator().deploy(folder(["1_a": "CREATE TABLE a ()"]))
            let row = try #require(try await bench.rows().first)
            guard case .made(let name, let position, _)? = deployed.items.first?.restorePoint else {
                Issue.record("no restore point was made")
                return
            }
            #expect(name == row.restorePoint)
            #expect(position.contains("/"))
        }
    }

    @Test("A deploy pauses while a replica is too far behind")
    func replicas() async throws {
        let primary = try PrivateCluster()
        let standby = try primary.standby()
        try await EventLoop.onThread { loop in
            let replica = try await PostgresSession.connect(standby.options, on: loop)
            try await replica.query("SELECT pg_wal_replay_pause()")
            let session = try await PostgresSession.connect(primary.options, on: loop)
            while try await session.query("SELECT FROM pg_stat_replication WHERE replay_lsn IS NOT NULL").isEmpty {
                try await loop.sleep(for: .milliseconds(5))
            }
            try await session.execute("CREATE SCHEMA app; CREATE TABLE app.a AS SELECT generate_series(1, 10000)")
            let impatient = Migrator(
                primary.options,
                settings: quick {
                    $0.lagMax = ByteCount(100_000)
                    $0.lagWait = .zero
                }, on: loop)
            let late = await #expect(throws: ParlorError.self) {
                try await impatient.deploy(folder(["1_a": "CREATE TABLE b ()"]))
            }
            #expect(late?.code == .timeout && late?.what.contains("behind") == true)

            let reports = Reports()
            let settings = quick { $0.lagMax = ByteCount(100_000) }
            let migrator = Migrator(primary.options, settings: settings, on: loop) { event in
                reports.add(event)
                guard case .waitingForReplica = event else { return }
                Task(executorPreference: loop) { try await replica.query("SELECT pg_wal_replay_resume()") }
            }
            #expect(try await migrator.deploy(folder(["1_a": "CREATE TABLE b ()"])).items.count == 1)
            #expect(reports.all.contains { if case .waitingForReplica = $0 { true } else { false } })
            // Which cannot be migrated itself.
            let error = await #expect(throws: ParlorError.self) {
                try await Migrator(standby.options, on: loop).deploy(folder([:]))
            }
            #expect(error?.what.contains("is a replica") == true)
            replica.close()
            session.close()
        }
    }
}
