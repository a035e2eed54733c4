public import Basics
import COpenSSL

/// A certificate with the key that proves who holds it.
public struct IssuedCertificate: Equatable, Sendable {
    /// The certificate.
    public let certificate: TLSCertificate
    /// Its private key as PEM text without a passphrase.
    public let key: Secret

    /// Puts both together; they must fit.
    public init(_ certificate: TLSCertificate, key: Secret) throws(ParlorError) {
        guard try certificate.belongs(to: key) else {
            throw ParlorError(
                .configuration, "the key does not belong to the certificate",
                hint: "Name the certificate and the key that were made together.")
        }
        self.certificate = certificate
        self.key = key
    }

    init(trusted certificate: TLSCertificate, key: Secret) {
        self.certificate = certificate
        self.key = key
    }
}

/// An authority of one's own: issues certificates that those believe who believe its certificate.
///
/// Keys are on the curve P-256, signatures use SHA-256, serial numbers are 128 random bits. The authority signs
/// nothing but leaves: its certificate forbids other authorities below it. It remembers nothing; whoever keeps its key
/// decides what is issued.
public struct CertificateAuthority: Equatable, Sendable {
    /// What others have to believe.
    public let certificate: TLSCertificate
    /// The private key as PEM text.
    public let key: Secret

    /// An authority that exists already.
    public init(_ certificate: TLSCertificate, key: Secret) throws(ParlorError) {
        let pair = try IssuedCertificate(certificate, key: key)
        guard certificate.isAuthority else {
            throw ParlorError(
                .configuration, "the certificate is not one of an authority",
                hint: "Name the certificate that has issued the others.")
        }
        self.certificate = pair.certificate
        self.key = pair.key
    }

    /// An authority that exists already, both of its parts as PEM text.
    public init(certificate: String, key: Secret) throws(ParlorError) {
        try self.init(try TLSCertificate.one(inPEM: certificate), key: key)
    }

    private init(_ made: IssuedCertificate) {
        certificate = made.certificate
        key = made.key
    }

    /// Makes a new authority. Its name must be nobody else's: verifiers find an authority by it.
    public static func make(
        commonName: String, validFrom: Timestamp, expires: Timestamp
    ) throws(ParlorError) -> CertificateAuthority {
        guard CertificateRequest.isCommonName(commonName), validFrom < expires else {
            throw ParlorError(
                .configuration, "no authority can be made of this name and time",
                hint: "Give it 1 to 64 bytes of printable text, and an end that comes after its beginning.")
        }
        let key = try PrivateKey()
        let draft = try CertificateDraft()
        try draft.fill(commonName: commonName, validFrom: validFrom, expires: expires, key)
        try draft.add(NID_basic_constraints, "critical,CA:TRUE,pathlen:0")
        try draft.add(NID_key_usage, "critical,keyCertSign,cRLSign")
        try draft.addKeyIdentifiers(issuer: draft.pointer)
        return CertificateAuthority(
            IssuedCertificate(trusted: try draft.signed(as: draft.pointer, by: key), key: try key.pem))
    }

    /// Issues what is asked for, with a new key unless the holder keeps the one it has.
    ///
    /// A certificate that outlives its authority would fail without a warning, so it ends with the authority at the
    /// latest.
    public func issue(
        _ request: CertificateRequest, keeping kept: Secret? = nil
    ) throws(ParlorError) -> IssuedCertificate {
        try request.check()
        let own = if let kept { try PrivateKey(kept) } else { try PrivateKey() }
        let issuer = try CertificateHandle(certificate)
        let signer = try PrivateKey(key)
        let end = min(request.expires, certificate.expires ?? request.expires)
        let draft = try CertificateDraft()
        try draft.fill(commonName: request.commonName, validFrom: request.validFrom, expires: end, own)
        try draft.addNames(of: request)
        try draft.addKeyIdentifiers(issuer: issuer.pointer)
        let pem = if let kept { kept } else { try own.pem }
        return IssuedCertificate(trusted: try draft.signed(as: issuer.pointer, by: signer), key: pem)
    }
}
