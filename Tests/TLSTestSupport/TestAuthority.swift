import Basics
import COpenSSL
public import TLS

/// An authority that exists for one test and issues whatever certificate the test needs.
///
/// Its files, and those of what it issues, lie in the test's folder.
public struct TestAuthority: Sendable {
    /// When a certificate holds.
    public enum Validity: Sendable {
        /// From an hour ago until in an hour.
        case current
        /// Until a minute ago.
        case expired
        /// From in an hour on.
        case notYet

        /// Seconds from now.
        var period: (from: Int, until: Int) {
            switch self {
            case .current: (-3600, 3600)
            case .expired: (-7200, -60)
            case .notYet: (3600, 7200)
            }
        }
    }

    /// Whom a certificate lets its holder be.
    public enum Role: Sendable {
        /// A server.
        case server
        /// A client.
        case client
        /// Both, as members of a cluster are to each other.
        case peer

        var usage: String {
            switch self {
            case .server: "serverAuth"
            case .client: "clientAuth"
            case .peer: "serverAuth,clientAuth"
            }
        }
    }

    private let folder: String
    private let signer: IssuedCertificate
    /// The certificates between the root and what is issued, which a server has to show too.
    private let between: String

    /// The file that makes a client or a server believe this authority.
    public let certificateFile: String

    /// A new root with a name nobody else has.
    public init(in folder: String) throws {
        self.folder = folder
        let name = "authority \(RandomIdentifier.hex(bytes: 4))"
        signer = try IssuedCertificate(
            CertificateRequest(commonName: name, isAuthority: true, alternativeNames: [], usage: nil), signedBy: nil)
        certificateFile = "\(folder)/\(name.split(separator: " ").joined(separator: "-")).pem"
        between = ""
        try Files.writeAtomically(signer.certificate, to: certificateFile)
    }

    private init(_ root: TestAuthority, _ signer: IssuedCertificate) {
        folder = root.folder
        certificateFile = root.certificateFile
        self.signer = signer
        between = signer.certificate + root.between
    }

    /// An authority that this one has signed. What it issues is believed by those who believe the root.
    public func intermediate() throws -> TestAuthority {
        let name = "intermediate \(RandomIdentifier.hex(bytes: 4))"
        let request = CertificateRequest(commonName: name, isAuthority: true, alternativeNames: [], usage: nil)
        return TestAuthority(self, try IssuedCertificate(request, signedBy: signer))
    }

    /// A certificate for host names and numeric addresses.
    public func issue(
        for names: [String], as role: Role = .server, validity: Validity = .current
    ) throws -> TLSIdentity {
        let place = "\(folder)/certificate-\(RandomIdentifier.hex(bytes: 4))"
        let identity = TLSIdentity(chainFile: "\(place).pem", keyFile: "\(place).key")
        try issue(for: names, as: role, validity: validity, into: identity)
        return identity
    }

    /// The same, replacing the files of `identity`.
    public func issue(
        for names: [String], as role: Role = .server, validity: Validity = .current, into identity: TLSIdentity
    ) throws {
        var request = CertificateRequest(
            commonName: names.first ?? "nobody", isAuthority: false, alternativeNames: names, usage: role.usage)
        request.period = validity.period
        let issued = try IssuedCertificate(request, signedBy: signer)
        try Files.writeAtomically(issued.certificate + between, to: identity.chainFile)
        try Files.writeAtomically(issued.key, to: identity.keyFile)
    }
}
