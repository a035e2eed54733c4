import Backups
import Basics
import Digests
import HTTP
import Loop
import ObjectStorage
import Postgres
import S3TestSupport
import TestSupport
import Testing

@Suite struct PortableStorageTests {
    @Test("A dump is copied to a bucket as it is, and so are those that could not be copied before")
    func bucket() async throws {
        try await withDumpBench { bench in
            let server = try S3TestServer.shared()
            var connections = HTTPClientOptions()
            connections.retries = S3Storage.retries
            let client = HTTPClient(on: bench.loop, connections)
            defer { client.close() }
            let options = S3Options(
                origin: try #require(HTTPOrigin(.http, host: "localhost", port: server.port)),
                bucket: "dumps-\(RandomIdentifier.hex(bytes: 8))",
                credentials: S3Credentials(accessKey: server.accessKey, secretKey: server.secretKey), addressing: .path)
            let storage = try S3Storage(options, client: client)
            var backup = bench.backup
            (backup.storage, backup.prefix) = (storage, "parlor")

            let first = try await backup.run(on: bench.loop)
            #expect(first.fault != nil && first.copied == [])
            _ = try await PortableDump.verify(first.path, on: bench.loop)

            try await storage.makeBucket()
            backup.connection.database = "postgres"
            let second = try await backup.run(on: bench.loop)
            #expect(second.fault == nil)
            #expect(Set(second.copied) == [first.entry.name, second.entry.name])
            for entry in [first.entry, second.entry] {
                let bytes = try await storage.read(ObjectName("parlor/\(entry.name.path)"))
                #expect(Digest(.sha256, of: bytes) == entry.sha256)
                let list = try await storage.read(ObjectName("parlor/\(entry.name.folder)/metadata.json"))
                #expect(String(decoding: list, as: UTF8.self).contains(entry.sha256.hexadecimal))
            }
            #expect(try await backup.run(on: bench.loop).copied.count == 1)
        }
    }

    @Test("A dump that would go again at once, because another host brought newer ones, is not copied")
    func newerThere() async throws {
        try await withDumpBench { bench in
            let storage = try await FolderStorage.open("\(bench.folder)/storage", on: bench.loop)
            let newer = PortableName(database: bench.connection.database, begun: .now() + .seconds(3600))
            try await storage.write(ObjectName(newer.path), Array("dump".utf8))
            var backup = bench.backup
            (backup.storage, backup.retention) = (storage, RetentionPolicy(daily: 0, weekly: 0, monthly: 0))
            let result = try await backup.run(on: bench.loop)
            #expect(result.copied == [] && result.expired == [] && result.fault == nil)
            #expect(try await storage.exists(ObjectName(newer.path)))
            #expect(Files.exists(result.path))
        }
    }

    @Test("What the policy does not want goes from the folder and from the storage, empty folders too")
    func expiry() async throws {
        try await withDumpBench { bench in
            let storage = try await FolderStorage.open("\(bench.folder)/storage", on: bench.loop)
            var backup = bench.backup
            backup.storage = storage
            let database = bench.connection.database
            let day = Duration.seconds(86_400)
            let now = Timestamp.now()
            let old = [500, 3].map { PortableName(database: database, begun: now + day * -$0) }
            let foreign = PortableName(database: "other", begun: old[0].begun)
            for name in old + [foreign] {
                try Files.makeFolder("\(bench.root)/\(name.folder)")
                try Files.writeAtomically("dump", to: "\(bench.root)/\(name.path)")
                try await storage.write(ObjectName(name.path), Array("dump".utf8))
            }
            backup.retention = RetentionPolicy(daily: 7, weekly: 30, monthly: 365)
            let result = try await backup.run(on: bench.loop)
            #expect(result.fault == nil)
            #expect(result.expired == [old[0]])
            for name in [old[1], foreign, result.entry.name] {
                #expect(Files.exists("\(bench.root)/\(name.path)"))
                #expect(try await storage.exists(ObjectName(name.path)))
            }
            #expect(!Files.exists("\(bench.root)/\(old[0].path)"))
            #expect(try await !storage.exists(ObjectName(old[0].path)))
            try Files.remove("\(bench.root)/\(foreign.path)")
            backup.retention = RetentionPolicy(daily: 1, weekly: 0, monthly: 0)
            #expect(try await backup.run(on: bench.loop).expired == [old[1]])
            #expect(!Files.exists("\(bench.root)/\(old[1].folder)"))
        }
    }
}
