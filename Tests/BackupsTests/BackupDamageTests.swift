import Backups
import Basics
import FaultTestSupport
import Glibc
import Loop
import Postgres
import ServerTestSupport
import Testing

/// What happens when something in the repository is not as it was written.
extension BackupEngineTests {
    @Test("A byte that is another one is found, in a file of a backup and in one of the log", .longFault)
    func flippedBytes() async throws {
        try await withServer { server, loop in
            let backup = try await server.backUp(.full, on: loop)
            let file = try await server.archive(on: loop)
            try await withDamage(backup, file, server) {
                let complaints = try await server.engine.verify(server.repository, on: loop).complaints
                #expect(
                    complaints == [
                        "the log: one file with a wrong checksum",
                        "backup \(backup.label): one file with a wrong checksum",
                    ])
            }
        }
    }

    @Test("A file of the log that is missing is named, and a restore across it fails and says why")
    func missingFile() async throws {
        try await withServer { server, loop in
            let backup = try await server.backUp(.incremental, on: loop)
            var files: [LogFile] = []
            for _ in 0..<3 { files.append(try await server.archive(on: loop)) }
            let moment = try await server.connected(on: loop) { session in
                try await session.execute("INSERT INTO stages VALUES ('lost')")
                return try await session.query("SELECT clock_timestamp()").only[0, as: Timestamp.self]
            }
            try await server.archive(on: loop)
            let path = try #require(try server.path(of: files[1]))
            let aside = server.folder.path(Files.name(of: path))
            try Files.move(path, to: aside)
            let first = try #require(LogFile(backup.log.first))
            let continuity = try await server.engine.continuity(of: server.repository, from: first, on: loop)
            #expect(continuity.complaints == ["the log lacks \(files[1].name)"])
            let error = await #expect(throws: ParlorError.self) {
                try await server.restored(to: .time(moment), on: loop) { _ in }
            }
            #expect(error?.what == "the log in the repository ends before that target")
            #expect(error?.why?.hasPrefix("its last transaction is of 20") == true)
            #expect(error?.hint == "Choose an earlier target, or \"./parlor restore full\" for the newest.")
            try Files.move(aside, to: path)
            try await server.connected(on: loop) { try await $0.execute("TRUNCATE stages") }
            let whole = try await server.engine.continuity(of: server.repository, from: first, on: loop)
            #expect(whole.complaints == [])
        }
    }

    @Test("While nothing can be written to the repository the server goes on, and what it kept arrives by itself later")
    func unreadable() async throws {
        try await withServer { server, loop in
            try await server.connected(on: loop) { session in
                chmod(server.repository.name, 0)
                defer { chmod(server.repository.name, 0o700) }
                try await server.awaitArchiveFailure(session, on: loop)
                try await session.execute("INSERT INTO stages VALUES ('kept')")
                let error = await #expect(throws: ParlorError.self) { try await server.backUp(.incremental, on: loop) }
                #expect(error?.what == "a file cannot be opened by the user that backups are made as")
                let trouble = try await server.engine.state(of: server.repository, on: loop).trouble
                #expect(trouble?.contains("Permission denied") == true)
            }
            try await expectSound(server, on: loop)
            try await server.connected(on: loop) { try await $0.execute("TRUNCATE stages") }
        }
    }

    @Test("A drill proves a repository that is sound, and reports every damage", .longFault)
    func drills() async throws {
        try await withServer { server, loop in
            let backup = try await server.backUp(.full, on: loop)
            try await server.connected(on: loop) { try await $0.execute("INSERT INTO stages VALUES ('counted')") }
            let file = try await server.archive(on: loop)
            // A second behind the backup can be restored to.
            try await loop.sleep(for: .seconds(2))
            try await server.archive(on: loop)
            let means = RestoreDrill.Means(
                engine: server.engine, place: { server.place($0) }, living: { _ in server.options },
                database: "postgres", jobs: 2, progress: { _ in })
            let drill = RestoreDrill(means, on: loop)
            let source = try await server.source(until: .now(), on: loop)
            let sound = await drill.run([source], seed: 1)
            #expect(sound.complaints == [] && sound.isGood && sound.trials.count == 2)
            #expect(sound.recoveryTime != nil && sound.exposure != nil)
            try await withDamage(backup, file, server) {
                let report = await drill.run([source], seed: 1)
                #expect(!report.isGood)
                #expect(
                    report.findings == [
                        "\(server.repository.name): the log: one file with a wrong checksum",
                        "\(server.repository.name): backup \(backup.label): one file with a wrong checksum",
                    ])
                let newest = try #require(report.trials.first)
                #expect(newest.findings.contains { $0.hasPrefix("a file of the backup is damaged") })
            }
            try await server.connected(on: loop) { try await $0.execute("TRUNCATE stages") }
        }
    }

    /// Makes one bit another in a file of a backup and in one of the log, for as long as `body` takes.
    private func withDamage(
        _ backup: BackupRecord, _ file: LogFile, _ server: ArchivingServer, _ body: () async throws -> Void
    ) async throws {
        let bundles = try server.files(in: "backup/parlor/\(backup.label)/bundle", beginningWith: "")
        let paths = [try #require(bundles.min()), try #require(try server.path(of: file))]
        let whole = try paths.map { try Files.read($0) }
        defer { for (path, bytes) in zip(paths, whole) { try? Files.writeAtomically(bytes, to: path) } }
        for (path, var bytes) in zip(paths, whole) {
            bytes[bytes.count / 2] ^= 1
            try Files.writeAtomically(bytes, to: path)
        }
        try await body()
    }
}
