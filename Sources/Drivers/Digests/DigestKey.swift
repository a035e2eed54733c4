import CCrypto

/// A key that is ready for keyed digests (HMAC, RFC 2104): whatever depends on the key alone is done once.
///
/// On failure: as `StreamingDigest`.
public final class DigestKey: Sendable {
    private let algorithm: DigestAlgorithm
    // Guard of nonisolated(unsafe): a pointer of C is never Sendable to the compiler. Contexts are written in init and
    // only copied from until deinit, and copying reads what it copies.
    private nonisolated(unsafe) let inner: OpaquePointer
    private nonisolated(unsafe) let outer: OpaquePointer

    /// Makes a key ready.
    public init(_ key: [UInt8], _ algorithm: DigestAlgorithm = .sha256) {
        let short = key.count > algorithm.blockSize ? Digest(algorithm, of: key).bytes : key
        let padded = short + [UInt8](repeating: 0, count: algorithm.blockSize - short.count)
        self.algorithm = algorithm
        inner = algorithm.context(after: padded.map { $0 ^ 0x36 })
        outer = algorithm.context(after: padded.map { $0 ^ 0x5c })
    }

    deinit {
        EVP_MD_CTX_free(inner)
        EVP_MD_CTX_free(outer)
    }

    /// The keyed digest of some bytes.
    public func digest(of bytes: some Collection<UInt8>) -> Digest {
        let first = StreamingDigest(algorithm, after: inner)
        first.update(bytes)
        let second = StreamingDigest(algorithm, after: outer)
        second.update(first.end().bytes)
        return second.end()
    }
}
