/// Whom a client believes that a certificate is genuine.
public enum TLSAuthorities: Equatable, Sendable {
    /// The authorities that are installed on this machine.
    case system
    /// The certificates in a PEM file, and no others.
    case file(String)
}

/// A certificate with the key that proves who holds it.
public struct TLSIdentity: Equatable, Sendable {
    /// A PEM file with the certificate first, then those between it and the authority.
    public var chainFile: String
    /// A PEM file with the private key, without a passphrase.
    public var keyFile: String

    /// Names the two files.
    public init(chainFile: String, keyFile: String) {
        self.chainFile = chainFile
        self.keyFile = keyFile
    }
}

/// How a client encrypts. The server's certificate is always verified, its name included.
public struct TLSClientOptions: Equatable, Sendable {
    /// Whom the client believes.
    public var authorities: TLSAuthorities
    /// What the client shows to a server that asks who it is.
    public var identity: TLSIdentity?
    /// The protocols that may be spoken inside (ALPN), the preferred one first; empty to offer none.
    public var applicationProtocols: [String]
    /// Whether an end without a farewell is an ordinary end. A stranger could then shorten what arrives unnoticed, so
    /// it is for protocols only that know themselves where their messages end.
    public var allowsTruncation: Bool

    /// The machine's authorities and nothing else, where not said otherwise.
    public init(
        authorities: TLSAuthorities = .system, identity: TLSIdentity? = nil, applicationProtocols: [String] = [],
        allowsTruncation: Bool = false
    ) {
        self.authorities = authorities
        self.identity = identity
        self.applicationProtocols = applicationProtocols
        self.allowsTruncation = allowsTruncation
    }
}

/// How a server encrypts.
public struct TLSServerOptions: Equatable, Sendable {
    /// What the server proves its name with.
    public var identity: TLSIdentity
    /// A PEM file of the authorities that must have issued the clients' certificates; nil to ask clients for none.
    public var clientAuthorities: String?
    /// The protocols that may be spoken inside (ALPN), the preferred one first; empty to agree on none.
    public var applicationProtocols: [String]
    /// Whether an end without a farewell is an ordinary end, as in `TLSClientOptions`.
    public var allowsTruncation: Bool

    /// A server for everybody, where not said otherwise.
    public init(
        identity: TLSIdentity, clientAuthorities: String? = nil, applicationProtocols: [String] = [],
        allowsTruncation: Bool = false
    ) {
        self.identity = identity
        self.clientAuthorities = clientAuthorities
        self.applicationProtocols = applicationProtocols
        self.allowsTruncation = allowsTruncation
    }
}
