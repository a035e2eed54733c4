package import Basics
import Digests

/// What somebody shows to get in. Only its hash is kept: it has 256 random bits, so nobody finds it from the hash, and
/// no slow hash is needed.
package struct AccessToken: Hashable, Sendable {
    /// Who shows it.
    package enum Kind: String, Sendable {
        /// A person.
        case session = "ps_"
        /// A program.
        case key = "pk_"
    }

    /// Who shows it.
    package let kind: Kind
    /// All of it.
    package let secret: Secret

    /// A new one that nobody can guess.
    package static func generate(_ kind: Kind) -> AccessToken {
        AccessToken(kind, Secret(kind.rawValue + Secret.generate().reveal()))
    }

    private init(_ kind: Kind, _ secret: Secret) {
        self.kind = kind
        self.secret = secret
    }

    /// Reads one; nil for what cannot be a token.
    package init?(_ text: String) {
        guard (32...128).contains(text.utf8.count), let kind = Kind(rawValue: String(text.prefix(3))) else {
            return nil
        }
        self.init(kind, Secret(text))
    }

    /// What is kept of it.
    package var hash: [UInt8] { Digest(.sha256, of: secret.reveal().utf8).bytes }

    /// The beginning, by which people recognise it and which opens nothing.
    package var prefix: String { String(secret.reveal().prefix(11)) }
}
