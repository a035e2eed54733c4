import Digests

/// Seals single fields, so that whoever has the database, a backup or a replica still has no access tokens.
///
/// Invariants:
/// - A value opens only for the tenant and the column that it was sealed for; a copy elsewhere does not.
/// - Each value has a random nonce, so equal texts are sealed differently. One key seals at most 2³² values.
/// - An error names the key and the column, never a value.
///
/// The specification's sample calls `createCipher`, which takes no nonce and makes the key of a password by one MD5;
/// here a derived key and a random nonce are given to the cipher, and the tag is checked before anything is returned.
///
/// On failure: a value that cannot be opened throws and harms no other.
package struct FieldSealer: Sendable {
    private let keyring: SealingKeyring

    /// A sealer with the keys of a keyring.
    package init(_ keyring: SealingKeyring) { self.keyring = keyring }

    /// Seals a text with the newest key.
    package func seal(_ text: String, for field: SealedField, of tenant: SalonIdentifier) -> SealedText {
        seal(Array(text.utf8), nonce: Self.nonce(), for: field, of: tenant)
    }

    private static func nonce() -> [UInt8] {
        // The kernel's generator; each number is a system call.
        var generator = SystemRandomNumberGenerator()
        let numbers: (UInt64, UInt64) = (generator.next(), generator.next())
        return withUnsafeBytes(of: numbers) { Array($0.prefix(AESGCM.nonceSize)) }
    }

    func seal(_ text: [UInt8], nonce: [UInt8], for field: SealedField, of tenant: SalonIdentifier) -> SealedText {
        guard let keys = keyring.keys[keyring.sealing] else { preconditionFailure("the keyring lost its key") }
        let head = SealedText.head(keyring.sealing)
        let data = head + field.bytes(tenant: tenant)
        return SealedText(bytes: head + nonce + keys.cipher.seal(text, nonce: nonce, associatedData: data))
    }

    /// Opens a text that was sealed for this tenant's column, with whatever key.
    package func open(
        _ sealed: SealedText, for field: SealedField, of tenant: SalonIdentifier
    ) throws(SealingError) -> String {
        String(decoding: try openBytes(sealed, for: field, of: tenant), as: UTF8.self)
    }

    private func openBytes(
        _ sealed: SealedText, for field: SealedField, of tenant: SalonIdentifier
    ) throws(SealingError) -> [UInt8] {
        guard let id = sealed.keyID else {
            throw .unknownForm(sealed.bytes.isEmpty ? "it is empty" : "its form has version \(sealed.bytes[0])")
        }
        let bodyStart = SealedText.headSize + AESGCM.nonceSize
        guard sealed.bytes.count >= bodyStart + AESGCM.tagSize else { throw .unknownForm("it is too short") }
        guard let keys = keyring.keys[id] else { throw .missingKey(id, field, known: keyring.ids) }
        let nonce = Array(sealed.bytes[SealedText.headSize..<bodyStart])
        let data = SealedText.head(id) + field.bytes(tenant: tenant)
        guard let text = keys.cipher.open(sealed.bytes[bodyStart...], nonce: nonce, associatedData: data) else {
            throw .notAuthentic(id, field)
        }
        return text
    }

    /// Whether another key than today's sealed it, so that a rotation has yet to reach it.
    package func needsResealing(_ sealed: SealedText) -> Bool { sealed.keyID != keyring.sealing }

    /// The same text sealed with today's key.
    package func reseal(
        _ sealed: SealedText, for field: SealedField, of tenant: SalonIdentifier
    ) throws(SealingError) -> SealedText {
        seal(try openBytes(sealed, for: field, of: tenant), nonce: Self.nonce(), for: field, of: tenant)
    }
}
