import Basics
import Loop
import Migrations
import Postgres
import PostgresTestSupport
import Synchronization
import Testing

@Suite("Migrations give way") struct ContentionTests {
    private func session(_ bench: Workbench, _ name: String) async throws -> PostgresSession {
        var options = bench.options
        options.applicationName = name
        return try await PostgresSession.connect(options, on: bench.loop)
    }

    @Test("Readers get through while a migration waits for a long one, and then the migration does")
    func readers() async throws {
        try await withWorkbench { (bench) async throws in
            try await bench.session.execute("CREATE SCHEMA app; CREATE TABLE app.salon (id int)")
            let report = try await session(bench, "a long report")
            try await report.execute("BEGIN; SELECT * FROM app.salon")

            // The control: without giving way, whoever comes later queues behind the one that waits.
            let stubborn = try await session(bench, "stubborn")
            let waiting = Task(executorPreference: bench.loop) {
                try? await stubborn.execute("ALTER TABLE app.salon ADD y int")
            }
            let waits = "SELECT FROM pg_locks WHERE NOT granted AND pid = $1"
            while try await bench.session.query(waits, stubborn.backendProcess).isEmpty {
                try await bench.loop.sleep(for: .milliseconds(1))
            }
            try await bench.session.execute("SET lock_timeout = '20ms'")
            await #expect(throws: PostgresError.self) { try await bench.session.execute("SELECT * FROM app.salon") }
            try await bench.session.execute("RESET lock_timeout")
            try await bench.session.query("SELECT pg_terminate_backend($1)", stubborn.backendProcess)
            await waiting.value

            let retries = AsyncStream<[Blocker]>.makeStream()
            let migrator = Migrator(
                bench.options,
                settings: quick {
                    $0.lockTimeout = .milliseconds(60)
                    $0.lockBudget = .seconds(60)
                }, on: bench.loop
            ) { event in
                if case .lockRetry(_, _, let blockers) = event { retries.continuation.yield(blockers) }
            }
            async let deployed = migrator.deploy(folder(["1_a": "ALTER TABLE app.salon ADD x int"]))
            var seen: [[Blocker]] = []
            for await blockers in retries.stream {
                seen.append(blockers)
                // Comes back only because the migration does not stand in the queue for good.
                try await bench.session.query("SELECT * FROM app.salon")
                if seen.count == 3 { break }
            }
            let blocker = try #require(seen.joined().first)
            #expect(blocker.pid == Int(report.backendProcess) && blocker.name == "a long report")
            #expect(blocker.isIdle)
            try await report.execute("COMMIT")
            #expect(try await deployed.items.count == 1)
            #expect(try await bench.rows().map(\.state) == [.applied])
            report.close()
        }
    }

    @Test("A budget that is spent ends the deploy with the name of whoever was in the way, and the next one goes on")
    func budget() async throws {
        try await withWorkbench { (bench) async throws in
            try await bench.session.execute("CREATE SCHEMA app; CREATE TABLE app.salon (id int)")
            let report = try await session(bench, "a long report")
            try await report.execute("BEGIN; SELECT * FROM app.salon")
            let texts = folder(["1_a": "CREATE TABLE a ();\nALTER TABLE app.salon ADD x int"])
            let error = await #expect(throws: ParlorError.self) {
                try await bench.migrator(
                    quick {
                        $0.lockTimeout = .milliseconds(400)
                        $0.lockBudget = .milliseconds(100)
                    }
                ).deploy(texts)
            }
            #expect(error?.reference == "P1008" && error?.code == .timeout)
            #expect(
                error?.why?.contains("process \(report.backendProcess) (a long report, idle in transaction") == true)
            #expect(error?.hint?.contains("pg_terminate_backend(\(report.backendProcess))") == true)
            #expect(try await bench.value("SELECT to_regclass('a') IS NULL"))
            #expect(try await bench.rows().map(\.state) == [.interrupted(.transaction)])
            report.close()
            _ = try await bench.migrator().deploy(texts)
            let rows = try await bench.rows()
            #expect(rows.map(\.state) == [.applied] && rows[0].logs == nil)
        }
    }

    @Test("Of eight deploys at once one works and the others wait; each migration runs once")
    func eight() async throws {
        try await withWorkbench { (bench) async throws in
            let texts = folder([
                "1_a": "CREATE TABLE a (x int)", "2_b": "INSERT INTO a VALUES (1)",
                "3_c": "CREATE INDEX CONCURRENTLY i ON a (x)", "4_d": "INSERT INTO a VALUES (1)",
            ])
            let ran = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        try await EventLoop.onThread { loop in
                            try await Migrator(bench.options, settings: quick(), on: loop).deploy(texts).items.count
                        }
                    }
                }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(ran.sorted() == [0, 0, 0, 0, 0, 0, 0, 4])
            #expect(try await bench.rows().map(\.state) == [.applied, .applied, .applied, .applied])
            #expect(try await bench.value("SELECT count(*) FROM a", as: Int64.self) == 2)
        }
    }

    @Test("A deploy that waited for too long says who holds the lock: P1002")
    func locked() async throws {
        try await withWorkbench { (bench) async throws in
            let other = try await session(bench, "prisma")
            try await other.query("SELECT pg_advisory_lock(72707369)")
            let error = await #expect(throws: ParlorError.self) {
                try await bench.migrator(quick { $0.deploymentWait = .milliseconds(30) }).deploy(folder([:]))
            }
            #expect(error?.reference == "P1002" && error?.code == .timeout)
            #expect(error?.why?.contains("prisma (process \(other.backendProcess), connected since 20") == true)
            guard case .waitingForDeployment(let holder?)? = bench.reports.all.first else {
                Issue.record("nobody was told to wait")
                return
            }
            #expect(holder.pid == Int(other.backendProcess))
            // Looking needs no lock.
            #expect(try await bench.migrator().status(folder([:])).isUpToDate)
            other.close()
            _ = try await bench.migrator().deploy(folder([:]))
        }
    }

    @Test("A connection through a pooler is refused")
    func pooler() async throws {
        try await withWorkbench { (bench) async throws in
            let pooler = try PgBouncer()
            let migrator = Migrator(pooler.options(bench.options), settings: quick(), on: bench.loop)
            let error = await #expect(throws: ParlorError.self) { try await migrator.deploy(folder([:])) }
            #expect(error?.what.hasSuffix("leads through a pooler") == true)
            #expect(error?.hint?.contains("the server itself") == true)
        }
    }

    @Test("An index is built although somebody queues for the lock of all deployments as Prisma does")
    func queue() async throws {
        try await withWorkbench { (bench) async throws in
            var options = bench.options
            options.parameters["options"] = "-c deadlock_timeout=40ms"
            let other = try await session(bench, "prisma")
            // It is the builder who finds that both wait in a circle.
            try await other.execute("SET deadlock_timeout = '10min'")
            let process = other.backendProcess
            let migrator = Migrator(
                options, settings: quick { $0.lockTimeout = .milliseconds(100) }, on: bench.loop
            ) { event in
                bench.reports.add(event)
                if case .lockRetry = event {
                    Task(executorPreference: bench.loop) {
                        try await bench.session.query("SELECT pg_cancel_backend($1)", process)
                    }
                }
                guard case .migrationBegan("1_a", _, _, _, _) = event else { return }
                // A statement that waits holds a snapshot, and the index waits for that.
                Task(executorPreference: bench.loop) { try await other.query("SELECT pg_advisory_lock(72707369)") }
            }
            let deployed = try await migrator.deploy(
                folder([
                    "1_a": """
                    CREATE TABLE a (x int); DO $$ BEGIN
                        WHILE NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)
                        LOOP PERFORM pg_sleep(0.001); END LOOP;
                    END $$
                    """, "2_b": "CREATE INDEX CONCURRENTLY i ON a (x)",
                ]))
            #expect(deployed.items.count == 2)
            #expect(bench.reports.all.contains { if case .lockRetry = $0 { true } else { false } })
            #expect(try await bench.value("SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass"))
            other.close()
        }
    }
}
