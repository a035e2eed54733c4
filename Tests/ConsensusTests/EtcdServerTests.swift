import Basics
import Etcd
import EtcdTestSupport
import Glibc
import Loop
import Processes
import Synchronization
import TLS
import TLSTestSupport
import Testing

@testable import Consensus

@Suite struct EtcdServerTests {
    @Test("A member runs as a part, keeps what it was told over a restart, and answers only who shows a certificate")
    func part() async throws {
        try await withMember { server, loop in
            try await run(server, on: loop) {
                let client = try EtcdClient(server.options(), on: loop)
                defer { client.close() }
                try await client.put("a", "1")
                let marker = try #require(try EtcdMarker.read(in: server.member.folder))
                #expect(try await client.range(.one("a")).header.cluster == marker.cluster)
                try await expectRefusalOfStrangers(server, on: loop)
            }
            try await run(server, on: loop) {
                let client = try EtcdClient(server.options(), on: loop)
                defer { client.close() }
                #expect(try await client.get("a")?.text == "1")
            }
        }
    }

    @Test("A member whose data is gone is not started as an empty one")
    func wiped() async throws {
        try await withMember { server, loop in
            try await run(server, on: loop) {}
            try Files.remove(server.member.dataFolder)
            do {
                try await run(server, on: loop) { Issue.record("it began anew") }
            } catch let error as ParlorError {
                #expect(error.code == .stateFolder && error.what == "the data of the etcd member db1 is gone")
            }
            #expect(!Files.exists(server.member.dataFolder))
            try Files.remove(EtcdMarker.path(in: server.member.folder))
            try await run(server, on: loop) {}
        }
    }

    @Test("The data of another cluster is noticed")
    func otherCluster() async throws {
        try await withMember { server, loop in
            try await run(server, on: loop) {
                try EtcdMarker(cluster: 1).write(in: server.member.folder)
                await #expect(throws: ParlorError.self) { try await server.probe(on: loop) }
            }
        }
    }

    @Test("A member without a majority is not healthy, and says why")
    func minority() async throws {
        try await withEtcd(members: 3) { cluster, loop in
            try await withFolder { folder in
                let place = cluster.members[0]
                let server = EtcdServer(
                    EtcdMember(
                        name: "member-0", folder: folder, host: "127.0.0.1", clientPort: place.clientPort,
                        peerPort: place.peerPort,
                        certificates: .init(
                            authority: cluster.authorities, certificate: cluster.identity.chainFile,
                            key: cluster.identity.keyFile), token: "", initialCluster: []))
                try await server.probe(on: loop, within: .seconds(20))
                cluster.kill(1)
                cluster.kill(2)
                do {
                    // Within its limit the survivor has noticed, or has no answer.
                    try await server.probe(on: loop)
                    Issue.record("it was healthy")
                } catch {
                    let error = ParlorError(describing: error)
                    #expect([.unhealthy, .timeout].contains(error.code) && error.hint != nil)
                }
            }
        }
    }

    @Test("Without the program a start fails with the package that has it")
    func missing() async throws {
        try await withMember { server, _ in
            let server = EtcdServer(server.member, executable: "/nonexistent/etcd")
            do {
                try server.prepare()
                Issue.record("it was prepared")
            } catch let error as ParlorError {
                #expect(error.code == .engineMissing && error.hint?.contains("etcd-server") == true)
            }
        }
    }

    /// A client that believes the same authority and shows nothing.
    private func expectRefusalOfStrangers(_ server: EtcdServer, on loop: EventLoop) async throws {
        var options = try server.options()
        let tls = try TLSClient(TLSClientOptions(authorities: .file(server.member.certificates.authority)))
        options.secure = { try await tls.connect(over: $0, host: $1, within: .seconds(10)) }
        let stranger = try EtcdClient(options, on: loop)
        defer { stranger.close() }
        await #expect(throws: EtcdError.self) { try await stranger.get("a", within: .milliseconds(300)) }
    }

    // MARK: - A member to try

    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = "/tmp/parlor-consensus-\(RandomIdentifier.hex(bytes: 6))"
        try Files.makeFolder(folder)
        defer { try? Files.remove(folder) }
        try await body(folder)
    }

    /// A member that has never been started, alone in its cluster.
    private func withMember(_ body: @escaping @Sendable (EtcdServer, EventLoop) async throws -> Void) async throws {
        try await EventLoop.onThread { loop in
            try await withFolder { folder in
                let authority = try TestAuthority(in: folder)
                let issued = try authority.issue(for: ["127.0.0.1"], as: .peer)
                let (clientPort, peerPort) = (try unusedPort(on: loop), try unusedPort(on: loop))
                let member = EtcdMember(
                    name: "db1", folder: folder, host: "127.0.0.1", clientPort: clientPort, peerPort: peerPort,
                    certificates: .init(
                        authority: authority.certificateFile, certificate: issued.chainFile, key: issued.keyFile),
                    token: RandomIdentifier.hex(bytes: 8),
                    initialCluster: [.init(name: "db1", host: "127.0.0.1", port: peerPort)])
                let program = try await unprivileged(EtcdServer.debianProgram, in: folder, on: loop)
                try await body(EtcdServer(member, executable: program), loop)
            }
        }
    }

    /// The program behind a script that, where this process is root, gives the folder to another user and becomes it.
    ///
    /// A child writes it: what this process has open for writing, and children of other tests inherit for a moment,
    /// cannot be started.
    private func unprivileged(_ program: String, in folder: String, on loop: EventLoop) async throws -> String {
        guard getuid() == 0 else { return program }
        let identity = "--reuid=nobody --regid=nogroup --clear-groups --pdeathsig TERM"
        let text = "#!/bin/sh\nchown -R nobody:nogroup \"$HOME\"\nexec setpriv \(identity) \(program) \"$@\"\n"
        let write = "printf '%s' \"$1\" > \"$2\" && chmod 755 \"$2\""
        try await Child.runSuccessfully(
            Program("/bin/sh", ["-c", write, "sh", text, "\(folder)/etcd"], environment: ["PATH": "/usr/bin:/bin"]),
            within: .seconds(30), on: loop)
        return "\(folder)/etcd"
    }

    /// Keeps the member running for as long as `body` takes; throws when it does not become ready.
    private func run(_ server: EtcdServer, on loop: EventLoop, _ body: () async throws -> Void) async throws {
        let output = Mutex<[UInt8]>([])
        var part = server.part(on: loop) { bytes in output.withLock { $0 += bytes } }
        part.declaration.startAttempts = 1
        part.declaration.startLimit = .seconds(180)
        let (changes, report) = AsyncStream.makeStream(of: PartStatus.self)
        let supervisor = Supervisor([part], stateFolder: server.member.folder, on: loop) { report.yield($0) }
        async let running: Void = supervisor.run()
        var outcome = Result<Void, any Error>.success(())
        for await change in changes where change.state == .ready || change.state == .failed {
            if change.state == .ready {
                do { try await body() } catch { outcome = .failure(error) }
            } else {
                let error = await supervisor.preparationError(of: "etcd")
                let text = String(decoding: output.withLock { $0 }, as: UTF8.self)
                outcome = .failure(error ?? ParlorError(.startFailed, "the member does not start", detail: text))
            }
            break
        }
        supervisor.stop()
        await running
        try outcome.get()
    }
}
