package import Basics
import Digests

/// The number of a key; a newer key has a higher one.
package struct SealingKeyID: Hashable, Comparable, Sendable, ExpressibleByIntegerLiteral, CustomStringConvertible {
    /// The number as it stands in a sealed value.
    package let number: UInt16

    /// The key of that number.
    package init(_ number: UInt16) { self.number = number }

    /// The key of that number.
    package init(integerLiteral number: UInt16) { self.number = number }

    /// The older one is less.
    package static func < (left: SealingKeyID, right: SealingKeyID) -> Bool { left.number < right.number }

    /// The number.
    package var description: String { "\(number)" }
}

/// The master secrets by their ids, as the keys that are derived from them for each purpose (HKDF).
///
/// One key seals, the newest unless somebody says otherwise, and all of them open. While several machines are given a
/// new key one after the other, `sealing` keeps the old one in use until the last of them knows the new one.
///
/// What is wiped: the derived keys of the ciphers, when the last copy of the keyring goes, and OpenSSL's copies after
/// each use. What is not: the secrets' own texts, which are Swift strings, and passing copies in arrays; whoever reads
/// the memory of the process reads them.
package struct SealingKeyring: Sendable {
    struct Keys: Sendable {
        var cipher: AESGCM
        var index: [UInt8]
    }

    /// How many characters a master secret has at least.
    package static let secretSizeMin = 32

    /// The key that seals.
    package let sealing: SealingKeyID
    let keys: [SealingKeyID: Keys]

    /// Takes master secrets; each holds 256 random bits as text, as `Secret.generate` makes them.
    package init(_ secrets: [SealingKeyID: Secret], sealing: SealingKeyID? = nil) throws(SealingError) {
        guard let newest = sealing ?? secrets.keys.max() else {
            throw .unusableKeyring("there are none", hint: "Give it at least one.")
        }
        guard secrets[newest] != nil else {
            throw .unusableKeyring("key \(newest) is to seal, and there is no such key", hint: "Give it key \(newest).")
        }
        var keys: [SealingKeyID: Keys] = [:]
        for (id, secret) in secrets.sorted(by: { $0.key < $1.key }) { keys[id] = try Self.keys(id, secret) }
        guard Set(secrets.values).count == secrets.count else {
            throw .unusableKeyring("two of them have the same secret", hint: "Make a new secret for a new key.")
        }
        self.keys = keys
        self.sealing = newest
    }

    private static func keys(_ id: SealingKeyID, _ secret: Secret) throws(SealingError) -> Keys {
        let text = Array(secret.reveal().utf8)
        guard text.count >= secretSizeMin, Set(text).count >= 8 else {
            throw .unusableKeyring(
                "the secret of key \(id) is too short or too uniform to be random",
                hint: "Make one of at least \(secretSizeMin) random characters, with openssl rand -base64 32.")
        }
        let derivation = KeyDerivation(secret: text, salt: Array("parlor.sealing".utf8))
        guard let cipher = AESGCM(key: derivation.key(for: "field/aes-256-gcm/1".utf8)) else {
            preconditionFailure("a derived key has the size of a key")
        }
        return Keys(cipher: cipher, index: derivation.key(for: "index/hmac-sha-256/1".utf8))
    }

    /// The ids, the oldest first.
    package var ids: [SealingKeyID] { keys.keys.sorted() }
}

extension SealingKeyring: CustomStringConvertible, CustomReflectable {
    /// The ids.
    package var description: String { "keys \(ids.map(\.description).joined(separator: ", ")), \(sealing) seals" }

    /// Nothing: a mirror must not reach the keys.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
