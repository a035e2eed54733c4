package import Basics
import Digests

/// What only WhatsApp and this program know: the secrets of the app, with which deliveries are signed, and the token
/// that is shown when the address is registered.
package struct WebhookSecrets: Sendable {
    private let keys: [DigestKey]
    private let token: Digest?

    /// The app's secret, the one before it while both are valid during a rotation, and the token. Without a secret
    /// nothing is taken for signed, without a token no address is registered.
    package init(app: Secret?, previous: Secret? = nil, verifyToken: Secret?) {
        keys = [app, previous].compactMap { $0.map { DigestKey(Array($0.reveal().utf8)) } }
        token = verifyToken.map { Self.fingerprint($0.reveal()) }
    }

    /// Whether there is a secret to check signatures with.
    package var canVerify: Bool { !keys.isEmpty }

    /// Whether a header, `sha256=` and 64 digits, is the signature of a body as it came in: by any of the secrets, and
    /// in a time that does not tell how much of it was right.
    package func isSigned(_ body: [UInt8], by header: String?) -> Bool {
        guard let header, header.hasPrefix("sha256="),
            let signature = Digest(hexadecimal: header.dropFirst(7)), signature.bytes.count == 32
        else { return false }
        return keys.reduce(false) { $0 || $1.digest(of: body) == signature }
    }

    /// Whether it is the token that was agreed on.
    package func isToken(_ text: String) -> Bool { token.map { $0 == Self.fingerprint(text) } ?? false }

    /// Of the same length for every text, so that comparing two does not tell the length either.
    private static func fingerprint(_ text: String) -> Digest { Digest(.sha256, of: Array(text.utf8)) }
}
