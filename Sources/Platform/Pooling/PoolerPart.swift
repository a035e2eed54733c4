package import Basics
package import Loop
package import Processes
import Synchronization

/// A PgBouncer process as a part of the system.
///
/// It is prepared by writing its files, and answers when its console does. Each answer also lets go on what a killed
/// agent left paused. To stop, it first waits for open transactions, then ends.
package struct PoolerPart: Sendable {
    /// The program as Debian installs it.
    package static let debianProgram = "/usr/sbin/pgbouncer"

    private static let interrupt: Int32 = 2
    private static let terminate: Int32 = 15

    private let wholeConfiguration: PoolerConfiguration
    private let share: PoolerShare
    /// Its console.
    package let admin: PoolerAdmin
    /// Its pauses.
    package let pauses: PauseGuard
    private let executable: String
    private let loop: EventLoop

    /// A process; `password` is that of the pooler's role.
    package init(
        _ configuration: PoolerConfiguration, password: Secret, executable: String = PoolerPart.debianProgram,
        on loop: EventLoop
    ) {
        self.init(configuration, executable: executable, share: PoolerShare(password), on: loop)
    }

    private init(
        _ configuration: PoolerConfiguration, executable: String, share: PoolerShare, on loop: EventLoop
    ) {
        wholeConfiguration = configuration
        self.share = share
        self.executable = executable
        self.loop = loop
        admin = PoolerAdmin(configuration, on: loop)
        pauses = PauseGuard(admin, on: loop)
    }

    /// The name of the part.
    package var name: String { configuration.mode == .transaction ? "pooler" : "pooler-sessions" }

    /// How it is configured at the moment.
    package var configuration: PoolerConfiguration {
        var configuration = wholeConfiguration
        configuration.isHalved = share.isHalved
        return configuration
    }

    /// Another process for the same clients on the same port, with a folder of its own and the same share.
    var successor: PoolerPart {
        var configuration = wholeConfiguration
        configuration.folder += "/successor"
        return PoolerPart(configuration, executable: executable, share: share, on: loop)
    }

    /// Says whether the pools have half their size from now on; holds once the settings are written and read again.
    func halve(_ isHalved: Bool) { share.isHalved = isHalved }

    /// Has the process sign in to the servers with another password from now on.
    package func sign(inWith password: Secret) async throws {
        share.password = password
        try configuration.writeUsers(password: password)
        try await admin.reload()
    }

    /// Writes the settings that lead there, and has the process read them.
    func lead(to topology: PoolerTopology) async throws {
        try writeSettings(leading: topology)
        try await admin.reload()
    }

    /// Writes the settings that lead there.
    func writeSettings(leading topology: PoolerTopology) throws(ParlorError) {
        var configuration = configuration
        configuration.topology = topology
        try configuration.writeSettings()
    }

    /// What the supervisor decides by. PgBouncer's own safe stop comes first: it waits for open transactions.
    package func declaration(after dependencies: [String] = []) -> PartDeclaration {
        PartDeclaration(
            name, kind: "pooler", port: configuration.port, after: dependencies, startLimit: .seconds(10),
            stopSteps: [
                .init(Self.interrupt, within: .seconds(20)), .init(Self.terminate, within: .seconds(5)),
            ])
    }

    /// The process itself.
    package var program: Program {
        // It ends with the agent: what nobody turns would lead to a server that leads no more.
        Program(
            executable, [configuration.settingsPath],
            environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": configuration.folder],
            folder: configuration.folder, parentDeathSignal: Self.terminate)
    }

    /// The part for the supervisor. `topology` says where it leads at a start, for it may have turned since.
    package func supervised(
        after dependencies: [String] = [], leading topology: @escaping @Sendable () async -> PoolerTopology,
        output: @escaping @Sendable (ArraySlice<UInt8>) -> Void = { _ in }
    ) -> SupervisedProgram {
        SupervisedProgram(
            declaration(after: dependencies),
            prepare: { try prepare(leading: await topology()) },
            program: { program },
            probe: { try await pauses.mend() },
            output: output)
    }

    /// Makes what the process needs; throws when the machine does not let it serve its clients.
    package func prepare(leading topology: PoolerTopology) throws(ParlorError) {
        guard Files.exists(executable) else {
            throw ParlorError(
                .engineMissing, "PgBouncer is not installed", why: "there is no \(executable)",
                hint: "Run \"apt-get install pgbouncer\" as root.")
        }
        if configuration.mode == .transaction { try DescriptorLimit.ensure(configuration.plan.descriptors.value) }
        var configuration = configuration
        configuration.topology = topology
        try configuration.write(password: share.password)
    }
}

/// Whether two processes share the server connections that are planned for one, and what both sign in with.
private final class PoolerShare: Sendable {
    private let state: Mutex<(isHalved: Bool, password: Secret)>

    init(_ password: Secret) { state = Mutex((false, password)) }

    var isHalved: Bool {
        get { state.withLock { $0.isHalved } }
        set { state.withLock { $0.isHalved = newValue } }
    }

    var password: Secret {
        get { state.withLock { $0.password } }
        set { state.withLock { $0.password = newValue } }
    }
}
