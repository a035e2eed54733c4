import Basics
import Loop
import LoopTestSupport
import TLS
import TLSTestSupport
import Testing

@Suite struct ClientCertificateTests {
    /// What the server sees of a client, and what the client reads, where certificates of the meeting's authority are
    /// wanted.
    private func meet(
        _ meeting: Meeting, showing identity: TLSIdentity?
    ) async throws -> (seen: Outcome, read: TLSFault?) {
        var options = meeting.believing
        options.identity = identity
        var wanted = TLSServerOptions(identity: try meeting.authority.issue(for: [Meeting.name]))
        wanted.clientAuthorities = meeting.authority.certificateFile
        let (client, server) = (try TLSClient(options), try TLSServer(wanted))
        let (near, far) = try await meeting.plainEnds()
        let ends = OnLoop((near: near, far: far))
        async let reading: TLSFault? = {
            // In TLS 1.3 the client is done before the server has seen what was shown.
            let stream = try await client.connect(over: ends.value.near, host: Meeting.name, within: .seconds(10))
            defer { stream.close() }
            do { _ = try await stream.readAll() } catch { return (error as? ParlorError)?.tlsFault }
            return nil
        }()
        let seen: Outcome
        do {
            let stream = try await server.accept(over: far, within: .seconds(10))
            stream.finishWriting()
            seen = .secure(stream)
        } catch {
            seen = .failed(error)
        }
        return (seen, try await reading)
    }

    @Test("A server that wants certificates sees who the client is")
    func shown() async throws {
        try await withMeeting { meeting in
            let identity = try meeting.authority.intermediate().issue(for: ["agent.paris"], as: .client)
            let outcome = try await meet(meeting, showing: identity)
            let certificate = try outcome.seen.stream().peerCertificate
            #expect(certificate?.commonName == "agent.paris")
            #expect(certificate?.hostNames == ["agent.paris"])
            let left = try #require(certificate?.expires) - .now()
            #expect(left > .seconds(3000) && left <= .seconds(3600))
            #expect(outcome.read == nil)
        }
    }

    @Test("A client without a certificate is refused, and its first read says why")
    func missing() async throws {
        try await withMeeting { meeting in
            let outcome = try await meet(meeting, showing: nil)
            #expect(outcome.seen.fault == .noClientCertificate)
            #expect(outcome.read == .refused("certificate required"))
        }
    }

    @Test("A client that a strange authority vouches for is refused")
    func strange() async throws {
        try await withMeeting { meeting in
            let identity = try TestAuthority(in: meeting.folder).issue(for: ["agent.paris"], as: .client)
            let outcome = try await meet(meeting, showing: identity)
            #expect(outcome.seen.fault == .unknownAuthority)
            #expect(outcome.read == .refused("unknown CA"))
        }
    }

    @Test("A server's certificate does not make a client, nor does an expired one")
    func unusable() async throws {
        try await withMeeting { meeting in
            let outcome = try await meet(meeting, showing: try meeting.authority.issue(for: ["agent.paris"]))
            guard case .unusableCertificate? = outcome.seen.fault else {
                Issue.record("\(String(describing: outcome.seen.fault))")
                return
            }
            let old = try meeting.authority.issue(for: ["agent.paris"], as: .client, validity: .expired)
            #expect(try await meet(meeting, showing: old).seen.fault == .expired)
        }
    }
}
