import Basics
import Loop
import TLS
import TestSupport
import Testing

@Suite struct CertificateAuthorityTests {
    private func withAuthority(
        _ body: @escaping @Sendable (OwnAuthority, EventLoop) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            try await EventLoop.onThread { loop in try await body(try OwnAuthority(in: folder), loop) }
        }
    }

    @Test("OpenSSL's own program verifies what is issued, as server and as client")
    func verified() async throws {
        try await withAuthority { own, loop in
            let leaf = try own.identity(OwnAuthority.request()).chainFile
            for purpose in ["sslserver", "sslclient"] {
                let answer = try await openssl(
                    "verify", "-x509_strict", "-purpose", purpose, "-verify_hostname", "salon.example", "-CAfile",
                    own.file, leaf, on: loop)
                #expect(answer.isSuccess, "\(answer.output)")
            }
            let stranger = try OwnAuthority(in: own.folder)
            #expect(try await !openssl("verify", "-CAfile", stranger.file, leaf, on: loop).isSuccess)
            let wrongName = try await openssl(
                "verify", "-verify_hostname", "other.example", "-CAfile", own.file, leaf, on: loop)
            #expect(!wrongName.isSuccess && wrongName.output.contains("hostname mismatch"))
        }
    }

    @Test("A certificate says what was asked for, in OpenSSL's words and in ours")
    func contents() async throws {
        try await withAuthority { own, loop in
            let moment = Timestamp(seconds: 1_900_000_000)
            let issued = try own.authority.issue(
                OwnAuthority.request(from: .zero, until: .seconds(60), now: .now() + .seconds(5)))
            let text = try await openssl("x509", "-noout", "-text", "-in", own.write(issued).chainFile, on: loop).output
            for line in [
                "Version: 3 (0x2)", "Issuer: CN = Salon authority", "Subject: CN = postgres-1", "ASN1 OID: prime256v1",
                "DNS:salon.example, DNS:db.salon.example, IP Address:127.0.0.1, IP Address:FD00:0:0:0:0:0:0:1",
                "TLS Web Server Authentication, TLS Web Client Authentication", "CA:FALSE",
                "ecdsa-with-SHA256", "Digital Signature", "X509v3 Authority Key Identifier",
            ] { #expect(text.contains(line), "\(line) is missing in \(text)") }
            let certificate = issued.certificate
            #expect(certificate.commonName == "postgres-1")
            #expect(certificate.issuer == "Salon authority")
            #expect(certificate.hostNames == ["salon.example", "db.salon.example"])
            #expect(certificate.addresses == ["127.0.0.1", "fd00::1"])
            #expect(certificate.usages == [.server, .client])
            #expect(!certificate.isAuthority && own.authority.certificate.isAuthority)
            let long = try own.authority.issue(
                CertificateRequest(
                    commonName: "a", usages: [.client], validFrom: .now(), expires: moment))
            #expect(long.certificate.expires == own.authority.certificate.expires)
            #expect(long.certificate.usages == [.client])
        }
    }

    @Test("Dates are kept to the second, also those beyond 2050, which are written differently")
    func dates() throws {
        for end in ["2049-12-31T23:59:59Z", "2050-01-01T00:00:00Z", "2199-05-06T07:08:09Z"] {
            let expires = try #require(Timestamp(rfc3339: end))
            let start = try #require(Timestamp(rfc3339: "2026-02-28T23:59:59.999Z"))
            let made = try CertificateAuthority.make(commonName: "a", validFrom: start, expires: expires).certificate
            #expect(made.validFrom?.rfc3339Seconds == "2026-02-28T23:59:59Z")
            #expect(made.expires == expires)
        }
    }

    @Test("Serial numbers are 128 random bits, and OpenSSL's program reads the same")
    func serials() async throws {
        try await withAuthority { own, loop in
            let issued = try (0..<20).map { _ in try own.authority.issue(OwnAuthority.request()) }
            #expect(Set(issued.map(\.certificate.serial)).count == 20)
            #expect(issued.contains { $0.certificate.serial.count == 32 })
            let first = try #require(issued.first)
            let answer = try await openssl("x509", "-noout", "-serial", "-in", own.write(first).chainFile, on: loop)
            #expect(answer.output == "serial=\(first.certificate.serial.uppercased())\n")
        }
    }

    @Test("A key fits its own certificate only, and a renewed certificate may keep it")
    func keys() throws {
        let authority = try CertificateAuthority.make(
            commonName: "a", validFrom: .now(), expires: .now() + .seconds(3600))
        let first = try authority.issue(OwnAuthority.request())
        let second = try authority.issue(OwnAuthority.request())
        #expect(try first.certificate.belongs(to: first.key))
        #expect(try !first.certificate.belongs(to: second.key))
        let renewed = try authority.issue(OwnAuthority.request(), keeping: first.key)
        #expect(renewed.key == first.key && renewed.certificate.serial != first.certificate.serial)
        #expect(try renewed.certificate.belongs(to: first.key))
        #expect("\(renewed)".contains(Secret.mask) && !"\(renewed)".contains("PRIVATE KEY"))
    }

    @Test("An authority knows what it has signed, even among authorities of its name")
    func signatures() throws {
        try withTemporaryFolder { folder in
            let (own, namesake) = (try OwnAuthority(in: folder), try OwnAuthority(in: folder))
            let leaf = try own.authority.issue(OwnAuthority.request()).certificate
            #expect(leaf.isSigned(by: own.authority.certificate))
            #expect(!leaf.isSigned(by: namesake.authority.certificate))
            #expect(!leaf.isSigned(by: leaf))
            #expect(own.authority.certificate.isSigned(by: own.authority.certificate))
        }
    }

    @Test("An authority is read from PEM text, and only with its own key and as an authority")
    func reading() throws {
        let made = try CertificateAuthority.make(commonName: "a", validFrom: .now(), expires: .now() + .seconds(3600))
        let other = try CertificateAuthority.make(commonName: "b", validFrom: .now(), expires: .now() + .seconds(3600))
        let read = try CertificateAuthority(certificate: try made.certificate.pem, key: made.key)
        #expect(read == made)
        let mixed = #expect(throws: ParlorError.self) {
            try CertificateAuthority(certificate: try made.certificate.pem, key: other.key)
        }
        #expect(mixed?.what == "the key does not belong to the certificate")
        let leaf = try made.issue(OwnAuthority.request())
        let below = #expect(throws: ParlorError.self) {
            try CertificateAuthority(leaf.certificate, key: leaf.key)
        }
        #expect(below?.what == "the certificate is not one of an authority")
    }

    @Test(
        "What no certificate can say is refused with a hint",
        arguments: [
            ("", ["a.example"], [], "its common name is not 1 to 64 bytes of printable text"),
            ("a\nb", ["a.example"], [], "its common name is not 1 to 64 bytes of printable text"),
            (
                String(repeating: "n", count: 65), ["a.example"], [],
                "its common name is not 1 to 64 bytes of printable text"
            ),
            ("a", ["a.example,IP:10.0.0.1"], [], "\"a.example,IP:10.0.0.1\" is no host name"),
            ("a", ["-a.example"], [], "\"-a.example\" is no host name"),
            ("a", ["münchen.example"], [], "\"münchen.example\" is no host name"),
            ("a", ["a..example"], [], "\"a..example\" is no host name"),
            ("a", [], ["10.0.0.256"], "\"10.0.0.256\" is no numeric address"),
            ("a", [], ["a.example"], "\"a.example\" is no numeric address"),
            ("a", [], [], "a server without host name and address can be verified by nobody"),
        ])
    func refused(name: String, hosts: [String], addresses: [String], reason: String) throws {
        let authority = try CertificateAuthority.make(
            commonName: "a", validFrom: .now(), expires: .now() + .seconds(3600))
        let request = CertificateRequest(
            commonName: name, hostNames: hosts, addresses: addresses, validFrom: .now(), expires: .now() + .seconds(60))
        let error = #expect(throws: ParlorError.self) { try authority.issue(request) }
        #expect(error?.why == reason)
        #expect(error?.hint != nil && error?.code == .configuration)
    }

    @Test("A request is met by a certificate with its names, however addresses and letters are written, and no others")
    func met() throws {
        let authority = try CertificateAuthority.make(
            commonName: "a", validFrom: .now(), expires: .now() + .seconds(3600))
        var request = OwnAuthority.request()
        let certificate = try authority.issue(request).certificate
        #expect(request.isMet(by: certificate))
        request.hostNames = ["DB.salon.example", "salon.example"]
        request.addresses = ["fd00:0:0::1", "127.0.0.1"]
        #expect(request.isMet(by: certificate))
        for change: (inout CertificateRequest) -> Void in [
            { $0.hostNames.removeLast() }, { $0.addresses.append("10.0.0.1") }, { $0.usages = [.server] },
            { $0.commonName = "b" },
        ] {
            var other = request
            change(&other)
            #expect(!other.isMet(by: certificate))
        }
    }
}
