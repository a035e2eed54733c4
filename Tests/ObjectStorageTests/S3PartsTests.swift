import Basics
import Digests
import Loop
import Testing

@testable import ObjectStorage

/// Objects that are written in parts, at the real server.
@Suite struct S3PartsTests {
    private static let size = 12 << 20
    private static let content = noise(size)

    /// The content, and a source of it that fails after some bytes.
    private func source(failingAfter limit: Int = .max, length: Int? = size) -> ObjectSource {
        let pieces = Pieces(
            stride(from: 0, to: Self.size, by: 1 << 20).map { Array(Self.content[$0...].prefix(1 << 20)) })
        let given = Counter()
        return ObjectSource(length: length) {
            guard given.value < limit else { throw ParlorError(.file, "the disk is gone") }
            let piece = pieces.next()
            given.value += piece?.count ?? 0
            return piece
        }
    }

    /// How many writings were begun and not ended.
    private func openUploads(_ storage: S3Storage) async throws -> Int {
        try await storage.uploads(withPrefix: "").count
    }

    private func digest(_ storage: S3Storage, _ name: ObjectName) async throws -> Digest {
        try await storage.read(name, ObjectReading()) { reader in
            let digest = StreamingDigest(.sha256)
            while let bytes = try await reader.next() { digest.update(bytes) }
            return digest.finish()
        }
    }

    @Test("A large object arrives whole, with a known length or without", arguments: [size, nil])
    func whole(length: Int?) async throws {
        try await withBucket { storage, _ in
            let written = try await storage.write("large", source(length: length), ObjectWriting())
            #expect(written.size == Self.size && written.sha256 == Digest(.sha256, of: Self.content))
            #expect(try await digest(storage, "large") == written.sha256)
            #expect(try await storage.describe("large").size == Self.size)
            let part = try await storage.read("large", ObjectReading(.bytes(5_242_870..<5_242_890)))
            #expect(part == Array(Self.content[5_242_870..<5_242_890]))
            #expect(try await openUploads(storage) == 0)
        }
    }

    @Test("A writing that fails is called off, and nothing of it stays")
    func calledOff() async throws {
        try await withBucket { storage, _ in
            await #expect(throws: ParlorError.self) {
                try await storage.write("large", source(failingAfter: 10 << 20), ObjectWriting())
            }
            let afterFailure = try await openUploads(storage)
            #expect(afterFailure == 0)
            var options = ObjectWriting()
            options.sha256 = Digest(.sha256, of: [])
            #expect(await failure { try await storage.write("large", source(), options) }?.code == .corrupted)
            #expect(try await openUploads(storage) == 0)
            #expect(try await !storage.exists("large"))
        }
    }

    @Test("A resumable writing goes on where it was, and sends only what is missing")
    func resumed() async throws {
        try await withBucket { storage, _ in
            var options = ObjectWriting()
            options.isResumable = true
            await #expect(throws: ParlorError.self) {
                try await storage.write("large", source(failingAfter: 11 << 20), options)
            }
            let uploads = try await storage.uploads(withPrefix: "large")
            let upload = try #require(uploads.first?.identifier)
            let known = try await storage.parts(of: upload, "large")
            #expect(uploads.count == 1 && known[1]?.size == 5 << 20)
            let written = try await storage.write("large", source(), options)
            #expect(try await digest(storage, "large") == written.sha256)
            #expect(try await openUploads(storage) == 0)
        }
    }

    @Test("Another content is not put together with parts of the old one")
    func resumedWithOther() async throws {
        try await withBucket { storage, _ in
            var options = ObjectWriting()
            options.isResumable = true
            await #expect(throws: ParlorError.self) {
                try await storage.write("large", source(failingAfter: 11 << 20), options)
            }
            let other = noise(7 << 20, seed: 2)
            _ = try await storage.write("large", ObjectSource(other), options)
            #expect(try await digest(storage, "large") == Digest(.sha256, of: other))
        }
    }

    @Test("What was begun long ago and never ended is swept")
    func swept() async throws {
        try await withBucket { storage, _ in
            var options = ObjectWriting()
            options.isResumable = true
            await #expect(throws: ParlorError.self) {
                try await storage.write("large", source(failingAfter: 6 << 20), options)
            }
            let young = try await storage.sweep(begunBefore: .now() + .seconds(-3600))
            let old = try await storage.sweep(begunBefore: .now() + .seconds(3600))
            #expect(young == 0 && old == 1)
            #expect(try await openUploads(storage) == 0)
        }
    }

    @Test("An object that must not be replaced is not, in parts either")
    func onlyIfAbsent() async throws {
        try await withBucket { storage, _ in
            var options = ObjectWriting()
            options.isOnlyIfAbsent = true
            try await storage.write("large", [1])
            #expect(await failure { try await storage.write("large", source(), options) }?.code == .alreadyExists)
        }
    }
}

/// A number that closures share.
final class Counter: @unchecked Sendable {
    // Guard of @unchecked Sendable: one task at a time.
    var value = 0
}
