package import Basics
import Digests
package import Postgres

/// The key of a message that came in. It follows from WhatsApp's own key and the moment at which the message was written,
/// so the same message has the same key however often it is delivered, and whoever reads the log again years later
/// arrives at the same row.
package enum MessageIdentity {
    /// The key of a message.
    package static func key(of name: String, sent: Timestamp) -> PostgresUUID {
        let bits = Digest(.sha256, of: Array(name.utf8)).bytes
        func word(_ start: Int) -> UInt64 { bits[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) } }
        return .timed(at: sent, random: word(0), word(8))
    }
}
