import Basics
import Processes
import TestSupport
import Testing

@testable import Consensus

@Suite struct EtcdMemberTests {
    private func member(_ name: String = "db1", host: String = "10.0.0.1", others: Int = 2) -> EtcdMember {
        let peers = (0...others).map { EtcdMember.Peer(name: "db\($0 + 1)", host: "10.0.0.\($0 + 1)", port: 2380) }
        return EtcdMember(
            name: name, folder: "/srv/parlor/etcd", host: host, clientPort: 2379, peerPort: 2380,
            certificates: .init(authority: "/srv/ca.pem", certificate: "/srv/db1.pem", key: "/srv/db1.key"),
            token: "f00d", initialCluster: peers)
    }

    @Test("The configuration of a member of three")
    func configuration() { expectGolden(member().configurationFile, "member") }

    @Test("Odd paths and addresses of IPv6 are quoted, and a member that joins says so")
    func odd() {
        var member = member(host: "fd00::1")
        member.folder = "/srv/o\"hara: #1"
        member.beginning = .existing
        member.dataFolder = "\(member.folder)/data"
        let text = member.configurationFile
        #expect(text.contains(#"data-dir: "/srv/o\"hara: #1/data""#))
        #expect(text.contains(#"listen-client-urls: "https://[fd00::1]:2379""#))
        #expect(text.contains("initial-cluster-state: existing"))
    }

    @Test("The program is told the name of a file and nothing else, and is left alone while it waits for others")
    func part() {
        let server = EtcdServer(member())
        #expect(server.program.arguments == ["--config-file=/srv/parlor/etcd/etcd.yaml"])
        #expect(!server.declaration.isRestartedWhenUnresponsive)
        #expect(server.declaration.startLimit > .seconds(86_400))
    }

    @Test("What cannot work is refused before anything is written", arguments: ["", "a,b", "a=b", "db 1", "dä"])
    func names(name: String) {
        var member = member(name)
        member.initialCluster[0].name = name
        #expect(throws: ParlorError.self) { try member.check() }
    }

    @Test("A member must stand in its initial cluster once, and its times must fit together")
    func shape() throws {
        try member().check()
        #expect(throws: ParlorError.self) { try member("db9").check() }
        var twice = member()
        twice.initialCluster[1].name = "db1"
        #expect(throws: ParlorError.self) { try twice.check() }
        var hasty = member()
        hasty.election = .milliseconds(300)
        #expect(throws: ParlorError.self) { try hasty.check() }
    }

    @Test("A start is a beginning only where there has never been data")
    func starts() throws {
        var member = member()
        let marker = EtcdMarker(cluster: 7)
        #expect(try EtcdStart.decide(member, hasData: false, marker: nil) == .bootstrap)
        #expect(try EtcdStart.decide(member, hasData: true, marker: nil) == .resume)
        #expect(try EtcdStart.decide(member, hasData: true, marker: marker) == .resume)
        #expect(throws: ParlorError.self) { try EtcdStart.decide(member, hasData: false, marker: marker) }
        member.beginning = .existing
        #expect(try EtcdStart.decide(member, hasData: false, marker: nil) == .join)
        #expect(throws: ParlorError.self) { try EtcdStart.decide(member, hasData: false, marker: EtcdMarker()) }
    }

    @Test("Who has lost its data is told how to get it back, alone and among others")
    func words() {
        let marker = EtcdMarker(cluster: 7)
        let texts = [2, 0].map { others in
            do {
                return "\(try EtcdStart.decide(member(others: others), hasData: false, marker: marker))"
            } catch { return "\(error)" }
        }
        expectGolden(texts.joined(separator: "\n\n") + "\n", "lost-data")
    }

    @Test("A marker is read as it was written, and a damaged one is not taken for none")
    func marker() throws {
        try withTemporaryFolder { folder in
            #expect(try EtcdMarker.read(in: folder) == nil)
            for marker in [EtcdMarker(), EtcdMarker(cluster: .max)] {
                try marker.write(in: folder)
                #expect(try EtcdMarker.read(in: folder) == marker)
            }
            try Files.writeAtomically("{", to: EtcdMarker.path(in: folder))
            #expect(throws: ParlorError.self) { try EtcdMarker.read(in: folder) }
        }
    }
}
