import Basics
import Cluster
import Etcd
import Loop
import Pooling
import Processes

/// Knows who leads, and tells those who must act on it: the guards of this machine's nodes, the poolers, and whoever waits
/// for a leader.
///
/// It learns everything from etcd, by a watch. While etcd cannot be reached, what was known last holds: the poolers go on
/// leading to a primary that may go on too. A primary that is alone in not reaching etcd goes on as well while all nodes
/// agree; its lease runs out then, so it is asked itself.
final class Leadership: @unchecked Sendable {
    // Guard of @unchecked Sendable: loop only.

    private static let askPause = Duration.seconds(1)

    /// The nodes that this machine was told of.
    private var known: [ClusterNode]
    /// Those that were taken out: what etcd still says of them for a while is not news.
    private var gone: Set<String> = []
    private let watch: ClusterWatch
    private let options: @Sendable () throws(ParlorError) -> EtcdOptions
    private let goesOn: @Sendable (ClusterNode) async -> Bool
    private let report: @Sendable (_ what: String, _ error: ParlorError?) -> Void
    private let loop: EventLoop
    private var guards: [NodeGuard] = []
    private var turn: PoolerTurn?
    private var waiting: [LoopWait<Void>] = []
    private var lastTopology: PoolerTopology??
    private var turns: [(leader: ClusterNode, wait: LoopWait<ContinuousClock.Instant>)] = []

    /// Who led last, and whether it goes on without a lease.
    private var last: (node: ClusterNode, goesOn: Bool)?

    /// What is known.
    private(set) var view: ClusterView

    /// Of these nodes, in the cluster of the name `scope`; `options` lead to etcd; `goesOn` asks a node whether
    /// it is a primary without a lease.
    init(
        _ nodes: [ClusterNode], scope: String, on loop: EventLoop,
        options: @escaping @Sendable () throws(ParlorError) -> EtcdOptions,
        goesOn: @escaping @Sendable (ClusterNode) async -> Bool,
        report: @escaping @Sendable (_ what: String, _ error: ParlorError?) -> Void
    ) {
        known = nodes
        self.options = options
        self.goesOn = goesOn
        self.report = report
        self.loop = loop
        watch = ClusterWatch(scope, on: loop)
        view = ClusterView(of: scope)
    }

    /// All nodes: those that this machine was told of, and those that have joined since on other hosts.
    var nodes: [ClusterNode] {
        let names = gone.union(known.map(\.name))
        let others = view.members.values.compactMap(\.node).filter { !names.contains($0.name) }
        return known + others.sorted { $0.name < $1.name }
    }

    /// The node that leads; nil when nobody does, or a stranger.
    var leader: ClusterNode? { view.leader.flatMap { leader in nodes.first { $0.name == leader.node } } }

    /// Counts a node in.
    func add(_ node: ClusterNode) {
        known.append(node)
        gone.remove(node.name)
    }

    /// Counts a node out, with its guard.
    func remove(_ name: String) {
        known.removeAll { $0.name == name }
        gone.insert(name)
        guards.removeAll { $0.name == name }
        tellPoolers()
    }

    /// Has a guard hear of every change of the leader.
    func tell(_ nodeGuard: NodeGuard) {
        guards.append(nodeGuard)
        nodeGuard.take(view.leader)
    }

    /// Has the poolers follow the leader from now on.
    func tell(_ turn: PoolerTurn) {
        guard self.turn == nil else { return }
        self.turn = turn
        tellPoolers()
    }

    /// Comes back with the node that leads, as soon as one does; throws after `limit`.
    func leader(within limit: Duration) async throws -> ClusterNode {
        let deadline = ContinuousClock.now + limit
        while true {
            if let leader { return leader }
            let wait = LoopWait<Void>()
            waiting.append(wait)
            let timer = loop.schedule(after: max(.zero, deadline - .now)) {
                wait.fail(
                    ParlorError(
                        .cluster, "no node leads the cluster", why: "none was elected within \(limit.brief)",
                        hint: "See what the nodes wrote with \"./parlor logs node1\"."))
            }
            defer { timer.cancel() }
            try await wait.value(on: loop)
        }
    }

    /// Comes back with the moment at which the poolers were turned to a node; throws after `limit`.
    func turned(to node: ClusterNode, within limit: Duration) async throws -> ContinuousClock.Instant {
        let wait = LoopWait<ContinuousClock.Instant>()
        turns.append((node, wait))
        let timer = loop.schedule(after: limit) {
            wait.fail(
                ParlorError(
                    .timeout, "\(node.name) did not take over", why: "it took longer than \(limit.brief)",
                    hint: "See who leads with \"./parlor cluster status\"."))
        }
        defer { timer.cancel() }
        return try await wait.value(on: loop)
    }

    /// Takes that the poolers lead there now.
    func note(_ topology: PoolerTopology) {
        report("the poolers lead to \(topology.leader.host):\(topology.leader.port)", nil)
        let now = ContinuousClock.now
        for turn in turns where place(turn.leader) == topology.leader { turn.wait.succeed(now) }
        turns.removeAll { place($0.leader) == topology.leader }
    }

    /// Follows the cluster until its task is cancelled.
    func run() async {
        do {
            try await watch.run(
                try options(), lost: { report("etcd cannot be asked who leads", ParlorError(describing: $0)) },
                tell: { take($0) })
        } catch is CancellationError {
        } catch {
            report("the cluster is not followed any more", ParlorError(describing: error))
        }
    }

    /// Asks whoever led last, while nobody does, whether it goes on; until its task is cancelled.
    func askLast() async {
        while (try? await loop.sleep(for: Self.askPause)) != nil {
            guard view.leader == nil, let asked = last else { continue }
            let goesOn = await goesOn(asked.node)
            guard view.leader == nil, goesOn != last?.goesOn else { continue }
            last?.goesOn = goesOn
            report("\(asked.node.name) \(goesOn ? "goes on" : "does not go on") without a lease", nil)
            tellPoolers()
        }
    }

    private func take(_ view: ClusterView) {
        let before = self.view
        self.view = view
        if view.leader != before.leader {
            report(view.leader.map { "\($0.node) leads" } ?? "nobody leads", nil)
            for nodeGuard in guards { nodeGuard.take(view.leader) }
        }
        if let leader { last = (leader, goesOn: false) }
        tellPoolers()
        guard leader != nil else { return }
        let waits = waiting
        waiting = []
        for wait in waits { wait.succeed() }
    }

    /// Where the poolers are to lead; nil while nobody takes writes.
    var topology: PoolerTopology? {
        let withoutLease = last.flatMap { view.leader == nil && $0.goesOn ? $0.node : nil }
        return (leader ?? withoutLease).map { leader in
            PoolerTopology(leader: place(leader), replicas: nodes.filter { view.readable.contains($0.name) }.map(place))
        }
    }

    private func tellPoolers() {
        guard let turn else { return }
        let topology = self.topology
        // Nodes write down every second how far they are; that turns nothing.
        guard topology != lastTopology else { return }
        lastTopology = topology
        turn.leader(topology)
    }

    private func place(_ node: ClusterNode) -> PoolerNode { PoolerNode(host: node.host, port: node.port) }
}
