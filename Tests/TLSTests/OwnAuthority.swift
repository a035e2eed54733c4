import Basics
import Loop
import Processes
import TLS

/// An authority of the product's own kind, with its files in the folder of a test.
struct OwnAuthority: Sendable {
    let folder: String
    let authority: CertificateAuthority
    let file: String

    init(in folder: String, named name: String = "Salon authority", moment: Timestamp = .now()) throws {
        self.folder = folder
        authority = try CertificateAuthority.make(
            commonName: name, validFrom: moment + .seconds(-3600), expires: moment + .seconds(86_400 * 365))
        file = "\(folder)/\(RandomIdentifier.hex(bytes: 4)).crt"
        try Files.writeAtomically(try authority.certificate.pem, to: file)
    }

    /// A request for `salon.example` and the loopback, valid for an hour before and after now.
    static func request(
        usages: Set<CertificateUsage> = [.server, .client], from: Duration = .seconds(-3600),
        until: Duration = .seconds(3600), now: Timestamp = .now()
    ) -> CertificateRequest {
        CertificateRequest(
            commonName: "postgres-1", hostNames: ["salon.example", "db.salon.example"],
            addresses: ["127.0.0.1", "fd00:0::1"], usages: usages, validFrom: now + from, expires: now + until)
    }

    /// Issues and writes both files.
    func identity(_ request: CertificateRequest) throws -> TLSIdentity { try write(try authority.issue(request)) }

    func write(_ issued: IssuedCertificate) throws -> TLSIdentity {
        let place = "\(folder)/leaf-\(RandomIdentifier.hex(bytes: 4))"
        let identity = TLSIdentity(chainFile: "\(place).crt", keyFile: "\(place).key")
        try Files.writeAtomically(try issued.certificate.pem, to: identity.chainFile)
        try Files.writeAtomically(issued.key.reveal(), to: identity.keyFile)
        return identity
    }
}

/// What the program `openssl` says, which knows nothing of this room.
func openssl(_ arguments: String..., on loop: EventLoop) async throws -> (isSuccess: Bool, output: String) {
    try await openssl(arguments, on: loop)
}

/// What the program `openssl` says, asked with a list.
func openssl(_ arguments: [String], on loop: EventLoop) async throws -> (isSuccess: Bool, output: String) {
    let outcome = try await Child.run(
        Program("/usr/bin/openssl", arguments, environment: ["LC_ALL": "C", "TZ": "UTC"]), within: .seconds(20),
        on: loop)
    return (outcome.status.isSuccess, outcome.output)
}
