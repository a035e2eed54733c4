import Basics
import Loop
import LoopTestSupport
import TLS
import TestSupport
import Testing

/// Handshakes in which both ends show certificates of an authority of the product's own, and verify each other.
@Suite struct OwnAuthorityHandshakeTests {
    private func meet(
        _ meeting: Meeting, server: TLSIdentity, client: TLSIdentity, serverTrusts: String, clientTrusts: String,
        host: String = "salon.example"
    ) async throws -> (client: Outcome, server: Outcome) {
        try await meeting.shakeHands(
            try TLSClient(TLSClientOptions(authorities: .file(clientTrusts), identity: client)),
            try TLSServer(TLSServerOptions(identity: server, clientAuthorities: serverTrusts)), as: host)
    }

    @Test("Both ends verify each other, by name and by address", arguments: ["salon.example", "127.0.0.1", "fd00::1"])
    func mutual(host: String) async throws {
        try await withMeeting { meeting in
            let own = try OwnAuthority(in: meeting.folder)
            let both = try own.identity(OwnAuthority.request())
            let ends = try await meet(
                meeting, server: both, client: both, serverTrusts: own.file, clientTrusts: own.file, host: host)
            #expect(try ends.client.stream().peerCertificate?.addresses == ["127.0.0.1", "fd00::1"])
            #expect(try ends.server.stream().peerCertificate?.isSigned(by: own.authority.certificate) == true)
        }
    }

    @Test("A host that the certificate does not name is refused", arguments: ["other.example", "127.0.0.2"])
    func wrongHost(host: String) async throws {
        try await withMeeting { meeting in
            let own = try OwnAuthority(in: meeting.folder)
            let both = try own.identity(OwnAuthority.request())
            let ends = try await meet(
                meeting, server: both, client: both, serverTrusts: own.file, clientTrusts: own.file, host: host)
            #expect(ends.client.fault == .wrongName)
        }
    }

    @Test("An authority of the same name but another key is refused by either end", arguments: [false, true])
    func wrongAuthority(isServerMistaken: Bool) async throws {
        try await withMeeting { meeting in
            let own = try OwnAuthority(in: meeting.folder)
            let namesake = try OwnAuthority(in: meeting.folder)
            let both = try own.identity(OwnAuthority.request())
            let ends = try await meet(
                meeting, server: both, client: both, serverTrusts: isServerMistaken ? namesake.file : own.file,
                clientTrusts: isServerMistaken ? own.file : namesake.file)
            #expect((isServerMistaken ? ends.server : ends.client).fault == .unknownAuthority)
        }
    }

    @Test("A certificate that is over, or that has not begun, is refused by either end", arguments: [false, true])
    func wrongTime(isServers: Bool) async throws {
        try await withMeeting { meeting in
            let own = try OwnAuthority(in: meeting.folder)
            let good = try own.identity(OwnAuthority.request())
            let expired = try own.identity(OwnAuthority.request(until: .seconds(-60)))
            let early = try own.identity(OwnAuthority.request(from: .seconds(1800)))
            for (bad, fault) in [(expired, TLSFault.expired), (early, .notYetValid)] {
                let ends = try await meet(
                    meeting, server: isServers ? bad : good, client: isServers ? good : bad, serverTrusts: own.file,
                    clientTrusts: own.file)
                #expect((isServers ? ends.client : ends.server).fault == fault)
            }
        }
    }

    @Test("A certificate for one end is refused at the other end")
    func wrongUsage() async throws {
        try await withMeeting { meeting in
            let own = try OwnAuthority(in: meeting.folder)
            let server = try own.identity(OwnAuthority.request(usages: [.server]))
            let client = try own.identity(OwnAuthority.request(usages: [.client]))
            let good = try await meet(
                meeting, server: server, client: client, serverTrusts: own.file, clientTrusts: own.file)
            _ = try good.server.stream()
            let asClient = try await meet(
                meeting, server: server, client: server, serverTrusts: own.file, clientTrusts: own.file)
            let asServer = try await meet(
                meeting, server: client, client: client, serverTrusts: own.file, clientTrusts: own.file)
            for fault in [asClient.server.fault, asServer.client.fault] {
                guard case .unusableCertificate? = fault else {
                    Issue.record("\(String(describing: fault))")
                    return
                }
            }
        }
    }

    @Test("Ends that trust the old authority and the new one verify leaves of both")
    func overlap() async throws {
        try await withMeeting { meeting in
            let (old, new) = (try OwnAuthority(in: meeting.folder), try OwnAuthority(in: meeting.folder))
            let both = "\(meeting.folder)/both.crt"
            try Files.writeAtomically(
                try old.authority.certificate.pem + new.authority.certificate.pem, to: both)
            let ends = try await meet(
                meeting, server: try old.identity(OwnAuthority.request()),
                client: try new.identity(OwnAuthority.request()), serverTrusts: both, clientTrusts: both)
            _ = try (ends.client.stream(), ends.server.stream())
        }
    }
}
