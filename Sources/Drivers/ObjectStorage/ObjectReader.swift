public import Basics
import Digests

/// The content of an object as it arrives. It is good only as long as the closure that it was handed to.
///
/// The end is reached only when everything has come and is what it should be; otherwise `next` throws `corrupted`.
public final class ObjectReader {
    /// What is read.
    public let object: ObjectDescription
    /// The positions of what comes.
    public let positions: Range<Int>
    private let pull: () async throws -> [UInt8]?
    private let expected: Digest?
    private let digest: StreamingDigest?
    private var left: Int

    init(
        _ object: ObjectDescription, _ positions: Range<Int>, expecting sha256: Digest?,
        _ pull: @escaping () async throws -> [UInt8]?
    ) {
        self.object = object
        self.positions = positions
        self.pull = pull
        let isWhole = positions == 0..<object.size
        expected = isWhole ? sha256 ?? object.sha256 : nil
        digest = expected.map { _ in StreamingDigest(.sha256) }
        left = positions.count
    }

    /// The next bytes; nil at the end.
    public func next() async throws -> [UInt8]? {
        guard let bytes = try await pull() else {
            guard left == 0 else { throw ObjectStorageError.corrupted("it ended before it was whole") }
            guard digest?.finish() == expected else {
                throw ObjectStorageError.corrupted("its digest is another one than when it was written")
            }
            return nil
        }
        left -= bytes.count
        guard left >= 0 else { throw ObjectStorageError.corrupted("it is longer than its size") }
        digest?.update(bytes)
        return bytes
    }

    /// Everything that is left, when it is not more than `limit`.
    public func all(atMost limit: ByteCount = .megabytes(16)) async throws -> [UInt8] {
        guard left <= limit.bytes else { throw ObjectStorageError.tooLarge(limit) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(left)
        while let piece = try await next() { bytes += piece }
        return bytes
    }
}
