import Basics
import Loop
import TLS
import TestSupport
import Testing

@Suite struct CertificateReadingTests {
    private let moment = Timestamp.now()

    private func authority(_ name: String = "a") throws -> CertificateAuthority {
        try .make(commonName: name, validFrom: moment + .seconds(-3600), expires: moment + .seconds(86_400))
    }

    @Test("A file with several certificates and a key between them gives the certificates in order")
    func several() throws {
        let (first, second) = (try authority("first"), try authority("second"))
        let text = try "a comment\n" + first.certificate.pem + first.key.reveal() + second.certificate.pem
        #expect(try TLSCertificate.all(inPEM: text) == [first.certificate, second.certificate])
    }

    @Test("Text without a certificate, or with half of one, is refused with a hint")
    func damaged() throws {
        let pem = try authority().certificate.pem
        let broken = pem.replacing("MII", with: "M**")
        for text in [
            "", "hello", String(pem.prefix(pem.count / 2)), pem + String(pem.prefix(100)), broken, pem + broken,
        ] {
            let error = #expect(throws: ParlorError.self) { try TLSCertificate.all(inPEM: text) }
            #expect(error?.what == "the text holds no certificate that can be used")
            #expect(error?.hint != nil)
        }
    }

    @Test("Any byte of a certificate that is changed makes it unreadable or unsigned")
    func corrupted() throws {
        let authority = try authority()
        let leaf = try authority.issue(OwnAuthority.request()).certificate
        var generator = SeededGenerator()
        let pem = Array(try leaf.pem.utf8)
        for _ in 0..<200 {
            var changed = pem
            let place = Int.random(in: 28..<pem.count - 27, using: &generator)
            changed[place] = UInt8.random(in: 33...126, using: &generator)
            guard let read = try? TLSCertificate.all(inPEM: String(decoding: changed, as: UTF8.self)).first else {
                continue
            }
            #expect(read == leaf || !read.isSigned(by: authority.certificate), generator.note)
        }
    }

    @Test("What is wrong with a certificate depends on whom one trusts, on the time and on the purpose")
    func faults() throws {
        let (own, stranger) = (try authority("own"), try authority("stranger"))
        let leaf = try own.issue(OwnAuthority.request(usages: [.server])).certificate
        func fault(
            _ authorities: [CertificateAuthority], _ usage: CertificateUsage = .server, after: Duration = .zero
        ) throws -> TLSFault? {
            try leaf.fault(trusting: authorities.map(\.certificate), as: usage, at: moment + after)
        }
        #expect(try fault([own]) == nil)
        #expect(try fault([stranger, own]) == nil)
        #expect(try fault([stranger]) == .unknownAuthority)
        #expect(try fault([]) == .unknownAuthority)
        #expect(try fault([own], after: .seconds(7200)) == .expired)
        #expect(try fault([own], after: .seconds(-3700)) == .notYetValid)
        let over = try own.issue(OwnAuthority.request(until: .seconds(-60))).certificate
        #expect(try over.fault(trusting: [own.certificate], as: .server, at: nil) == nil)
        guard case .unusableCertificate? = try fault([own], .client) else {
            Issue.record("a server's certificate makes a client")
            return
        }
    }

    @Test("A certificate is for the hosts and addresses that it names, a wildcard for one label")
    func hosts() throws {
        let request = CertificateRequest(
            commonName: "common.example", hostNames: ["*.salon.example"], addresses: ["10.0.0.1"], validFrom: moment,
            expires: moment + .seconds(60))
        let certificate = try authority().issue(request).certificate
        #expect(certificate.isFor("a.salon.example") && certificate.isFor("10.0.0.1"))
        for host in ["salon.example", "a.b.salon.example", "common.example", "10.0.0.2", "::1", ""] {
            #expect(!certificate.isFor(host))
        }
    }

    @Test(
        "A key with a passphrase is refused as such, and nobody is asked for it",
        arguments: [["pkcs8", "-topk8"], ["ec", "-aes128"]])
    func passphrase(form: [String]) async throws {
        try await withTemporaryFolder { folder in
            try await EventLoop.onThread { loop in
                let own = try OwnAuthority(in: folder)
                let identity = try own.identity(OwnAuthority.request())
                let locked = TLSIdentity(chainFile: identity.chainFile, keyFile: "\(folder)/locked.key")
                let answer = try await openssl(
                    form + ["-passout", "pass:abcd", "-in", identity.keyFile, "-out", locked.keyFile], on: loop)
                #expect(answer.isSuccess, "\(answer.output)")
                let key = Secret(try Files.readText(locked.keyFile))
                #expect(key.reveal().contains("ENCRYPTED"))
                let certificate = try #require(try TLSCertificate.all(inFile: identity.chainFile).first)
                let error = #expect(throws: ParlorError.self) { try certificate.belongs(to: key) }
                #expect(error?.what == "the private key has a passphrase")
                let refusal = #expect(throws: ParlorError.self) { try TLSServer(TLSServerOptions(identity: locked)) }
                #expect(refusal?.what == "the key in \(locked.keyFile) has a passphrase")
                #expect(error?.hint != nil && error?.hint == refusal?.hint)
            }
        }
    }

    @Test("Text that is no key, or half of one with a passphrase, is no key", arguments: ["", "nothing", Self.halfKey])
    func unusableKey(text: String) throws {
        let leaf = try authority().issue(OwnAuthority.request())
        let error = #expect(throws: ParlorError.self) { try leaf.certificate.belongs(to: Secret(text)) }
        #expect(error?.what == "the text holds no private key that can be used")
        #expect(error?.hint != nil)
    }

    private static let halfKey = """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAhjCyBJTvxMkAICCAAw
        DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEE6WhK8Mx4Xw8S2ZlHv9d+wEgZAl
        -----END ENCRYPTED PRIVATE KEY-----

        """
}
