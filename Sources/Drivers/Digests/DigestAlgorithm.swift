import CCrypto

/// A way of making a digest.
public enum DigestAlgorithm: String, Hashable, Sendable, CaseIterable {
    /// SHA-256: for signatures, and to tell that content is what it was.
    case sha256
    /// MD5: only where a protocol asks for it; it protects against accidents, not against people.
    case md5
    /// SHA-1: only where a protocol asks for it; it does not withstand people either.
    case sha1

    /// How many bytes a digest has.
    public var size: Int {
        switch self {
        case .sha256: 32
        case .md5: 16
        case .sha1: 20
        }
    }

    /// How many bytes the algorithm works on at a time, which HMAC needs to know.
    var blockSize: Int { 64 }

    /// OpenSSL's implementation, looked for once: the look-up costs as much as a kilobyte's digest.
    var implementation: OpaquePointer? {
        switch self {
        case .sha256: Self.ofSHA256
        case .md5: Self.ofMD5
        case .sha1: Self.ofSHA1
        }
    }

    // Guard of nonisolated(unsafe): a pointer of C is never Sendable to the compiler. These are written once, before
    // anybody has them; what they point to does not change, is never freed, and OpenSSL lets every thread use it.
    private nonisolated(unsafe) static let ofSHA256 = EVP_MD_fetch(nil, "SHA256", nil)
    private nonisolated(unsafe) static let ofMD5 = EVP_MD_fetch(nil, "MD5", nil)
    private nonisolated(unsafe) static let ofSHA1 = EVP_MD_fetch(nil, "SHA1", nil)

    /// A context that has taken some bytes. It is the caller's to free.
    func context(after bytes: [UInt8] = []) -> OpaquePointer {
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, implementation, nil) == 1,
            EVP_DigestUpdate(context, bytes, bytes.count) == 1
        else { preconditionFailure("OpenSSL does not provide \(rawValue)") }
        return context
    }
}
