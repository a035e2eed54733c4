import Basics
import Digests
import Loop
import Testing

@testable import ObjectStorage

/// What every storage promises.
@Suite struct ConformanceTests {
    @Test("What was written is read, described and listed", arguments: TestedStorage.allCases)
    func roundTrip(kind: TestedStorage) async throws {
        try await kind.with { storage, _ in
            var options = ObjectWriting()
            options.type = "text/plain"
            options.notes = ["origin": "a salon & more", "n": "1"]
            let before = Timestamp.now()
            let written = try await storage.write("a/b.txt", Array("hello".utf8), options)
            #expect(written.size == 5 && written.sha256 == Digest(.sha256, of: "hello".utf8))
            #expect(try await storage.read("a/b.txt") == Array("hello".utf8))
            let described = try await storage.describe("a/b.txt")
            #expect(described.notes == options.notes && described.type == "text/plain")
            #expect(described.tag == written.tag && described.sha256 == written.sha256)
            // S3 tells whole seconds.
            #expect(described.written + .seconds(1) >= before && described.written <= .now() + .seconds(1))
            let entries = try await storage.page(ObjectQuery(), continuing: nil).entries
            guard case .object(let listed) = entries.first else {
                Issue.record("nothing was listed")
                return
            }
            #expect(entries.count == 1 && listed.name == "a/b.txt" && listed.size == 5 && listed.tag == written.tag)
        }
    }

    @Test("Objects of every size come back as they were", arguments: TestedStorage.both)
    func sizes(kind: TestedStorage) async throws {
        try await kind.with { storage, _ in
            for size in [0, 1, 65_535, 262_145, 1_000_003] {
                let bytes = noise(size)
                try await storage.write("object", bytes)
                #expect(try await storage.read("object") == bytes)
                #expect(try await storage.describe("object").size == size)
            }
        }
    }

    @Test("Content of an unknown length is written as it comes", arguments: TestedStorage.both)
    func unknownLength(kind: TestedStorage) async throws {
        try await kind.with { storage, _ in
            let pieces = Pieces([noise(10), [], noise(100_000), noise(3)])
            _ = try await storage.write("object", ObjectSource { pieces.next() }, ObjectWriting())
            #expect(try await storage.read("object") == noise(10) + noise(100_000) + noise(3))
            let nothing = Pieces([])
            _ = try await storage.write("object", ObjectSource { nothing.next() }, ObjectWriting())
            #expect(try await storage.read("object").isEmpty)
        }
    }

    @Test("What is not there is said not to be there; removing it is fine", arguments: TestedStorage.both)
    func absent(kind: TestedStorage) async throws {
        try await kind.with { storage, _ in
            #expect(await failure { try await storage.read("no/such") }?.code == .noSuchObject)
            #expect(await failure { try await storage.describe("no/such") }?.code == .noSuchObject)
            #expect(try await !storage.exists("no/such"))
            try await storage.delete("no/such")
            try await storage.write("no/such", [1])
            #expect(try await storage.exists("no/such"))
            try await storage.delete("no/such")
            #expect(try await !storage.exists("no/such"))
            #expect(try await storage.page(ObjectQuery(), continuing: nil) == ObjectPage([], continuation: nil))
        }
    }

    @Test("A part of an object is read by its positions", arguments: TestedStorage.both)
    func ranges(kind: TestedStorage) async throws {
        try await kind.with { storage, _ in
            let bytes = noise(1000)
            let tag = try await storage.write("object", bytes).tag
            let cases: [(ObjectRange, Range<Int>)] = [
                (.bytes(0..<1), 0..<1), (.bytes(10..<20), 10..<20), (.bytes(990..<2000), 990..<1000),
                (.from(0), 0..<1000), (.from(999), 999..<1000), (.last(1), 999..<1000), (.last(5000), 0..<1000),
            ]
            for (range, positions) in cases {
                let reading = ObjectReading(range, tag: tag)
                let read = try await storage.read("object", reading) { reader in
                    #expect(reader.positions == positions && reader.object.size == 1000)
                    return try await reader.all()
                }
                #expect(read == Array(bytes[positions]), "\(range)")
            }
            for range in [ObjectRange.from(1000), .bytes(1000..<1001), .bytes(5..<5), .last(0)] {
                let error = await failure { try await storage.read("object", ObjectReading(range)) }
                #expect(error?.code == .invalidRange, "\(range)")
            }
            try await storage.write("empty", [])
            #expect(await failure { try await storage.read("empty", ObjectReading(.from(0))) }?.code == .invalidRange)
        }
    }

    @Test("A reader that knows the tag is told when the object has changed", arguments: TestedStorage.both)
    func changed(kind: TestedStorage) async throws {
        try await kind.with { storage, _ in
            let tag = try await storage.write("object", noise(100)).tag
            #expect(try await storage.read("object", ObjectReading(.from(10), tag: tag)).count == 90)
            let newTag = try await storage.write("object", noise(100, seed: 2)).tag
            #expect(newTag != tag)
            let error = await failure { try await storage.read("object", ObjectReading(.from(10), tag: tag)) }
            #expect(error?.code == .changed)
        }
    }

    @Test("An object that must not be replaced is not", arguments: TestedStorage.both)
    func onlyIfAbsent(kind: TestedStorage) async throws {
        try await kind.with { storage, _ in
            var options = ObjectWriting()
            options.isOnlyIfAbsent = true
            try await storage.write("object", [1], options)
            let error = await failure { try await storage.write("object", [2], options) }
            #expect(error?.code == .alreadyExists)
            #expect(try await storage.read("object") == [1])
            try await storage.write("object", [3])
            #expect(try await storage.read("object") == [3])
        }
    }

    @Test(
        "Content with another digest than promised is refused, and the old object stays", arguments: TestedStorage.both)
    func wrongDigest(kind: TestedStorage) async throws {
        try await kind.with { storage, _ in
            try await storage.write("object", [1])
            var options = ObjectWriting()
            options.sha256 = Digest(.sha256, of: [9])
            #expect(await failure { try await storage.write("object", [2], options) }?.code == .corrupted)
            #expect(try await storage.read("object") == [1])
            options.sha256 = Digest(.sha256, of: [2])
            try await storage.write("object", [2], options)
            var reading = ObjectReading()
            reading.sha256 = Digest(.sha256, of: [1])
            let error = await failure { try await storage.read("object", reading) }
            #expect(error?.code == .corrupted)
        }
    }

    @Test("A source that fails or keeps not to its length leaves the old object", arguments: TestedStorage.both)
    func brokenSource(kind: TestedStorage) async throws {
        try await kind.with { storage, _ in
            try await storage.write("object", [1])
            await #expect(throws: ParlorError.self) {
                let pieces = Pieces([noise(1000)])
                let source = ObjectSource { try pieces.next() ?? { throw ParlorError(.file, "the disk is gone") }() }
                _ = try await storage.write("object", source, ObjectWriting())
            }
            for length in [0, 999, 1001] {
                let pieces = Pieces([noise(500), noise(500)])
                let error = await failure {
                    try await storage.write("object", ObjectSource(length: length) { pieces.next() }, ObjectWriting())
                }
                #expect(error?.code == .corrupted)
            }
            #expect(try await storage.read("object") == [1])
        }
    }

    @Test("Names with every kind of character keep their objects apart", arguments: TestedStorage.allCases)
    func names(kind: TestedStorage) async throws {
        try await kind.with { storage, _ in
            let names: [ObjectName] = [
                "a", "a/b", "a.object", "a.object/b", "a.object/b.object", "a%2Eobject/b", "ä ö/ü+?&=#;:@$,%20",
                "<a href=\"x\">'&amp;'", "💇/💅.txt", "A", "a b", "a+b", "~-_.x", "..a/.b", "a%", "a%25",
            ]
            for (index, name) in names.enumerated() { try await storage.write(name, [UInt8(index)]) }
            for (index, name) in names.enumerated() { #expect(try await storage.read(name) == [UInt8(index)]) }
            var listed: [ObjectName] = []
            for try await entry in storage.list() {
                if case .object(let object) = entry { listed.append(object.name) }
            }
            #expect(listed == names.sorted())
            for name in names { try await storage.delete(name) }
            #expect(try await storage.page(ObjectQuery(), continuing: nil).entries.isEmpty)
        }
    }

    @Test("Notes that not every storage can keep are refused", arguments: TestedStorage.both)
    func badNotes(kind: TestedStorage) async throws {
        try await kind.with { storage, _ in
            for (name, value) in [
                ("A", "x"), ("", "x"), ("a b", "x"), ("a", "ä"), ("a", " x"), ("a", "x\r\ny: z"), ("parlor-x", "y"),
                ("a", String(repeating: "x", count: 2000)),
            ] {
                var options = ObjectWriting()
                options.notes = [name: value]
                #expect(await failure { try await storage.write("object", [1], options) }?.code == .invalidName)
            }
        }
    }

    @Test("Readers of an object that is replaced get one of the two, whole", arguments: TestedStorage.both)
    func replacedWhileRead(kind: TestedStorage) async throws {
        try await kind.with { storage, _ in
            let (old, new) = (noise(3_000_000), noise(3_000_000, seed: 2))
            try await storage.write("object", old)
            let read = try await storage.read("object", ObjectReading()) { reader in
                var bytes = try await reader.next() ?? []
                try await storage.write("object", new)
                while let piece = try await reader.next() { bytes += piece }
                return bytes
            }
            #expect(read == old)
            #expect(try await storage.read("object") == new)
        }
    }

    @Test("Many tasks share a storage", arguments: TestedStorage.both)
    func concurrent(kind: TestedStorage) async throws {
        try await kind.with { storage, _ in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<16 {
                    group.addTask {
                        let name = try ObjectName("folder-\(number % 4)/\(number)")
                        let bytes = noise(10_000, seed: UInt64(number))
                        try await storage.write(name, bytes)
                        #expect(try await storage.read(name) == bytes)
                        try await storage.delete(name)
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await storage.page(ObjectQuery(), continuing: nil).entries.isEmpty)
        }
    }
}

/// Pieces of content, one after the other.
final class Pieces: @unchecked Sendable {
    // Guard of @unchecked Sendable: the one task that writes the object.
    private var pieces: [[UInt8]]

    init(_ pieces: [[UInt8]]) { self.pieces = pieces }

    func next() -> [UInt8]? { pieces.isEmpty ? nil : pieces.removeFirst() }
}
