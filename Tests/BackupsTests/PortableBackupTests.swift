import Backups
import Basics
import Digests
import Glibc
import JSONText
import Loop
import ObjectStorage
import Postgres
import PostgresTestSupport
import Processes
import TestSupport
import Testing

let postgresPrograms = "/usr/lib/postgresql/15/bin"

/// What a test of a dump works with: a database with some tables, a folder, and keys.
struct DumpBench: Sendable {
    let connection: ConnectionOptions
    let folder: String
    let keys: TestKeys
    let loop: EventLoop

    /// Where dumps go.
    var root: String { "\(folder)/dumps" }

    /// A dump of the database for Ada.
    var backup: PortableBackup {
        PortableBackup(
            of: connection, with: PortablePrograms(postgres: postgresPrograms), into: root, for: keys.path("ada"))
    }

    /// What stands below the dumps' folder, but for the lock.
    func left() throws -> [String] { try Files.exists(root) ? Files.list(root).filter { $0 != ".lock" } : [] }
}

/// Runs `body` with all of that.
func withDumpBench(_ body: @escaping @Sendable (DumpBench) async throws -> Void) async throws {
    try await withTemporaryFolder { folder in
        try await withDatabase { connection, loop in
            let session = try await PostgresSession.connect(connection, on: loop)
            defer { session.close() }
            try await session.execute(
                """
                CREATE SCHEMA "Two words";
                CREATE TABLE salons (id integer PRIMARY KEY, name text NOT NULL);
                INSERT INTO salons SELECT n, 'salon ' || n FROM generate_series(1, 1000) n;
                CREATE TABLE "Two words"."Half open" (day date) PARTITION BY RANGE (day);
                CREATE TABLE "Two words"."of 2026" PARTITION OF "Two words"."Half open"
                    FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
                INSERT INTO "Two words"."of 2026" SELECT date '2026-01-01' + n FROM generate_series(0, 99) n;
                """)
            let keys = try await TestKeys.shared()
            try await body(DumpBench(connection: connection, folder: folder, keys: keys, loop: loop))
        }
    }
}

@Suite struct PortableBackupTests {
    @Test("A dump is found in the folder of its day, and what is known of it beside it")
    func layout() async throws {
        try await withDumpBench { bench in
            let result = try await bench.backup.run(on: bench.loop)
            let (entry, name) = (result.entry, result.entry.name)
            #expect(result.path == "\(bench.root)/\(name.path)")
            #expect(name.database == bench.connection.database)
            #expect(try bench.left() == ["backups"])
            #expect(try Files.list(Files.parent(of: result.path)) == [name.file, "metadata.json"].sorted())
            #expect(try Files.status(result.path)?.mode == 0o600)
            let bytes = try Files.read(result.path)
            #expect(entry.size == bytes.count)
            #expect(entry.sha256 == Digest(.sha256, of: bytes))
            #expect(entry.tables.map(\.rows) == [100, 1000])
            #expect(entry.tables.map(\.name) == ["of 2026", "salons"])
            #expect(entry.versions.map(\.program) == ["postgresql", "pg_dump", "zstd", "gpg"])
            #expect(entry.versions.allSatisfy { $0.version.first?.isNumber == true })
            #expect(entry.timeline == 1)
            #expect(entry.recipients.map(\.count) == [40])
            #expect(try await PortableDump.verify(result.path, on: bench.loop) == entry)
            let text = try Files.readText("\(Files.parent(of: result.path))/metadata.json")
            #expect(try JSON(reading: text)["dumps"]?.elements?[0]["sha256"]?.text == entry.sha256.hexadecimal)
            #expect(try processes(naming: bench.root) == [])
        }
    }

    @Test("The holder of the private key gets the database back as it was at one moment, while others write")
    func restored() async throws {
        try await withDumpBench { bench in
            let writer = Task(executorPreference: bench.loop) {
                let session = try await PostgresSession.connect(bench.connection, on: bench.loop)
                defer { session.close() }
                while !Task.isCancelled {
                    try await session.query(
                        "INSERT INTO salons SELECT max(id) + 1, 'late' FROM salons", fate: .own)
                }
            }
            let result = try await bench.backup.run(on: bench.loop)
            writer.cancel()
            _ = await writer.result
            let dump = "\(bench.folder)/plain.dump"
            try await bench.keys.unpack(result.path, to: dump, on: bench.loop)
            #expect(try Files.status(dump)?.size == result.entry.dumpSize)
            let restored = try await restore(dump, bench)
            let salons = try #require(result.entry.tables.last)
            #expect(salons.name == "salons" && salons.rows >= 1000)
            #expect(restored == "\(salons.rows) \(salons.rows) 100")
        }
    }

    /// Restores into a database of its own; its rows, the last identifier, and the rows of the partitioned table.
    private func restore(_ dump: String, _ bench: DumpBench) async throws -> String {
        let administrator = try await PostgresSession.connect(bench.connection, on: bench.loop)
        defer { administrator.close() }
        let name = "\(bench.connection.database)_restored"
        try await administrator.execute("CREATE DATABASE \(name)")
        var target = bench.connection
        target.database = name
        let program = Program(
            "\(postgresPrograms)/pg_restore", ["--exit-on-error", "--dbname=\(name)", dump],
            environment: [
                "PGHOST": target.host, "PGPORT": "\(target.port)", "PGUSER": target.user,
                "PGPASSWORD": target.password?.reveal() ?? "", "HOME": bench.folder,
            ])
        try await Child.runSuccessfully(program, within: .seconds(60), on: bench.loop)
        let session = try await PostgresSession.connect(target, on: bench.loop)
        let found: String = try await session.query(
            """
            SELECT format('%s %s %s', count(*), max(id), (SELECT count(*) FROM "Two words"."of 2026")) AS found
            FROM salons
            """
        ).only["found"]
        session.close()
        try await administrator.execute("DROP DATABASE \(name) WITH (FORCE)")
        return found
    }

    @Test("Dumps of one day stand together, each for all recipients of a folder")
    func several() async throws {
        try await withDumpBench { bench in
            let keys = "\(bench.folder)/recipients"
            try Files.makeFolder(keys)
            for name in ["ada", "ben"] {
                try Files.writeAtomically(Files.readText(bench.keys.path(name)), to: "\(keys)/\(name).asc")
            }
            var backup = bench.backup
            backup.recipients = keys
            let first = try await backup.run(on: bench.loop)
            backup.connection.database = "postgres"
            let second = try await backup.run(on: bench.loop)
            #expect(first.entry.recipients.count == 2)
            #expect(second.entry.tables == [])
            if first.entry.name.folder == second.entry.name.folder {
                let path = "\(Files.parent(of: first.path))/metadata.json"
                #expect(try JSON(reading: Files.readText(path))["dumps"]?.elements?.count == 2)
            }
            for path in [first.path, second.path] { _ = try await PortableDump.verify(path, on: bench.loop) }
        }
    }

    @Test("A changed, shortened or unexplained dump is told")
    func verification() async throws {
        try await withDumpBench { bench in
            let result = try await bench.backup.run(on: bench.loop)
            var bytes = try Files.read(result.path)
            bytes[bytes.count / 2] ^= 1
            try Files.writeAtomically(bytes, to: result.path)
            await #expect(try complaint(result.path, bench.loop) == "its SHA-256 is another one")
            bytes.removeLast()
            try Files.writeAtomically(bytes, to: result.path)
            let size = result.entry.size
            await #expect(try complaint(result.path, bench.loop) == "it has \(size - 1) bytes and had \(size)")
            try Files.writeAtomically("{\"dumps\": []}", to: "\(Files.parent(of: result.path))/metadata.json")
            await #expect(throws: ParlorError.self) { try await PortableDump.verify(result.path, on: bench.loop) }
        }
    }

    private func complaint(_ path: String, _ loop: EventLoop) async throws -> String? {
        do { _ = try await PortableDump.verify(path, on: loop) } catch let error as ParlorError { return error.why }
        return nil
    }
}
