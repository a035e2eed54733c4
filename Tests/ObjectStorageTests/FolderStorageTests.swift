import Basics
import Glibc
import Loop
import TestSupport
import Testing

@testable import ObjectStorage

@Suite struct FolderStorageTests {
    private func withStorage(
        _ body: @escaping @Sendable (FolderStorage, String, EventLoop) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            try await EventLoop.onThread { loop in try await body(try await .open(folder, on: loop), folder, loop) }
        }
    }

    @Test("What a killed writer left is swept, and what is being written is not")
    func swept() async throws {
        try await withStorage { storage, folder, loop in
            try Files.writeAtomically("half an object", to: "\(folder)/incoming/dead.partial")
            let pieces = Pieces([noise(1000)])
            let source = ObjectSource {
                guard let piece = pieces.next() else { return nil }
                _ = try await FolderStorage.open(folder, on: loop)
                #expect(try Files.list("\(folder)/incoming").count == 1)
                return piece
            }
            _ = try await storage.write("object", source, ObjectWriting())
            #expect(try await storage.read("object") == noise(1000))
            #expect(try Files.list("\(folder)/incoming").isEmpty)
        }
    }

    @Test("A writing that fails or is called off leaves nothing behind")
    func calledOff() async throws {
        try await withStorage { storage, folder, loop in
            let asked = LoopWait<Void>()
            let writing = Task(executorPreference: loop) {
                let source = ObjectSource {
                    asked.succeed()
                    try await loop.sleep(for: .seconds(3600))
                    return nil
                }
                _ = try await storage.write("object", source, ObjectWriting())
            }
            try await asked.value(on: loop)
            #expect(try Files.list("\(folder)/incoming").count == 1)
            writing.cancel()
            await #expect(throws: CancellationError.self) { try await writing.value }
            #expect(try Files.list("\(folder)/incoming").isEmpty)
            #expect(try await storage.page(ObjectQuery(), continuing: nil).entries.isEmpty)
        }
    }

    @Test("Damage anywhere in a file is noticed")
    func damage() async throws {
        try await withStorage { storage, folder, _ in
            try await storage.write("a/object", noise(300))
            let path = "\(folder)/objects/a/object.object"
            let sound = try Files.read(path)
            var generator = SeededGenerator()
            for _ in 0..<60 {
                var bytes = sound
                let index = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[index] ^= UInt8.random(in: 1 ... .max, using: &generator)
                try Files.writeAtomically(bytes, to: path)
                // The date of writing and the like may change unnoticed; the content may not.
                let read = try? await storage.read("a/object")
                #expect(read == nil || read == noise(300), generator.note)
                if index < 300 { #expect(read == nil, generator.note) }
            }
            for size in [0, 10, 23, 299, sound.count - 1] {
                try Files.writeAtomically(Array(sound.prefix(size)), to: path)
                #expect(await failure { try await storage.read("a/object") }?.code == .corrupted)
            }
        }
    }

    @Test("Two storages in one folder agree on who was first")
    func race() async throws {
        try await withStorage { first, folder, loop in
            let second = try await FolderStorage.open(folder, on: loop)
            for round in 0..<20 {
                let name = try ObjectName("race/\(round)")
                let winners = try await withThrowingTaskGroup(of: Bool.self) { group in
                    for (number, storage) in [first, second].enumerated() {
                        group.addTask {
                            var options = ObjectWriting()
                            options.isOnlyIfAbsent = true
                            do {
                                try await storage.write(name, [UInt8(number)], options)
                                return true
                            } catch let error as ObjectStorageError where error.code == .alreadyExists {
                                return false
                            }
                        }
                    }
                    return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
                }
                #expect(winners == 1)
                try await first.delete(name)
            }
        }
    }

    @Test("Files and folders are the owner's alone, and empty folders go with their last object")
    func modes() async throws {
        try await withStorage { storage, folder, _ in
            try await storage.write("a/b/object", [1])
            #expect(try Files.status("\(folder)/objects/a/b")?.mode == 0o700)
            #expect(try Files.status("\(folder)/objects/a/b/object.object")?.mode == 0o600)
            try await storage.write("a/other", [1])
            try await storage.delete("a/b/object")
            #expect(try Files.list("\(folder)/objects/a") == ["other.object"])
            try await storage.delete("a/other")
            #expect(try Files.list("\(folder)/objects").isEmpty)
        }
    }

    @Test("What lies in the folder and is no object is not listed, and a link is not followed")
    func foreign() async throws {
        try await withStorage { storage, folder, _ in
            try Files.writeAtomically("x", to: "\(folder)/objects/readme.txt")
            #expect(symlink("/etc/passwd", "\(folder)/objects/link.object") == 0)
            #expect(try await storage.page(ObjectQuery(), continuing: nil).entries.isEmpty)
            await #expect(throws: ParlorError.self) { try await storage.read("link") }
        }
    }
}
