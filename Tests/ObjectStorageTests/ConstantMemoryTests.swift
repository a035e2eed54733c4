import Basics
import Digests
import Glibc
import Testing

@testable import ObjectStorage

/// Runs with PARLOR_LONG_TESTS=1, alone: other tests would count towards the memory of the process.
@Suite(.serialized, .enabled(if: getenv("PARLOR_LONG_TESTS") != nil))
struct ConstantMemoryTests {
    private static let size = 300 << 20

    /// The memory of this process that is not a file's, in bytes.
    private func memory() throws -> Int {
        let status = try Files.readText("/proc/self/status")
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") })
        return (Int(line.split(separator: " ").dropFirst().first ?? "") ?? 0) << 10
    }

    @Test("A large object is written and read in constant memory", arguments: TestedStorage.both)
    func constant(kind: TestedStorage) async throws {
        try await kind.with { storage, _ in
            let (most, given) = (Counter(), Counter())
            let piece = noise(1 << 20)
            let source = ObjectSource {
                most.value = max(most.value, try memory())
                guard given.value < Self.size else { return nil }
                given.value += piece.count
                return piece
            }
            let before = try memory()
            let start = ContinuousClock.now
            let written = try await storage.write("large", source, ObjectWriting())
            let middle = ContinuousClock.now
            let digest = try await storage.read("large", ObjectReading()) { reader in
                let digest = StreamingDigest(.sha256)
                while let bytes = try await reader.next() {
                    digest.update(bytes)
                    most.value = max(most.value, try memory())
                }
                return digest.finish()
            }
            #expect(written.size == Self.size && written.sha256 == digest)
            #expect(most.value - before < 64 << 20)
            let rates = [middle - start, .now - middle].map { Int(Double(Self.size >> 20) / $0.seconds) }
            print("\(kind): \((most.value - before) >> 20) MB; \(rates[0]) MB/s written, \(rates[1]) MB/s read")
        }
    }
}
