public import Basics

/// What went wrong with a secure connection, for those who decide by it; people read the `ParlorError` that carries it.
public enum TLSFault: Error, Equatable, Sendable {
    /// The other end's certificate is no longer valid.
    case expired
    /// The other end's certificate is not valid yet.
    case notYetValid
    /// The other end's certificate is for other names.
    case wrongName
    /// Nobody who is trusted here has issued the other end's certificate.
    case unknownAuthority
    /// The other end's certificate cannot be used for another reason, in OpenSSL's words.
    case unusableCertificate(String)
    /// The client has shown no certificate, though it has to.
    case noClientCertificate
    /// There is no version or cipher that both ends can use.
    case noCommonProtocol
    /// There is no application protocol that both ends speak.
    case noCommonApplicationProtocol
    /// The other end speaks something else than TLS.
    case notTLS
    /// The other end has broken the connection off and said why, in the words of the standard.
    case refused(String)
    /// The connection ended before it was secure.
    case cutInHandshake
    /// The connection ended without a farewell: what arrived may be only a part.
    case truncated
    /// What arrived was changed on its way, or follows no rule.
    case corrupted
}

extension ParlorError {
    /// What went wrong when a secure connection was the trouble; nil for other errors.
    public var tlsFault: TLSFault? { cause as? TLSFault }

    /// A handshake that failed. `host` is whom a client wanted to reach.
    static func handshake(_ fault: TLSFault, with peer: String, host: String?) -> ParlorError {
        let whom = host.map { "\($0) (\(peer))" } ?? peer
        return ParlorError(
            fault.code, "no secure connection with \(whom)", why: fault.reason(for: host), hint: fault.hint,
            cause: fault)
    }

    /// A secure connection that broke.
    static func broken(_ fault: TLSFault, with peer: String) -> ParlorError {
        ParlorError(
            fault.code, "the secure connection with \(peer) broke", why: fault.reason(for: nil), hint: fault.hint,
            cause: fault)
    }
}

extension TLSFault: CustomStringConvertible {
    /// What is wrong with the other end: a lower-case fact.
    public var description: String { reason(for: nil) }
}

extension TLSFault {
    var code: ErrorCode {
        switch self {
        case .notTLS, .corrupted: .protocolViolation
        default: .connection
        }
    }

    func reason(for host: String?) -> String {
        switch self {
        case .expired: "its certificate has expired"
        case .notYetValid: "its certificate is not valid yet"
        case .wrongName: "its certificate does not name \(host ?? "it")"
        case .unknownAuthority: "its certificate comes from an authority that is not trusted here"
        case .unusableCertificate(let words): "its certificate cannot be used: \(words)"
        case .noClientCertificate: "it has shown no certificate"
        case .noCommonProtocol: "there is no version and cipher of TLS that both ends can use"
        case .noCommonApplicationProtocol: "there is no application protocol that both ends speak"
        case .notTLS: "it does not speak TLS"
        case .refused(let words): "it has ended the connection: \(words)"
        case .cutInHandshake: "it has closed the connection before it was secure"
        case .truncated: "it ended without a farewell, so what arrived may be only a part"
        case .corrupted: "what arrived is not what was sent"
        }
    }

    var hint: String? {
        switch self {
        case .expired: "Renew the certificate of the other end, or set this machine's clock."
        case .notYetValid: "Set the clocks of both machines."
        case .wrongName: "Connect by a name among the certificate's subjectAltName, or have one issued for this name."
        case .unknownAuthority: "Name the file with the authority's certificate, or install it on this machine."
        case .noClientCertificate: "Give the client a certificate that the server's authority has issued."
        case .noCommonProtocol: "Have the other end speak TLS 1.2 or 1.3 with a cipher that keeps forward secrecy."
        case .noCommonApplicationProtocol: "Have both ends offer the same application protocol."
        case .notTLS: "Check the port, and whether the other end is set up for TLS."
        default: nil
        }
    }
}
