import Basics
import Glibc
import Loop
import LoopTestSupport
import Migrations
import Postgres
import Synchronization
import TestSupport
import Testing

/// What is broken off at every moment, in each of the two ways that are resumed.
private let folderToBreak = folder([
    "1_tables": """
    CREATE TYPE kind AS ENUM ('a', 'b'); CREATE TABLE salon (id int PRIMARY KEY, name text);
    INSERT INTO salon SELECT n, 'salon ' || n FROM generate_series(1, 200) n;
    """,
    "2_index": "CREATE UNIQUE INDEX CONCURRENTLY salon_name ON salon (name)",
    "3_more":
        "ALTER TABLE salon ADD kind kind; CREATE TABLE chair (salon int REFERENCES salon); UPDATE salon SET kind = 'a'",
    "4_drop": "DROP INDEX CONCURRENTLY salon_name", "5_again": "CREATE INDEX CONCURRENTLY salon_name ON salon (name)",
    "6_reindex": "REINDEX INDEX CONCURRENTLY salon_name", "7_vacuum": "VACUUM salon",
])

@Suite("A deploy that is cut short at any moment goes on") struct FaultTests {
    /// What must be the same after any fault.
    private struct Outcome: Equatable {
        var fingerprint: [String]
        var rows: [String]
        var salons: Int64
    }

    private static func outcome(_ bench: Workbench, _ schema: String) async throws -> Outcome {
        let rows = try await bench.rows(schema: schema).map { row in
            "\(row.name) \(row.checksum) \(row.state) \(row.appliedSteps) \(row.logs ?? "-")"
        }
        let fingerprint = try await bench.fingerprint(schema: schema).map { $0.replacing(schema, with: "S") }
        return Outcome(
            fingerprint: fingerprint, rows: rows,
            salons: try await bench.value("SELECT count(*) FROM \(schema).salon WHERE kind = 'a'"))
    }

    private static func undisturbed(_ bench: Workbench) async throws -> Outcome {
        _ = try await bench.migrator(schema: "whole").deploy(folderToBreak)
        let outcome = try await outcome(bench, "whole")
        #expect(outcome.rows.count == 7 && outcome.salons == 200)
        #expect(outcome.rows.allSatisfy { $0.contains(" applied 1 -") })
        return outcome
    }

    /// The way to the database through a proxy.
    private static func options(_ bench: Workbench, through proxy: FaultProxy) throws -> ConnectionOptions {
        var options = bench.options
        guard case .tcp(let host, let port) = proxy.address else { throw ParlorError(.system, "no port") }
        (options.host, options.port, options.sslMode) = (host, port, .disable)
        return options
    }

    private static func target(_ bench: Workbench) -> SocketAddress {
        .path("\(bench.options.host)/.s.PGSQL.\(bench.options.port)")
    }

    @Test("The client is gone without a goodbye before or after any statement", arguments: [true, false])
    func everyStatement(before: Bool) async throws {
        try await withWorkbench { (bench) async throws in
            let expected = try await Self.undisturbed(bench)
            let count = bench.reports.all.count { if case .statementBegan = $0 { true } else { false } }
            _ = try await bench.migrator(schema: "whole").deploy(folderToBreak)
            #expect(count == 11)
            for victim in 0..<count {
                let proxy = try FaultProxy(to: Self.target(bench), on: bench.loop)
                let shared = OnLoop(proxy)
                let schema = "cut_\(victim)"
                let seen = Atomic<Int>(0)
                let migrator = Migrator(
                    try Self.options(bench, through: proxy), schema: schema, settings: quick(), on: bench.loop
                ) { event in
                    switch (event, before) {
                    case (.statementBegan, true), (.statementEnded, false):
                        if seen.add(1, ordering: .relaxed).oldValue == victim { shared.value.cut() }
                    default: break
                    }
                }
                let error = await #expect(throws: ParlorError.self) { try await migrator.deploy(folderToBreak) }
                #expect(error?.hint?.contains("goes on where this one was cut short") == true)
                proxy.close()
                _ = try await bench.migrator(schema: schema).deploy(folderToBreak)
                #expect(try await Self.outcome(bench, schema) == expected, "cut at statement \(victim)")
            }
        }
    }

    @Test(
        "The connection is cut after any number of bytes, in either direction",
        arguments: [ProxyDirection.toServer, .toClient])
    func anyByte(direction: ProxyDirection) async throws {
        try await withWorkbench { (bench) async throws in
            let expected = try await Self.undisturbed(bench)
            var generator = SeededGenerator()
            let seconds = getenv("PARLOR_FUZZ_SECONDS").flatMap { Int(String(cString: $0)) } ?? 0
            let end = bench.loop.now + .seconds(seconds)
            var round = 0
            while round < 5 || bench.loop.now < end {
                round += 1
                let proxy = try FaultProxy(to: Self.target(bench), on: bench.loop)
                defer { proxy.close() }
                let bytes = Int.random(in: 1...(direction == .toServer ? 9000 : 6000), using: &generator)
                proxy.cut(direction, after: bytes)
                let schema = "byte_\(round)"
                // Each connection gets as far; so one that comes back gets further in all.
                let migrator = Migrator(
                    try Self.options(bench, through: proxy), schema: schema, settings: quick(), on: bench.loop)
                _ = try? await migrator.deploy(folderToBreak)
                _ = try await bench.migrator(schema: schema).deploy(folderToBreak)
                #expect(try await Self.outcome(bench, schema) == expected, "\(generator.note) after \(bytes) bytes")
            }
        }
    }

    @Test("The server ends the session in the middle of any statement that changes the schema")
    func terminated() async throws {
        try await withWorkbench { (bench) async throws in
            let expected = try await Self.undisturbed(bench)
            try await bench.session.execute(
                """
                CREATE SCHEMA fault; CREATE UNLOGGED SEQUENCE fault.step; CREATE TABLE fault.victim (step int);
                CREATE FUNCTION fault.strike() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
                    IF current_setting('application_name') = 'parlor migrate'
                        AND nextval('fault.step') = (SELECT step FROM fault.victim) THEN
                        PERFORM pg_terminate_backend(pg_backend_pid());
                        PERFORM pg_sleep(60);
                    END IF;
                END $$;
                CREATE EVENT TRIGGER strike_first ON ddl_command_start EXECUTE FUNCTION fault.strike();
                CREATE EVENT TRIGGER strike_last ON ddl_command_end EXECUTE FUNCTION fault.strike();
                """)
            var victim = 0
            while true {
                victim += 1
                let schema = "end_\(victim)"
                try await bench.session.execute(
                    "TRUNCATE fault.victim; INSERT INTO fault.victim VALUES (\(victim)); SELECT setval('fault.step', 1, false)"
                )
                do { _ = try await bench.migrator(schema: schema).deploy(folderToBreak) } catch let error as ParlorError
                {
                    #expect(error.code == .connection)
                }
                let reached = try await bench.value("SELECT last_value FROM fault.step", as: Int64.self)
                _ = try await bench.migrator(schema: schema).deploy(folderToBreak)
                #expect(try await Self.outcome(bench, schema) == expected, "ended at command \(victim)")
                if reached < victim { break }
            }
            #expect(victim > 15)
        }
    }

    @Test("A lost connection is made again, and the deploy goes on by itself")
    func reconnects() async throws {
        try await withWorkbench { (bench) async throws in
            let proxy = try FaultProxy(to: Self.target(bench), on: bench.loop)
            defer { proxy.close() }
            let (shared, reports) = (OnLoop(proxy), Reports())
            let hasCut = Atomic(false)
            let migrator = Migrator(
                try Self.options(bench, through: proxy), settings: quick { $0.reconnections = 3 }, on: bench.loop
            ) { event in
                reports.add(event)
                guard case .statementBegan(_, _, 2, _) = event else { return }
                if !hasCut.exchange(true, ordering: .relaxed) { shared.value.cut() }
            }
            #expect(try await migrator.deploy(folderToBreak).items.count == 7)
            #expect(reports.all.contains { if case .reconnecting = $0 { true } else { false } })
            #expect(
                reports.all.contains { event in
                    if case .migrationBegan(_, _, _, _, isResumed: true) = event { true } else { false }
                })
        }
    }
}
