import Basics
import Loop
import TLS
import TLSTestSupport
import TestSupport
import Testing

@Suite struct FilesTests {
    @Test("A reload shows the new certificate to new connections and leaves old ones alone")
    func reload() async throws {
        try await withMeeting { meeting in
            let identity = try meeting.authority.issue(for: ["old.example", Meeting.name])
            let server = try TLSServer(TLSServerOptions(identity: identity))
            let client = try TLSClient(meeting.believing)
            let old = try await meeting.shakeHands(client, server)
            try meeting.authority.issue(for: ["new.example", Meeting.name], into: identity)
            try server.reload()
            let new = try await meeting.shakeHands(client, server)
            #expect(try new.client.stream().peerCertificate?.commonName == "new.example")
            #expect(try old.client.stream().peerCertificate?.commonName == "old.example")
            try await old.client.stream().write(Array("still here".utf8))
            #expect(try await old.server.stream().readText() == "still here")
        }
    }

    @Test("A reload of files that do not fit together is an error, and the old certificate stays")
    func failedReload() async throws {
        try await withMeeting { meeting in
            let identity = try meeting.authority.issue(for: ["old.example", Meeting.name])
            let server = try TLSServer(TLSServerOptions(identity: identity))
            let other = try meeting.authority.issue(for: ["new.example"])
            try Files.writeAtomically(try Files.read(other.chainFile), to: identity.chainFile)
            let error = #expect(throws: ParlorError.self) { try server.reload() }
            #expect(error?.code == .configuration)
            #expect(
                error?.what
                    == "the key in \(identity.keyFile) does not belong to the certificate in \(identity.chainFile)")
            #expect(error?.hint == "Name the two files of one and the same certificate.")
            try Files.remove(identity.keyFile)
            #expect(throws: ParlorError.self) { try server.reload() }
            let ends = try await meeting.shakeHands(try TLSClient(meeting.believing), server)
            #expect(try ends.client.stream().peerCertificate?.commonName == "old.example")
            _ = try ends.server.stream()
        }
    }

    @Test("A server tells when its certificate expires")
    func expiry() throws {
        try withTemporaryFolder { folder in
            let authority = try TestAuthority(in: folder)
            let identity = try authority.issue(for: ["a.example"], validity: .expired)
            let server = try TLSServer(TLSServerOptions(identity: identity))
            let age = Timestamp.now() - (try #require(server.certificateExpires))
            #expect(age >= .seconds(59) && age < .seconds(120))
        }
    }

    @Test(
        "A file that cannot be used is named, with what to do",
        arguments: [
            ("nothing here", nil, "holds no certificate that can be used"),
            (nil, "nothing here", "holds no private key that can be used"),
        ] as [(String?, String?, String)])
    func unusable(chain: String?, key: String?, words: String) throws {
        try withTemporaryFolder { folder in
            let identity = try TestAuthority(in: folder).issue(for: ["a.example"])
            if let chain { try Files.writeAtomically(chain, to: identity.chainFile) }
            if let key { try Files.writeAtomically(key, to: identity.keyFile) }
            let error = #expect(throws: ParlorError.self) { try TLSServer(TLSServerOptions(identity: identity)) }
            #expect(error?.code == .configuration)
            #expect(error?.hint != nil)
            #expect(error?.what.hasSuffix(words) == true, "\(String(describing: error))")
        }
    }

    @Test("A file that is not there is an error of the file")
    func missing() {
        let error = #expect(throws: ParlorError.self) {
            try TLSClient(TLSClientOptions(authorities: .file("/nonexistent/authority.pem")))
        }
        #expect(error?.code == .file)
    }

    @Test("A file without certificates of authorities is named")
    func noAuthorities() throws {
        try withTemporaryFolder { folder in
            try Files.writeAtomically("nothing here", to: "\(folder)/ca.pem")
            let error = #expect(throws: ParlorError.self) {
                try TLSClient(TLSClientOptions(authorities: .file("\(folder)/ca.pem")))
            }
            #expect(error?.what == "\(folder)/ca.pem holds no certificates of authorities")
        }
    }

    @Test("An application protocol needs a name", arguments: ["", String(repeating: "a", count: 256)])
    func protocolName(name: String) {
        #expect(throws: ParlorError.self) { try TLSClient(TLSClientOptions(applicationProtocols: [name])) }
    }
}
