import Basics
import Caching
import Cluster
import Configuration
import Consensus
import Etcd
import HTTP
import Loop
import Migrations
import Pooling
import Postgres
import Processes
import State
import TLS
import Telemetry
import Trust

/// A primary and its replicas on one machine, with all that keeps one of them writable: etcd, Patroni, the poolers, Redis,
/// and the service.
///
/// Where things are decided: Patroni decides who leads, `FenceMachine` when a dead leader is fenced, `PoolerTurnMachine`
/// when the poolers turn. Here the parts are put together and what they need is made.
final class ClusterSystem: SupervisedSystem, @unchecked Sendable {
    // Guard of @unchecked Sendable: what is variable is loop only.

    /// The name of the cluster in etcd.
    static let scope = "parlor"
    private static let fenceLimit = Duration.seconds(10)
    /// The number of the lock that those take who set the database up.
    private static let setUpLock = 0x7061_726C_6F72
    private static let rebuildLimit = Duration.seconds(60)

    /// What was decided at the start, and what was applied since.
    var plan: SystemPlan
    /// Where the parts are; nodes come and go.
    var layout: ClusterLayout
    let installation: PostgresInstallation
    let state: StateFolder
    let places: ClusterPlaces
    let identities: StoredGeneration
    let store: CertificateStore
    let accounts: ClusterAccounts
    /// The nodes that run here.
    var nodes: [PatroniNode] = []
    /// This machine's member of etcd; nil where none is.
    let etcd: EtcdServer?
    /// The way to etcd.
    let consensus: EtcdAccess
    let poolers: [PoolerPart]
    let patroni: PatroniClient
    let leadership: Leadership
    let turn: PoolerTurn
    /// The way to the agents of other hosts; nil on one machine.
    let line: AgentLine?
    /// What is held back for others.
    let holds: HostHolds
    let logger: Logger
    let loop: EventLoop
    private let service: ServicePart
    /// Their guards, in the same order.
    var guards: [NodeGuard] = []
    /// The node that led before the settings' rollout made another one lead.
    var former: String?
    /// What kills and restarts parts, once it runs.
    var supervisor: Supervisor?
    /// Has a guard begin.
    let begin: AsyncStream<NodeGuard>.Continuation
    private let beginning: AsyncStream<NodeGuard>
    private let programs: PatroniInstallation
    private var beganEmpty: Bool
    /// What goes on with keys and passwords.
    let rotation = Rotation()
    private var rebuilds: [String: LoopWait<String?>] = [:]
    /// What looks after the backups.
    lazy var backups = makeBackupKeeper()

    /// Puts the parts together; makes certificates and passwords where there are none.
    init(
        _ plan: SystemPlan, _ layout: ClusterLayout, state: StateFolder, installation: PostgresInstallation,
        patroni programs: PatroniInstallation, migrations: MigrationFolder?, executable: String, logger: Logger,
        on loop: EventLoop
    ) throws {
        let places = ClusterPlaces(state: state)
        let configuration = plan.configuration
        (self.plan, self.layout, self.state, self.places) = (plan, layout, state, places)
        (self.logger, self.loop) = (logger, loop)
        beganEmpty = !layout.ownNodes.contains { places.hasData($0.name) }
        (self.installation, self.programs) = (installation, programs)
        (beginning, begin) = AsyncStream.makeStream()
        store = CertificateStore(folder: places.certificates)
        try store.ensure(layout.certifiedParts(configuration))
        guard let identities = try store.current() else {
            throw ParlorError(.stateFolder, "there are no certificates in \(places.certificates)")
        }
        self.identities = identities
        let secrets = state.secrets
        let accounts = try ClusterAccounts(secrets)
        self.accounts = accounts
        let poolerPassword = try secrets.secret("postgres_pooler")
        etcd = try layout.member(places, identities, token: secrets.secret("etcd_token")).map { EtcdServer($0) }
        let consensus = try layout.consensus(identities.files(for: "agent"))
        self.consensus = consensus
        let client = PatroniClient(
            identities.files(for: "agent"),
            password: { () throws(ParlorError) in try secrets.existing("patroni") ?? accounts.management }, on: loop)
        patroni = client
        let report = Self.report(to: logger)
        leadership = Leadership(
            layout.nodes, scope: Self.scope, on: loop,
            options: { consensus.options },
            goesOn: { node in (try? await client.state(of: node))?.isFailsafe == true }, report: report)
        poolers = try layout.poolers(
            configuration, places, identities, password: poolerPassword, on: loop)
        line = layout.agents.isEmpty ? nil : AgentLine(identities.files(for: AgentLine.part), on: loop)
        holds = HostHolds(poolers)
        let (authority, password) = (identities.files(for: "agent").authority, poolerPassword)
        turn = PoolerTurn(
            poolers, leading: layout.firstTopology, on: loop,
            probing: { node in
                ConnectionOptions(
                    host: node.host, port: node.port, database: "postgres", user: PoolerAuthentication.role,
                    password: (try? secrets.existing("postgres_pooler")) ?? password, sslMode: .verifyFull,
                    applicationName: "parlor agent", connectTimeout: .seconds(2), parameters: ["sslrootcert": authority]
                )
            },
            onTurn: { [leadership, holds] topology in
                leadership.note(topology)
                // Unstructured because a turn waits for nobody.
                Task(executorPreference: loop) { await holds.turned(to: topology.leader) }
            })
        var service = try ServicePart(
            plan, state: state, executable: executable, migrations: migrations, on: loop)
        service.configuration.database.host = HostName.reachable(configuration.database.host)
        service.configuration.database.sslMode = .verifyFull
        service.configuration.database.ssl = .init()
        service.configuration.database.pooled = true
        service.configuration.database.ssl.authority = identities.files(for: "agent").authority
        self.service = service
        let settings = layout.settings(configuration, installation, holding: state.postgres)
        let agreement = PatroniSettings(
            profile: configuration.cluster.profile, durability: configuration.cluster.durability,
            nodes: layout.nodes.count, parameters: settings.parameters(keptBy: .cluster))
        nodes = layout.ownNodes.map { makeNode($0, identities, agreement, settings) }
        guards = nodes.map { makeGuard($0) }
    }

    /// A node as this machine runs it.
    func makeNode(
        _ node: ClusterNode, _ identities: StoredGeneration, _ agreement: PatroniSettings, _ settings: ServerSettings
    ) -> PatroniNode {
        var configuration = PatroniConfiguration(
            scope: Self.scope, node: node, consensus: layout.members.map { .init(host: $0.host, port: $0.port) },
            folders: places.node(node.name), programs: installation.folder,
            identity: identities.files(for: node.name),
            // With the passwords of today.
            accounts: nodes.first?.configuration.accounts ?? accounts, settings: agreement,
            parameters: settings.parameters(keptBy: .server), networks: layout.networks)
        configuration.mayBegin = layout.begins
        configuration.archiveCommand = backupSite.archiveCommand(of: node.name)
        return PatroniNode(configuration, programs)
    }

    /// The guard of a node.
    func makeGuard(_ node: PatroniNode) -> NodeGuard {
        let (consensus, state, loop) = (consensus, state, loop)
        let (name, data) = (node.node.name, node.configuration.folders.data)
        return NodeGuard(
            node.node, dataFolder: data, profile: plan.configuration.cluster.profile, patroni: patroni,
            means: .init(
                kill: { [weak self] reason in
                    self?.supervisor?.kill(name, reason: reason)
                    try await Leftovers.kill(
                        name, of: state.path, workingIn: data, within: Self.fenceLimit, on: loop)
                },
                revoke: { try await Self.revoke($0, through: consensus, on: loop) }, report: Self.report(to: logger)),
            on: loop)
    }

    /// How long a start waits for a leader: on several hosts for as long as the others take to come up.
    private var leaderLimit: Duration { .seconds(layout.otherAgents.isEmpty ? 120 : 365 * 86_400) }

    func revoke(_ lease: EtcdLease.Identity) async throws {
        try await Self.revoke(lease, through: consensus, on: loop)
    }

    private static func revoke(
        _ lease: EtcdLease.Identity, through consensus: EtcdAccess, on loop: EventLoop
    ) async throws {
        let client = try EtcdClient(consensus.options, on: loop)
        defer { client.close() }
        _ = try await client.revoke(lease)
    }

    private static func report(to logger: Logger) -> @Sendable (String, ParlorError?) -> Void {
        { what, error in
            if let error {
                logger.warning("trouble in the cluster", error: error, [.reason: what])
            } else {
                logger.info("news of the cluster", [.reason: what])
            }
        }
    }

    // MARK: - Beside the parts

    func run(beside supervisor: Supervisor) async {
        self.supervisor = supervisor
        for nodeGuard in guards { leadership.tell(nodeGuard) }
        let keeping = SchemaKeeping(
            options: { await self.superuserOfLeader(to: self.plan.configuration.database.name) }, logger: logger,
            loop: loop)
        await withDiscardingTaskGroup { group in
            group.addTask { await self.leadership.run() }
            group.addTask { await self.leadership.askLast() }
            group.addTask { await self.turn.run() }
            group.addTask { await keeping.run() }
            group.addTask { await self.keepCertificates(supervisor) }
            group.addTask { await self.serveOthers() }
            group.addTask { await self.keepConsensusApart() }
            group.addTask { await self.correctSeat() }
            group.addTask { await self.backups.run() }
            for nodeGuard in guards { begin.yield(nodeGuard) }
            for await nodeGuard in beginning { group.addTask { await nodeGuard.run() } }
        }
    }

    private func superuserOfLeader(to database: String) async -> ConnectionOptions? {
        leadership.leader.map { superuser(of: $0, to: database) }
    }

    /// Waits for a primary, and makes there what everybody else needs: accounts, the database, the pooler's function.
    private func setUpDatabase() async throws {
        guard let setup = service.setup else { return }
        let node = try await writableLeader(within: leaderLimit)
        let superuser = { (database: String) in self.superuser(of: node, to: database) }
        let session = try await PostgresSession.connect(superuser("postgres"), on: loop)
        defer { session.close() }
        // Every host does the same, and what one makes the others find.
        try await session.query("SELECT pg_advisory_lock($1)", Self.setUpLock)
        try await AccountSetup(
            PoolerAuthentication.role, try state.secrets.secret("postgres_pooler"),
            "NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT"
        ).apply(on: session, superuser("postgres"), loop)
        try await setup.apply(as: superuser, on: loop)
        let inside = try await PostgresSession.connect(superuser(setup.database), on: loop)
        defer { inside.close() }
        try await inside.execute(PoolerAuthentication.functionScript)
        // Nobody may connect who is not named.
        let (database, pooler) = (quoteIdentifier(setup.database), quoteIdentifier(PoolerAuthentication.role))
        try await inside.execute("GRANT CONNECT ON DATABASE \(database) TO \(pooler)")
        try await syncFirstData()
        leadership.tell(turn)
    }

    /// initdb does not wait for the disk file by file; the whole file system is written once instead, before anybody works
    /// with what was made.
    private func syncFirstData() async throws {
        guard beganEmpty else { return }
        beganEmpty = false
        let sync = Program(
            "/bin/sync", ["--file-system", state.postgres], environment: Leftovers.mark(of: "postgres", in: state.path))
        try await Child.runSuccessfully(sync, within: .seconds(120), on: loop)
    }

    private func deploy() async throws {
        guard let setup = service.setup else { return }
        let node = try await writableLeader(within: leaderLimit)
        try await service.deploy(as: superuser(of: node, to: setup.database))
    }

    // MARK: - The parts

    func parts() throws(ParlorError) -> [SupervisedProgram] {
        let log = plan.configuration.log
        // A host without a node waits for the leader that it finds in etcd.
        let poolersFollow = nodes.map(\.node.name)
        var parts: [SupervisedProgram] = []
        if let etcd {
            var part = etcd.part(on: loop, output: try state.log("etcd", log))
            part.prepare = {
                self.rotation.starts("etcd", with: etcd.member.certificates.authority)
                try await self.seated(etcd).prepare()
            }
            parts.append(part)
        }
        for (node, nodeGuard) in zip(nodes, guards) { parts.append(try supervised(node, nodeGuard)) }
        for server in try layout.redisServers(plan.configuration, places, identities, state.secrets) {
            parts.append(try supervised(server))
        }
        for pooler in poolers {
            var part = pooler.supervised(
                after: poolersFollow, leading: { [leadership, turn] in leadership.topology ?? turn.current },
                output: try state.log(pooler.name, log))
            if !poolersFollow.isEmpty { part.declaration.dependenciesNeeded = 1 }
            let prepare = part.prepare
            part.prepare = {
                // Both may begin at once, and what one makes the other finds.
                if pooler.configuration.mode == .transaction { try await self.setUpDatabase() }
                try await prepare()
            }
            parts.append(part)
        }
        return try parts + service.supervised(after: [poolers[0].name], prepare: { try await self.deploy() })
    }

    /// A node that has nothing waits for one that has something, so that nobody begins a new cluster beside old data.
    func supervised(_ node: PatroniNode, _ nodeGuard: NodeGuard) throws(ParlorError) -> SupervisedProgram {
        let name = node.node.name
        let rich = nodes.map(\.node.name).filter { places.hasData($0) }
        let isPoor = !rich.isEmpty && !rich.contains(name)
        var declaration = node.declaration(after: isPoor ? rich : etcd == nil ? [] : ["etcd"])
        if isPoor { declaration.dependenciesNeeded = 1 }
        // It may have to wait for other hosts, however long they take.
        if !layout.otherAgents.isEmpty { declaration.startLimit = .seconds(365 * 86_400) }
        return SupervisedProgram(
            declaration,
            prepare: {
                try await nodeGuard.settle()
                try await self.setDataAside(node)
                // With the settings that hold now.
                let current = self.nodes.first { $0.node.name == name } ?? node
                try self.backupSite.prepare(current.backedUp)
                try current.prepare()
            },
            program: { node.program },
            probe: { [patroni] in
                let found = try await patroni.state(of: node.node)
                guard found.state == "running" else {
                    throw ParlorError(.unhealthy, "PostgreSQL of \(name) is \(found.state)")
                }
            }, output: try state.log(name, plan.configuration.log))
    }

    // MARK: - New data for a replica

    /// Ends a node and has it begin without data; comes back with where its data was set aside, if it had any.
    func replaceData(of index: Int) async throws -> String? {
        let name = nodes[index].node.name
        guard rebuilds[name] == nil else {
            throw ParlorError(.cluster, "\(name) is being rebuilt already", hint: "Wait until that is done.")
        }
        let wait = LoopWait<String?>()
        rebuilds[name] = wait
        defer { rebuilds[name] = nil }
        supervisor?.kill(name, reason: "rebuilt")
        let timer = loop.schedule(after: Self.rebuildLimit) {
            wait.fail(
                ParlorError(
                    .timeout, "\(name) was not started again", why: "it took longer than \(Self.rebuildLimit.brief)",
                    hint: "See what it does with \"./parlor status\"."))
        }
        defer { timer.cancel() }
        return try await wait.value(on: loop)
    }

    private func setDataAside(_ node: PatroniNode) async throws {
        guard let wait = rebuilds.removeValue(forKey: node.node.name) else { return }
        let folders = node.configuration.folders
        do {
            // Patroni is gone; the server that it started may not be.
            try await Leftovers.kill(
                node.node.name, of: state.path, workingIn: folders.data, within: Self.fenceLimit, on: loop)
            var aside: String?
            if Files.exists(folders.data) {
                let place = "\(folders.data).aside-\(Timestamp.now().rfc3339Seconds)"
                try Files.move(folders.data, to: place)
                aside = place
            }
            wait.succeed(aside)
        } catch {
            wait.fail(error)
            throw error
        }
    }

    private func supervised(_ server: RedisServer) throws(ParlorError) -> SupervisedProgram {
        let loop = self.loop
        return SupervisedProgram(
            server.declaration,
            prepare: {
                self.rotation.starts(server.name, with: server.certificate)
                try self.withCurrentPassword(server).prepare()
            }, program: { server.program },
            probe: { try await self.withCurrentPassword(server).probe(on: loop) },
            output: try state.log(server.name, plan.configuration.log))
    }
}

extension ClusterAccounts {
    /// Those of a state folder, made where they are missing.
    init(_ secrets: SecretStore) throws(ParlorError) {
        self.init(
            superuser: try secrets.secret("postgres_superuser"), replicator: try secrets.secret("postgres_replicator"),
            rewinder: try secrets.secret("postgres_rewinder"), management: try secrets.secret("patroni"))
    }
}

extension StoredGeneration {
    /// The files by which a part shows who it is, by names that never change: a rotation has the parts read them again.
    func files(for part: String) -> IdentityFiles {
        let folder = "\(Files.parent(of: Files.parent(of: folder)))/current"
        return IdentityFiles(
            authority: "\(folder)/ca.crt", certificate: "\(folder)/\(part).crt", key: "\(folder)/\(part).key")
    }

    /// The files of this very generation, for those who notice a change by the name.
    func ownFiles(for part: String) -> IdentityFiles {
        let own = files(of: part)
        return IdentityFiles(authority: authoritiesFile, certificate: own.chainFile, key: own.keyFile)
    }
}
