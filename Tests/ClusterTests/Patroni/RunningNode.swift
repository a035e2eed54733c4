import Basics
import Configuration
import EtcdTestSupport
import Glibc
import Loop
import Postgres
import Processes
import TLS

@testable import Cluster

/// A node with Patroni and PostgreSQL in a folder of its own, which ends with the test.
struct RunningNode: Sendable {
    let node: PatroniNode
    let patroni: Child
    let loop: EventLoop
    private let log: String

    /// Prepares a node of a new cluster that etcd keeps, and starts its Patroni.
    init(in folder: String, _ profile: FailoverProfile, _ etcd: TestEtcd, on loop: EventLoop) async throws {
        let identity = try Self.copyIdentity(of: etcd, to: folder)
        let machine = Machine(memory: .megabytes(128), cores: 2, disk: Disk(fileSystem: "ext4", kind: .solidState))
        let settings = ServerSettings(.init(machine, .member(replicas: 2), connections: 20))
        let configuration = PatroniConfiguration(
            scope: "parlor",
            node: ClusterNode(
                name: "node1", host: "127.0.0.1", port: try unusedPort(on: loop),
                managementPort: try unusedPort(on: loop)),
            consensus: etcd.members.map { .init(host: "127.0.0.1", port: $0.clientPort) },
            folders: .init(data: "\(folder)/data", socket: "\(folder)/run", files: "\(folder)/files"),
            programs: PostgresInstallation.debianFolder(15), identity: identity,
            accounts: ClusterAccounts(
                superuser: .generate(), replicator: .generate(), rewinder: .generate(), management: .generate()),
            settings: PatroniSettings(
                profile: profile, durability: .synchronous, nodes: 1, parameters: settings.parameters(keptBy: .cluster)),
            parameters: settings.parameters(keptBy: .server), networks: ["127.0.0.1/32"])
        node = PatroniNode(configuration, try Self.installation())
        try node.prepare()
        self.loop = loop
        log = "\(folder)/patroni.log"
        patroni = try await Self.start(node.program, in: folder, log: log, on: loop)
    }

    /// The Patroni that the launcher has installed.
    private static func installation() throws -> PatroniInstallation {
        let checkout = Files.parent(of: Files.parent(of: Files.parent(of: Files.parent(of: #filePath))))
        let own = "\(checkout)/.build/patroni"
        return try PatroniInstallation(
            in: Files.exists("\(own)/complete") ? own : "/usr/local/lib/parlor/patroni")
    }

    private static func copyIdentity(of etcd: TestEtcd, to folder: String) throws -> IdentityFiles {
        func copy(_ file: String, _ name: String) throws -> String {
            try Files.writeAtomically(try Files.readText(file), to: "\(folder)/\(name)")
            return "\(folder)/\(name)"
        }
        return IdentityFiles(
            authority: try copy(etcd.authorities, "authorities.pem"),
            certificate: try copy(etcd.identity.chainFile, "node.pem"),
            key: try copy(etcd.identity.keyFile, "node.key"))
    }

    private static func start(
        _ program: Program, in folder: String, log: String, on loop: EventLoop
    ) async throws -> Child {
        if getuid() == 0 {
            let words = ["-R", "postgres:", folder]
            try await Child.runSuccessfully(Program("/bin/chown", words), within: .seconds(30), on: loop)
        }
        let descriptor = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw ParlorError.systemCall("open", path: log, errno: errno) }
        defer { close(descriptor) }
        // Becoming another user makes the kernel forget what ends with the parent; Patroni takes PostgreSQL along.
        let words = ["--pdeathsig", "TERM", program.executable] + program.arguments
        var unprivileged = Unprivileged.program("/usr/bin/setpriv", words, environment: program.environment)
        unprivileged.folder = program.folder
        return try Child(
            starting: unprivileged, output: .descriptors(output: descriptor, error: descriptor), on: loop)
    }

    /// Kills Patroni and everything that works on the data, and waits for their ends.
    func kill() async throws {
        patroni.signal(SIGKILL)
        _ = try await patroni.exitStatus()
        try await Leftovers.kill(
            "node1", of: "/nowhere", workingIn: node.configuration.folders.data, within: .seconds(30), on: loop)
    }

    /// What Patroni and PostgreSQL have written.
    var output: String { (try? Files.readText(log)) ?? "" }
}
