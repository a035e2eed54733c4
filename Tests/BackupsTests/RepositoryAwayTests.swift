import Backups
import Basics
import FaultTestSupport
import Glibc
import Loop
import Postgres
import S3TestSupport
import TestSupport
import Testing

/// What happens while there is no way to the repository, or no room in it.
@Suite(.serialized, .longFault) struct RepositoryAwayTests {
    @Test(
        "A repository that is full fails the backup and not the server, and is sound when there is room again",
        .enabled(if: TinyDisk.isAvailable, "a file system of one's own takes the right to mount"))
    func full() async throws {
        try await EventLoop.onThread { loop in
            try await TinyDisk.with(size: .megabytes(24)) { disk in
                let server = try await ArchivingServer(in: .folder(disk), on: loop)
                defer { server.stop() }
                let backup = try await server.backUp(.full, on: loop)
                let ballast = "\(disk)/ballast"
                TinyDisk.fill(ballast)
                // The log still finds room, and a backup does not.
                let size = try Files.status(ballast)?.size ?? 0
                truncate(ballast, size - 524_288)
                try await server.connected(on: loop) { session in
                    let error = await #expect(throws: ParlorError.self) { try await server.backUp(.full, on: loop) }
                    #expect(error?.code == .diskFull)
                    #expect(error?.what == "there is no room for the backup", "\(error?.detail ?? "")")
                    TinyDisk.fill(ballast)
                    try await server.awaitArchiveFailure(session, on: loop)
                    try await session.execute("INSERT INTO stages VALUES ('kept')")
                }
                #expect(try await server.engine.state(of: server.repository, on: loop).backups == [backup])
                try Files.remove(ballast)
                try await expectCaughtUp(server, since: backup, on: loop)
            }
        }
    }

    @Test("While S3 is gone the server goes on, and what it kept arrives by itself when it is back")
    func gone() async throws {
        let storage = try S3TestServer()
        try await EventLoop.onThread { loop in
            let place = BackupRepository.S3(
                bucket: "salons", endpoint: "localhost", port: storage.securePort, region: "us-east-1",
                prefix: "parlor", accessKey: storage.accessKey, secretKey: storage.secretKey, isInPath: true,
                authority: storage.authorityFile)
            let server = try await ArchivingServer(in: .s3(place), on: loop)
            defer { server.stop() }
            let backup = try await server.backUp(.full, on: loop)
            try storage.impose(.refusing)
            try await server.connected(on: loop) { session in
                try await server.awaitArchiveFailure(session, on: loop)
                try await session.execute("INSERT INTO stages VALUES ('kept')")
            }
            try storage.impose(nil)
            try await expectCaughtUp(server, since: backup, on: loop)
        }
    }

    private func expectCaughtUp(_ server: ArchivingServer, since backup: BackupRecord, on loop: EventLoop) async throws
    {
        try await server.archive(on: loop)
        let stages = try await server.restored(to: .latest, on: loop) { try await $0.joined("SELECT name FROM stages") }
        #expect(stages == "kept")
        #expect(try await !server.backUp(.full, on: loop).hasErrors)
        let first = try #require(LogFile(backup.log.first))
        #expect(try await server.engine.continuity(of: server.repository, from: first, on: loop).complaints == [])
        #expect(try await server.engine.verify(server.repository, on: loop).complaints == [])
    }
}
