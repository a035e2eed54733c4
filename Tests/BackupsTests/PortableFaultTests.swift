import Backups
import Basics
import Glibc
import Loop
import Postgres
import PostgresTestSupport
import TestSupport
import Testing

/// When no dump can be made there is one error that says what to do, and nothing else is left.
@Suite struct PortableFaultTests {
    @Test(
        "A recipient whom nothing can be encrypted to is refused before anything is done",
        arguments: [
            ("nowhere", "there is no public key at KEYS/nowhere.asc"),
            ("old", "the public key in KEYS/old.asc cannot be used: it has expired on 2020-01-01"),
            ("signs", "the public key in KEYS/signs.asc cannot be used: nothing can be encrypted to it"),
            ("private", "KEYS/private.asc holds a private key"),
            ("junk", "KEYS/junk.asc holds no public key of GnuPG"),
            ("two", "KEYS/two.asc holds 2 public keys: GnuPG would encrypt to the first one only"),
        ])
    func recipients(name: String, summary: String) async throws {
        try await withKeys { keys, folder, loop in
            // Nobody is asked for the data, so it does not matter that nobody is there.
            let nobody = ConnectionOptions(host: folder, database: "none", user: "none")
            let backup = PortableBackup(
                of: nobody, with: PortablePrograms(postgres: postgresPrograms), into: "\(folder)/dumps",
                for: keys.path(name))
            let error = await #expect(throws: ParlorError.self) { try await backup.run(on: loop) }
            #expect(error?.summary.replacing(keys.home, with: "KEYS") == summary)
            #expect(error?.code == .configuration)
            #expect(error?.hint != nil)
            let left = try Files.list("\(folder)/dumps") + processes(naming: "\(folder)/dumps")
            #expect(left == [".lock"])
        }
    }

    @Test("An empty folder of keys is told from one that is not there")
    func emptyFolder() async throws {
        try await withKeys { keys, folder, loop in
            try Files.makeFolder("\(folder)/none")
            let nobody = ConnectionOptions(host: folder, database: "none", user: "none")
            let backup = PortableBackup(
                of: nobody, with: PortablePrograms(postgres: postgresPrograms), into: "\(folder)/dumps",
                for: "\(folder)/none")
            let error = await #expect(throws: ParlorError.self) { try await backup.run(on: loop) }
            #expect(error?.summary == "there is no public key in \(folder)/none")
        }
    }

    private func withKeys(_ body: @escaping @Sendable (TestKeys, String, EventLoop) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            try await EventLoop.onThread { loop in
                try await body(try await TestKeys.shared(), folder, loop)
            }
        }
    }

    @Test("A program that is not installed is named with its package")
    func missingProgram() async throws {
        try await withDumpBench { bench in
            for (change, package) in Self.missingPrograms {
                var backup = bench.backup
                change(&backup.programs)
                let error = await #expect(throws: ParlorError.self) { try await backup.run(on: bench.loop) }
                #expect(error?.code == .engineMissing)
                #expect(error?.hint == "Install the package \(package).")
                let left = try bench.left()
                #expect(left == [])
            }
        }
    }

    private static let missingPrograms: [(@Sendable (inout PortablePrograms) -> Void, String)] = [
        ({ $0.encryption = "/nowhere/gpg" }, "gnupg"), ({ $0.compression = "/nowhere/zstd" }, "zstd"),
        ({ $0.dump = "/nowhere/pg_dump" }, "postgresql-client-15"),
    ]

    @Test("A wrong password is an error of the connection, and is not told")
    func wrongPassword() async throws {
        try await withDumpBench { bench in
            var backup = bench.backup
            backup.connection.password = Secret("not-the-password")
            let error = await #expect(throws: (any Error).self) { try await backup.run(on: bench.loop) }
            let described = ParlorError(describing: try #require(error))
            #expect(described.hint != nil)
            #expect(!described.debugDescription.contains("not-the-password"))
            #expect(try bench.left() == [])
        }
    }

    @Test("A server that ends pg_dump's connection leaves no dump behind")
    func serverGone() async throws {
        try await withDumpBench { bench in
            let backup = bench.backup
            let session = try await PostgresSession.connect(bench.connection, on: bench.loop)
            defer { session.close() }
            // pg_dump waits for this one, which holds no rows and so is not counted.
            try await session.query("BEGIN")
            try await session.query(#"LOCK TABLE ONLY "Two words"."Half open" IN ACCESS EXCLUSIVE MODE"#)
            let killer = Task(executorPreference: bench.loop) {
                let pid = try await waitingDump(bench)
                let killer = try await PostgresSession.connect(bench.connection, on: bench.loop)
                defer { killer.close() }
                try await killer.query("SELECT pg_terminate_backend($1)", pid)
            }
            let error = await #expect(throws: ParlorError.self) { try await backup.run(on: bench.loop) }
            try await killer.value
            #expect(error?.summary.hasPrefix("pg_dump failed: it exited with status 1: pg_dump: error: ") == true)
            #expect(error?.hint == "See that PostgreSQL runs and that the role may read every table, then try again.")
            #expect(error?.description.contains("LOCK TABLE") == false)
            #expect(try bench.left() == [])
        }
    }

    /// Comes back when pg_dump waits for a lock: with its server process.
    private func waitingDump(_ bench: DumpBench) async throws -> Int32 {
        let session = try await PostgresSession.connect(bench.connection, on: bench.loop)
        defer { session.close() }
        while true {
            let found = try await session.query(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
            if !found.isEmpty { return try found.only["pid"] }
        }
    }

    @Test("A role that may not read everything makes no dump of half of it")
    func notAllowed() async throws {
        try await withDumpBench { bench in
            let session = try await PostgresSession.connect(bench.connection, on: bench.loop)
            defer { session.close() }
            let role = "reader_\(RandomIdentifier.hex(bytes: 4))"
            try await session.execute("CREATE ROLE \(role) LOGIN PASSWORD 'secret'; GRANT SELECT ON salons TO \(role)")
            var backup = bench.backup
            (backup.connection.user, backup.connection.password) = (role, Secret("secret"))
            await #expect(throws: (any Error).self) { try await backup.run(on: bench.loop) }
            #expect(try bench.left() == [])
            try await session.execute("DROP OWNED BY \(role); DROP ROLE \(role)")
        }
    }

    @Test("A dump that is cancelled leaves nothing behind, and no program")
    func cancelled() async throws {
        try await withDumpBench { bench in
            let session = try await PostgresSession.connect(bench.connection, on: bench.loop)
            defer { session.close() }
            try await session.query("BEGIN")
            try await session.query(#"LOCK TABLE ONLY "Two words"."Half open" IN ACCESS EXCLUSIVE MODE"#)
            let backup = bench.backup
            let task = Task(executorPreference: bench.loop) { try await backup.run(on: bench.loop) }
            _ = try await waitingDump(bench)
            task.cancel()
            await #expect(throws: (any Error).self) { try await task.value }
            #expect(try bench.left() == [])
            #expect(try processes(naming: bench.root) == [])
        }
    }

    @Test("A disk that gets full in the middle is told, and nothing stays on it", .enabled(if: TinyDisk.isAvailable))
    func fullDisk() async throws {
        try await withDumpBench { bench in
            let session = try await PostgresSession.connect(bench.connection, on: bench.loop)
            defer { session.close() }
            try await session.execute(
                "CREATE TABLE noise AS SELECT gen_random_uuid() AS value FROM generate_series(1, 20000)")
            try await TinyDisk.with { disk in
                let backup = PortableBackup(
                    of: bench.connection, with: bench.backup.programs, into: disk, for: bench.backup.recipients)
                let error = await #expect(throws: ParlorError.self) { try await backup.run(on: bench.loop) }
                #expect(error?.code == .diskFull)
                #expect(error?.hint == "Free some space on the file system that holds \(disk), then try again.")
                let left = try Files.list(disk)
                #expect(left == [".lock"])
            }
        }
    }

    @Test("One dump is made at a time in a folder, and what a killed one left is removed")
    func oneAtATime() async throws {
        try await withDumpBench { bench in
            try Files.makeFolder("\(bench.root)/.unfinished-1234")
            do {
                let lock = try FileLock.take("\(bench.root)/.lock")
                defer { withExtendedLifetime(lock) {} }
                let backup = bench.backup
                let error = await #expect(throws: ParlorError.self) { try await backup.run(on: bench.loop) }
                #expect(error?.code == .alreadyRunning)
            }
            _ = try await bench.backup.run(on: bench.loop)
            #expect(try bench.left() == ["backups"])
        }
    }

    @Test("A list of dumps that cannot be read is found out before a dump is made")
    func damagedList() async throws {
        try await withDumpBench { bench in
            let path = try await bench.backup.run(on: bench.loop).path
            let list = "\(Files.parent(of: path))/metadata.json"
            try Files.writeAtomically("{", to: list)
            let backup = bench.backup
            let error = await #expect(throws: ParlorError.self) { try await backup.run(on: bench.loop) }
            #expect(error?.summary == "\(list) is not a list of dumps")
            #expect(try Files.list(Files.parent(of: path)).count == 2)
        }
    }
}
