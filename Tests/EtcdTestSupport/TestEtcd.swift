import Basics
public import Etcd
import Glibc
import HTTP
public import Loop
import ServerTestSupport
import Synchronization
public import TLS
import TLSTestSupport

/// A private etcd cluster on 127.0.0.1 that speaks TLS only, to those with a certificate, and ends with the test process.
public final class TestEtcd: Sendable {
    /// A member's place on the machine.
    public struct Member: Sendable {
        /// The name.
        public let name: String
        /// Where clients connect.
        public let client: SocketAddress
        /// The port for clients.
        public let clientPort: Int
        /// The port for the other members.
        public let peerPort: Int
    }

    private static let kind = ServerKind(
        "etcd", user: "nobody", group: "nogroup", ending: .kill, readyWords: "serving client traffic securely")

    /// The members.
    public let members: [Member]
    private let folder: ServerFolder
    /// With what members and clients show who they are.
    public let identity: TLSIdentity
    /// The file of whom they believe.
    public let authorities: String
    private let token = RandomIdentifier.hex(bytes: 4)
    private let processes: Mutex<[Int: ServerProcess]>

    /// Starts a cluster and waits until every member serves.
    public static func started(members count: Int = 1, on loop: EventLoop) async throws -> TestEtcd {
        for _ in 0..<4 {
            let cluster = try TestEtcd(count, on: loop)
            // Another program may take a port between the search for it and its use.
            if (try? await cluster.start(Array(0..<count), on: loop)) != nil { return cluster }
        }
        let cluster = try TestEtcd(count, on: loop)
        try await cluster.start(Array(0..<count), on: loop)
        return cluster
    }

    private init(_ count: Int, on loop: EventLoop) throws {
        members = try (0..<count).map { number in
            let port = try unusedPort(on: loop)
            return Member(
                name: "member-\(number)", client: .tcp(host: "127.0.0.1", port: port), clientPort: port,
                peerPort: try unusedPort(on: loop))
        }
        folder = try ServerFolder(for: Self.kind)
        let authority = try TestAuthority(in: folder.path)
        let issued = try authority.issue(for: ["localhost", "127.0.0.1"], as: .peer)
        // Written again, so that the server's user can read them.
        try folder.write(try Files.readText(authority.certificateFile), to: "authority.pem")
        try folder.write(try Files.readText(issued.chainFile), to: "member.pem")
        try folder.write(try Files.readText(issued.keyFile), to: "member.key")
        identity = TLSIdentity(chainFile: folder.path("member.pem"), keyFile: folder.path("member.key"))
        authorities = folder.path("authority.pem")
        processes = Mutex([:])
    }

    // MARK: - Clients

    /// Leads to every member; with `through`, to other addresses that lead to them.
    public func options(through addresses: [SocketAddress]? = nil, isIdentified: Bool = true) throws -> EtcdOptions {
        let tls = try TLSClient(
            TLSClientOptions(authorities: .file(authorities), identity: isIdentified ? identity : nil))
        let ports = (addresses ?? members.map(\.client)).compactMap { address in
            if case .tcp(_, let port) = address { port } else { nil }
        }
        var options = EtcdOptions(
            endpoints: ports.compactMap { HTTPOrigin(.https, host: "127.0.0.1", port: $0) },
            secure: { try await tls.connect(over: $0, host: $1, within: .seconds(30)) })
        // A loaded machine is no fault, so only tests that are about limits have short ones.
        options.connectLimit = .seconds(20)
        options.attemptLimit = .seconds(20)
        options.limit = .seconds(60)
        options.silenceLimit = .seconds(30)
        return options
    }

    // MARK: - Members

    /// Starts members and waits until they serve.
    public func start(_ numbers: [Int], on loop: EventLoop) async throws {
        let waits = try numbers.map { number in
            let ready = LoopWait<Void>()
            let process = try ServerProcess("/usr/bin/etcd", arguments(members[number]), in: folder) { progress in
                loop.execute {
                    if case .ended(let log) = progress {
                        let text = log.joined(separator: "\n")
                        ready.fail(ParlorError(.startFailed, "the test member did not start", detail: text))
                    }
                    ready.succeed()
                }
            }
            processes.withLock { $0[number] = process }
            return ready
        }
        for wait in waits { try await wait.value(on: loop) }
    }

    /// Kills a member and waits for its end.
    public func kill(_ number: Int) { processes.withLock { $0.removeValue(forKey: number) }?.stop() }

    /// Stops a member in its tracks, as a machine that hangs, until `resume`.
    public func pause(_ number: Int) { signal(number, SIGSTOP) }

    /// Lets a member go on.
    public func resume(_ number: Int) { signal(number, SIGCONT) }

    /// Removes everything that a killed member knew.
    public func wipe(_ number: Int) throws { try Files.remove(folder.path(members[number].name)) }

    /// Kills every member.
    public func stop() { for number in members.indices { kill(number) } }

    private func signal(_ number: Int, _ signal: Int32) {
        let pid = processes.withLock { $0[number]?.pid } ?? 0
        if pid > 0 { Glibc.kill(pid, signal) }
    }

    private func arguments(_ member: Member) -> [String] {
        let client = "https://127.0.0.1:\(member.clientPort)"
        let peer = "https://127.0.0.1:\(member.peerPort)"
        let all = members.map { "\($0.name)=https://127.0.0.1:\($0.peerPort)" }
        let certificate = [authorities, identity.chainFile, identity.keyFile]
        let clientFiles = zip(["--trusted-ca-file", "--cert-file", "--key-file"], certificate)
        let peerFiles = zip(["--peer-trusted-ca-file", "--peer-cert-file", "--peer-key-file"], certificate)
        return [
            "--name", member.name, "--data-dir", folder.path(member.name), "--listen-client-urls", client,
            "--advertise-client-urls", client, "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
            "--initial-cluster", all.joined(separator: ","), "--initial-cluster-token", token, "--client-cert-auth",
            "--peer-client-cert-auth", "--heartbeat-interval", "50", "--election-timeout", "500",
            "--experimental-watch-progress-notify-interval", "500ms", "--logger", "zap",
        ] + clientFiles.flatMap { [$0, $1] } + peerFiles.flatMap { [$0, $1] }
    }
}

/// A port below those that the system gives to outgoing connections, so that none of them takes it in between.
public func unusedPort(on loop: EventLoop) throws -> Int {
    while true {
        let port = Int.random(in: 20_000..<32_000)
        guard let listener = try? Listener(at: .tcp(host: "127.0.0.1", port: port), on: loop) else { continue }
        listener.close()
        return port
    }
}
