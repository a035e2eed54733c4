import Basics
import Digests

/// Cuts the content of an object into the parts of a plan, and makes the digests on the way, so that no long stretch of
/// work ever holds up the loop.
final class PartReader {
    /// A part that stands in memory.
    struct Part: Sendable {
        let number: Int
        let bytes: [UInt8]
        let sha256: Digest
        let md5: Digest

        /// What the server calls it.
        var uploaded: UploadedPart { UploadedPart(number: number, size: bytes.count, tag: md5.hexadecimal) }
    }

    private let source: ObjectSource
    private let plan: PartPlan
    private let whole = StreamingDigest(.sha256)
    private var rest: ArraySlice<UInt8> = []
    private var number = 0
    private(set) var size = 0
    /// Whether there is nothing behind the last part.
    private(set) var isAtEnd = false

    init(_ source: ObjectSource, _ plan: PartPlan) {
        self.source = source
        self.plan = plan
    }

    /// The next part; nil behind the last one.
    func next() async throws -> Part? {
        guard !isAtEnd else { return nil }
        number += 1
        guard let wanted = plan.size(ofPart: number) else {
            throw ObjectStorageError(.refused, "the object is too large", why: "it has more than 10,000 parts")
        }
        let (sha256, md5) = (StreamingDigest(.sha256), StreamingDigest(.md5))
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(wanted, source.length.map { max(0, $0 - size) } ?? wanted))
        while bytes.count < wanted, try await fill() {
            let piece = rest.prefix(wanted - bytes.count)
            for digest in [sha256, md5, whole] { digest.update(piece) }
            bytes += piece
            rest = rest.dropFirst(piece.count)
        }
        size += bytes.count
        isAtEnd = try await !fill()
        try checkLength()
        guard !bytes.isEmpty else { return nil }
        return Part(number: number, bytes: bytes, sha256: sha256.finish(), md5: md5.finish())
    }

    /// The digest of everything so far.
    func digest() -> Digest { whole.finish() }

    /// Whether there is more.
    private func fill() async throws -> Bool {
        while rest.isEmpty {
            guard let piece = try await source.next() else { return false }
            rest = piece[...]
        }
        return true
    }

    private func checkLength() throws(ObjectStorageError) {
        guard let length = source.length else { return }
        guard size + rest.count <= length else { throw .wrongLength("longer") }
        guard !isAtEnd || size == length else { throw .wrongLength("shorter") }
    }
}
