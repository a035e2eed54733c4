import Basics
import Loop
import LoopTestSupport
import TLS
import TLSTestSupport
import Testing

@Suite struct HandshakeTests {
    @Test("Both ends agree on TLS 1.3 and on the server's favourite among the protocols that both speak")
    func agreement() async throws {
        try await withMeeting { meeting in
            var options = meeting.believing
            options.applicationProtocols = ["http/1.1", "h2"]
            let (client, server) = try await meeting.secureEnds(options) {
                $0.applicationProtocols = ["h3", "h2", "http/1.1"]
            }
            #expect(client.version == "TLSv1.3")
            #expect(client.applicationProtocol == "h2")
            #expect(server.applicationProtocol == "h2")
            #expect(client.peerCertificate?.hostNames == [Meeting.name])
            #expect(server.peerCertificate == nil)
        }
    }

    @Test("Nothing is agreed on where one end offers nothing")
    func noChoice() async throws {
        try await withMeeting { meeting in
            let (client, _) = try await meeting.secureEnds { $0.applicationProtocols = ["h2"] }
            #expect(client.applicationProtocol == nil)
        }
    }

    @Test("Ends without a common application protocol both say so")
    func noCommonApplicationProtocol() async throws {
        try await withMeeting { meeting in
            var options = meeting.believing
            options.applicationProtocols = ["h2"]
            var other = TLSServerOptions(identity: try meeting.authority.issue(for: [Meeting.name]))
            other.applicationProtocols = ["redis"]
            let ends = try await meeting.shakeHands(try TLSClient(options), try TLSServer(other))
            #expect(ends.client.fault == .noCommonApplicationProtocol)
            #expect(ends.server.fault == .noCommonApplicationProtocol)
        }
    }

    @Test(
        "A host is believed by the names and addresses of its certificate",
        arguments: [
            ("salon.example", "salon.example"), ("salon.example", "SALON.Example"), ("salon.example", "salon.example."),
            ("*.salon.example", "paris.salon.example"), ("127.0.0.1", "127.0.0.1"), ("::1", "0:0:0:0:0:0:0:1"),
        ])
    func names(name: String, host: String) async throws {
        try await withMeeting { meeting in
            let server = try TLSServer(
                TLSServerOptions(identity: try meeting.authority.issue(for: ["other.example", name])))
            let ends = try await meeting.shakeHands(try TLSClient(meeting.believing), server, as: host)
            #expect(try ends.client.stream().version == "TLSv1.3")
            _ = try ends.server.stream()
        }
    }

    @Test(
        "A certificate for other names is refused",
        arguments: [
            ("salon.example", "example"), ("salon.example", "a.salon.example"), ("*.salon.example", "salon.example"),
            ("*.salon.example", "a.b.salon.example"), ("127.0.0.1", "127.0.0.2"), ("localhost", "127.0.0.1"),
            ("127.0.0.1", "localhost"), ("p*.salon.example", "paris.salon.example"),
        ])
    func wrongNames(name: String, host: String) async throws {
        try await withMeeting { meeting in
            let server = try TLSServer(TLSServerOptions(identity: try meeting.authority.issue(for: [name])))
            let ends = try await meeting.shakeHands(try TLSClient(meeting.believing), server, as: host)
            #expect(ends.client.fault == .wrongName)
            #expect(ends.client.error?.why == "its certificate does not name \(host)")
            #expect(ends.client.error?.hint?.contains("subjectAltName") == true)
            #expect(ends.server.fault == .refused("bad certificate"))
        }
    }

    @Test("A common name alone is no name")
    func commonNameOnly() async throws {
        try await withMeeting { meeting in
            let server = try TLSServer(TLSServerOptions(identity: try meeting.authority.issue(for: [])))
            let ends = try await meeting.shakeHands(try TLSClient(meeting.believing), server, as: "nobody")
            #expect(ends.client.fault == .wrongName)
        }
    }

    @Test(
        "A certificate out of its time is refused, in plain words",
        arguments: [
            (TestAuthority.Validity.expired, TLSFault.expired, "its certificate has expired", "certificate expired"),
            (.notYet, .notYetValid, "its certificate is not valid yet", "bad certificate"),
        ])
    func time(validity: TestAuthority.Validity, fault: TLSFault, words: String, alert: String) async throws {
        try await withMeeting { meeting in
            let identity = try meeting.authority.issue(for: [Meeting.name], validity: validity)
            let server = try TLSServer(TLSServerOptions(identity: identity))
            let ends = try await meeting.shakeHands(try TLSClient(meeting.believing), server)
            #expect(ends.client.fault == fault)
            #expect(
                ends.client.error?.summary
                    == "no secure connection with salon.example (\(meeting.proxy.address)): \(words)")
            #expect(ends.client.error?.code == .connection)
            #expect(ends.server.fault == .refused(alert))
        }
    }

    @Test("A certificate of an authority that nobody trusts is refused, that of the machine's own list too")
    func unknownAuthority() async throws {
        try await withMeeting { meeting in
            let stranger = try TestAuthority(in: meeting.folder)
            let server = try TLSServer(TLSServerOptions(identity: try stranger.issue(for: [Meeting.name])))
            for options in [meeting.believing, TLSClientOptions()] {
                let ends = try await meeting.shakeHands(try TLSClient(options), server)
                #expect(ends.client.fault == .unknownAuthority)
                #expect(ends.server.fault == .refused("unknown CA"))
            }
        }
    }

    @Test("A client's certificate does not make a server")
    func wrongRole() async throws {
        try await withMeeting { meeting in
            let identity = try meeting.authority.issue(for: [Meeting.name], as: .client)
            let server = try TLSServer(TLSServerOptions(identity: identity))
            let ends = try await meeting.shakeHands(try TLSClient(meeting.believing), server)
            guard case .unusableCertificate(let words)? = ends.client.fault else {
                Issue.record("\(String(describing: ends.client.fault))")
                return
            }
            #expect(words.contains("purpose"))
        }
    }

    @Test("What an intermediate authority issued is believed by those who believe the root")
    func chain() async throws {
        try await withMeeting { meeting in
            let identity = try meeting.authority.intermediate().intermediate().issue(for: [Meeting.name])
            let (client, _) = try await meeting.secureEnds { $0.identity = identity }
            #expect(client.peerCertificate?.commonName == Meeting.name)
        }
    }

    @Test("A server that speaks something else is told from one that speaks TLS, at both ends")
    func notTLS() async throws {
        try await withMeeting { meeting in
            let (client, server) = try await meeting.plainEnds()
            try await server.write(Array("220 mail.example ready\r\n".utf8))
            let error = await #expect(throws: ParlorError.self) {
                _ = try await TLSClient(meeting.believing).connect(over: client, host: "a", within: .seconds(10))
            }
            #expect(error?.tlsFault == .notTLS)
            #expect(error?.hint == "Check the port, and whether the other end is set up for TLS.")
            let (visitor, host) = try await meeting.plainEnds()
            try await visitor.write(Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
            visitor.finishWriting()
            let identity = try meeting.authority.issue(for: [Meeting.name])
            let refusal = await #expect(throws: ParlorError.self) {
                _ = try await TLSServer(TLSServerOptions(identity: identity)).accept(over: host, within: .seconds(10))
            }
            #expect(refusal?.tlsFault == .notTLS)
        }
    }

    @Test("A client that speaks nothing newer than TLS 1.1 is refused")
    func oldClient() async throws {
        // A hello: record of TLS 1.0, version 1.1, 32 random bytes, no session, one cipher, no compression.
        let body: [UInt8] = [3, 2] + [UInt8](repeating: 7, count: 32) + [0, 0, 2, 0xC0, 0x13, 1, 0]
        let hello: [UInt8] = [1, 0, 0, UInt8(body.count)] + body
        let record: [UInt8] = [22, 3, 1, 0, UInt8(hello.count)] + hello
        try await withMeeting { meeting in
            let identity = try meeting.authority.issue(for: [Meeting.name])
            let (client, server) = try await meeting.plainEnds()
            try await client.write(record)
            client.finishWriting()
            let error = await #expect(throws: ParlorError.self) {
                _ = try await TLSServer(TLSServerOptions(identity: identity)).accept(over: server, within: .seconds(10))
            }
            #expect(error?.tlsFault == .noCommonProtocol)
            // The alert that says "protocol version".
            #expect(try await client.readAll().suffix(2) == [2, 70])
        }
    }
}
