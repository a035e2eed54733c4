/// Derives keys for several purposes from one secret: HKDF with SHA-256 (RFC 5869).
///
/// The secret must hold the strength of a key already. It is no way to make a key of a password.
package struct KeyDerivation: Sendable {
    private let pseudorandomKey: [UInt8]

    /// Takes the strength out of a secret; the salt is no secret, and may be empty.
    package init(secret: [UInt8], salt: [UInt8] = []) {
        pseudorandomKey = Digest(.sha256, of: secret, key: salt).bytes
    }

    /// The key for a purpose: 32 bytes, or as many as are asked for, at most 8160.
    package func key(for purpose: some Collection<UInt8>, size: Int = 32) -> [UInt8] {
        precondition((1...255 * 32).contains(size), "a derived key has 1 to 8160 bytes")
        var key: [UInt8] = []
        var block: [UInt8] = []
        var number: UInt8 = 0
        while key.count < size {
            number += 1
            block = Digest(.sha256, of: block + purpose + [number], key: pseudorandomKey).bytes
            key += block
        }
        return Array(key.prefix(size))
    }
}
