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

    var implementation: OpaquePointer? {
        switch self {
        case .sha256: EVP_sha256()
        case .md5: EVP_md5()
        case .sha1: EVP_sha1()
        }
    }
}
