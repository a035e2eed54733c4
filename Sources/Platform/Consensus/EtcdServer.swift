package import Basics
package import Etcd
package import HTTP
package import Loop
package import Processes

/// A member of etcd that Parlor configures and runs.
///
/// Before every start the configuration is written and `EtcdStart` decides whether the start may be. What has had data is
/// marked: at the next start at the latest, as a rule when the member answers for the first time.
///
/// On failure: a member that ends is started again. One that is there but cannot serve, because more than half of the
/// others are missing, is not: that would take away what the others need to come back.
package struct EtcdServer: Sendable {
    /// Where Debian puts the program.
    package static let debianProgram = "/usr/bin/etcd"
    private static let terminate: Int32 = 15

    /// The member.
    package var member: EtcdMember
    /// The program.
    package var executable: String

    /// A member that this program runs.
    package init(_ member: EtcdMember, executable: String = EtcdServer.debianProgram) {
        self.member = member
        self.executable = executable
    }

    // MARK: - Starting

    /// Makes sure that a start does no harm, and writes the configuration.
    package func prepare() throws(ParlorError) {
        guard Files.exists(executable) else {
            throw ParlorError(
                .engineMissing, "etcd is not installed", hint: "Run \"apt-get install etcd-server\" as root.")
        }
        try member.check()
        try Files.makeFolder(member.folder)
        let marker = try EtcdMarker.read(in: member.folder)
        let start = try EtcdStart.decide(member, hasData: try hasData(), marker: marker)
        if start == .resume, marker == nil { try EtcdMarker().write(in: member.folder) }
        try Files.makeFolder(member.dataFolder)
        try Files.writeAtomically(member.configurationFile, to: member.configurationPath)
    }

    /// Whether the member has never had data: a first start, or one on a new machine.
    package var isNew: Bool {
        get throws(ParlorError) {
            if try hasData() { return false }
            return try EtcdMarker.read(in: member.folder) == nil
        }
    }

    /// etcd itself takes a folder without a log for an empty one, whatever else lies there.
    private func hasData() throws(ParlorError) -> Bool {
        let logs = "\(member.dataFolder)/member/wal"
        guard try Files.status(logs)?.kind == .folder else { return false }
        return try Files.list(logs).contains { $0.hasSuffix(".wal") }
    }

    /// The program. Nothing that it needs to be kept from others stands among its arguments.
    package var program: Program {
        Program(
            executable, ["--config-file=\(member.configurationPath)"],
            environment: ["PATH": "/usr/bin:/bin", "HOME": member.folder, "LC_ALL": "C.UTF-8", "TZ": "UTC"],
            folder: member.folder, parentDeathSignal: Self.terminate)
    }

    /// The member as a part of the system.
    package var declaration: PartDeclaration {
        PartDeclaration(
            "etcd", kind: "consensus", port: member.clientPort,
            // A member that starts waits for the others, however long they take; restarting it would not help them.
            startLimit: .seconds(365 * 86_400), stopSteps: [.init(Self.terminate, within: .seconds(10))],
            isRestartedWhenUnresponsive: false)
    }

    /// The part as the supervisor runs it; `output` takes what etcd logs.
    package func part(
        on loop: EventLoop, output: @escaping @Sendable (ArraySlice<UInt8>) -> Void = { _ in }
    ) -> SupervisedProgram {
        SupervisedProgram(
            declaration, prepare: { try prepare() }, program: { program },
            probe: { try await probe(on: loop) }, output: output)
    }

    // MARK: - Asking

    /// How to reach the member, or other members, with its own certificate.
    package func options(through endpoints: [HTTPOrigin]? = nil) throws(ParlorError) -> EtcdOptions {
        let own = try EtcdAccess.endpoint(member.host, member.clientPort)
        return EtcdAccess(endpoints ?? [own], member.certificates).options
    }

    /// Returns when the member can serve, throws the reason when it cannot; marks it when it answers for the first time.
    package func probe(on loop: EventLoop, within limit: Duration = .seconds(2)) async throws {
        var options = try options()
        options.connectLimit = limit
        options.attemptLimit = limit
        let client = try EtcdClient(options, on: loop)
        defer { client.close() }
        let health = try await client.health(at: options.endpoints[0])
        guard health.isHealthy else {
            let reason = health.reason.map { ": \($0)" } ?? ""
            throw ParlorError(
                .unhealthy, "the etcd member \(member.name) cannot serve\(reason)",
                why: "the cluster has no leader, or its storage is full",
                hint: "Start the members that are down: etcd serves when more than half of them reach each other.")
        }
        try recognise(try await client.status(at: options.endpoints[0]).header.cluster)
    }

    /// Marks a member with its cluster, or holds it against the marker.
    private func recognise(_ cluster: UInt64) throws(ParlorError) {
        guard let known = try EtcdMarker.read(in: member.folder)?.cluster else {
            return try EtcdMarker(cluster: cluster).write(in: member.folder)
        }
        guard known != cluster else { return }
        throw ParlorError(
            .unhealthy, "the data of the etcd member \(member.name) is that of another cluster",
            why: "it was a member of \(String(known, radix: 16)) and says it is one of \(String(cluster, radix: 16))",
            hint: "Stop the member, and put back the data that belongs to \(EtcdMarker.path(in: member.folder)).")
    }
}
