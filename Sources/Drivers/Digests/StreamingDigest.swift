import CCrypto

/// A digest of bytes that come piece by piece, for one task at a time.
///
/// On failure: OpenSSL refuses only when memory is gone or when the administrator has forbidden the algorithm; both
/// stop the program.
public final class StreamingDigest {
    private let algorithm: DigestAlgorithm
    private let context: OpaquePointer

    /// A digest of nothing yet.
    public init(_ algorithm: DigestAlgorithm) {
        self.algorithm = algorithm
        context = algorithm.context()
    }

    /// A digest that goes on where another one stood.
    init(_ algorithm: DigestAlgorithm, after other: OpaquePointer) {
        guard let context = EVP_MD_CTX_new(), EVP_MD_CTX_copy_ex(context, other) == 1 else {
            preconditionFailure("there is no memory for a digest")
        }
        self.algorithm = algorithm
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Adds bytes.
    public func update(_ bytes: some Collection<UInt8>) {
        if bytes.withContiguousStorageIfAvailable({ update(UnsafeRawBufferPointer($0)) }) == nil {
            Array(bytes).withUnsafeBytes(update)
        }
    }

    /// Adds bytes in memory.
    public func update(_ bytes: UnsafeRawBufferPointer) {
        precondition(EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1, "OpenSSL refused a digest")
    }

    /// The digest of everything so far, which begins anew.
    public func finish() -> Digest {
        defer {
            let status = EVP_DigestInit_ex(context, algorithm.implementation, nil)
            precondition(status == 1, "OpenSSL refused a digest")
        }
        return end()
    }

    /// The digest of everything; nothing may come after it.
    func end() -> Digest {
        var bytes = [UInt8](repeating: 0, count: algorithm.size)
        precondition(EVP_DigestFinal_ex(context, &bytes, nil) == 1, "OpenSSL refused a digest")
        return Digest(bytes)
    }
}
