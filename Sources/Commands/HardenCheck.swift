import Agent
import Basics
import Cluster
import Configuration
import Hardening
import Processes
import State

extension Command {
    /// `parlor harden check`.
    static let hardenCheck = Command(
        CommandDeclaration(
            name: "check",
            group: .operations,
            summary: "Try every line of the hardening checklist on the running system",
            discussion: """
                Each line is tried: a connection without encryption, a wrong password, a client without a certificate,
                a statement that the service's role must not run. What should be refused must be, and beside it the
                right one must get in, or else the line proves nothing. It changes nothing; the servers log that they
                refused somebody.

                What is not checked stands in docs/hardening.md.
                """,
            options: [.json],
            examples: [
                .init("parlor harden check", "Try every line"),
                .init("parlor harden check --json", "The same for a program"),
            ],
            success: "no line failed",
            failures: [.unhealthy, .notRunning, .cluster] + ErrorCode.stateFailures),
        work: { try await check($0) })

    private static func check(_ invocation: Invocation) async throws {
        let system = try await HardenedSystem(Workplace(invocation), invocation)
        var results: [HardeningResult] = []
        for check in HardeningCheck.all { results.append(await check.run(on: system, invocation.loop)) }
        let (report, terminal) = (HardeningReport(results), invocation.terminal)
        if invocation.command.has(.json) {
            try terminal.write(report.json.pretty + "\n")
        } else {
            let lines = HardeningView(report).lines(width: terminal.width, inColor: terminal.allowsColor())
            try terminal.write(lines.map { "\($0)\n" }.joined())
        }
        guard report.isSound else { throw AlreadySaid(.unhealthy) }
    }
}

extension HardenedSystem {
    /// The system that runs for a state folder, as its user sees it.
    init(_ workplace: Workplace, _ invocation: Invocation) async throws {
        guard let state = try workplace.enterStateFolder() else { throw Invocation.nothingRuns }
        let agent = AgentClient(state, on: invocation.loop)
        let addresses = try await agent.addresses()
        guard let parts = try await agent.status()?.parts else { throw Invocation.nothingRuns }
        let leader = try await agent.cluster()?.leader
        let secrets = try state.secrets.all()
        func account(_ name: String, _ file: String, _ own: Secret? = nil) throws -> Account {
            if let own { return Account(name, own) }
            guard let secret = secrets.first(where: { $0.name == file }) else {
                throw ParlorError(
                    .stateFolder, "there is no secret \(file)", hint: "Start the cluster with \"./parlor up\".")
            }
            return Account(name, secret.value)
        }
        func place(_ owner: String, _ address: ClusterAddresses.Address) -> Place {
            Place(owner, address.host, address.port)
        }
        let (configuration, access) = (workplace.configuration, NodeAccess(state))
        self.init(
            folder: state.path, owner: workplace.account.user, administrator: workplace.account.name,
            nodes: addresses.nodes.map { node in
                Node(
                    name: node.name, database: Place(node.name, node.host, node.port),
                    management: Place("Patroni of \(node.name)", node.host, node.managementPort),
                    socketFolder: access.socketFolder(of: node.name))
            },
            leader: leader,
            consensus: [place("etcd", addresses.consensus), place("etcd's peers", addresses.consensusPeers)],
            poolers: [
                place("the pooler", addresses.pooler), place("the pooler for sessions", addresses.sessionPooler),
            ],
            caches: [place("the cache", addresses.cache), place("the queue", addresses.queue)],
            agent: addresses.agent.map { place("the agent", $0) }, service: place("the service", addresses.service),
            database: addresses.database,
            superuser: try account(ClusterAccounts.superuser, "postgres_superuser"),
            serviceRole: try account(
                addresses.user, "database_\(addresses.user)", configuration.database.password),
            poolerRole: try account("pooler", "postgres_pooler"),
            rewinder: try account(ClusterAccounts.rewinder, "postgres_rewinder"),
            management: try account(ClusterAccounts.management, "patroni"),
            redis: try account("default", "redis", configuration.redis.password),
            secrets: secrets, certificates: "\(state.path)/certificates",
            processes: Self.processes(parts, state))
    }

    private static func processes(_ parts: [PartStatus], _ state: StateFolder) -> [Int32] {
        let table = ProcessTable()
        let agent = (try? state.holder()) ?? nil
        return Set((parts.compactMap(\.pid) + [agent].compactMap(\.self)).flatMap { table.family(of: $0) }).sorted()
    }
}
