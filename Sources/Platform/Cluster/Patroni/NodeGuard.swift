package import Basics
package import Etcd
package import Loop
import Processes

/// Guards a node that this machine runs: hears at once when its PostgreSQL ends and when its Patroni falls silent, and
/// performs what `FenceMachine` decides then.
///
/// Everything that happens is taken one after the other, so a fence is complete before anything else is. A node that is
/// to start again waits in `settle` until then.
///
/// On failure: a process that does not die, or etcd that does not take the revocation, leaves everything to the lease,
/// which runs out by itself; nothing is promoted before.
package final class NodeGuard: @unchecked Sendable {
    // Guard of @unchecked Sendable: loop only.

    /// What a guard cannot do by itself.
    package struct Means: Sendable {
        /// Kills the part and every process of it, and comes back when none is left.
        package var kill: @Sendable (_ reason: String) async throws -> Void
        /// Takes a lease away.
        package var revoke: @Sendable (EtcdLease.Identity) async throws -> Void
        /// Hears what was done, and what failed.
        package var report: @Sendable (_ what: String, _ error: ParlorError?) -> Void

        /// The means.
        package init(
            kill: @escaping @Sendable (_ reason: String) async throws -> Void,
            revoke: @escaping @Sendable (EtcdLease.Identity) async throws -> Void,
            report: @escaping @Sendable (_ what: String, _ error: ParlorError?) -> Void
        ) {
            self.kill = kill
            self.revoke = revoke
            self.report = report
        }
    }

    private enum Item {
        case event(FenceMachine.Event)
        case barrier(LoopWait<Void>)
    }

    private static let lookPause = Duration.milliseconds(200)
    private static let askPause = Duration.seconds(1)

    private let node: ClusterNode
    private let dataFolder: String
    private let patroni: PatroniClient
    private let means: Means
    private let loop: EventLoop
    private let items: AsyncStream<Item>
    private let send: AsyncStream<Item>.Continuation
    private var machine: FenceMachine
    private var ends: [LoopWait<Bool>] = []
    /// Why a process of the node could not be killed, as long as that is so.
    private var survivor: ParlorError?
    /// Whether its PostgreSQL runs and is watched.
    private(set) var isServerRunning = false

    /// The guard of `node`, whose PostgreSQL works in `dataFolder`.
    package init(
        _ node: ClusterNode, dataFolder: String, profile: FailoverProfile, patroni: PatroniClient, means: Means,
        on loop: EventLoop
    ) {
        self.node = node
        self.dataFolder = dataFolder
        self.patroni = patroni
        self.means = means
        self.loop = loop
        machine = FenceMachine(node.name, silenceLimit: profile.silenceLimit)
        (items, send) = AsyncStream.makeStream()
    }

    /// The name of the node.
    package var name: String { node.name }

    /// Ends `run`: the node is no more.
    package func stop() { send.finish() }

    /// Takes who leads now.
    package func take(_ leader: ClusterView.Leader?) {
        send.yield(.event(leader.map { .leader(name: $0.node, lease: $0.lease) } ?? .noLeader))
    }

    /// Guards until its task is cancelled.
    package func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { try? await self.watchServer() }
            group.addTask { try? await self.watchPatroni() }
            for await item in items {
                switch item {
                case .event(let event): await take(event)
                case .barrier(let wait): wait.succeed()
                }
            }
            group.cancelAll()
        }
    }

    /// Comes back when nothing of a former life of the node stands against its start: what died was fenced. Throws when
    /// nobody guards any more.
    package func settle() async throws {
        // Ended so recently that the kernel's word is still on its way, or before this agent began.
        if let pid = lockHolder(), !ProcessTable.isAlive(pid) { send.yield(.event(.serverEnded(leavingLock: true))) }
        let wait = LoopWait<Void>()
        if case .terminated = send.yield(.barrier(wait)) { throw CancellationError() }
        try await wait.value(on: loop)
        // Beside a process that did not die nothing is started.
        if survivor != nil {
            try await means.kill("a process of \(node.name) had not died")
            survivor = nil
        }
    }

    /// Comes back when PostgreSQL of this node ends the next time; true when it was told to, and no process of it is left.
    package func serverEnds() async throws -> Bool {
        let wait = LoopWait<Bool>()
        ends.append(wait)
        return try await wait.value(on: loop)
    }

    // MARK: - Watching

    /// What PostgreSQL's lock names; nil when there is none. Without a network, PostgreSQL writes a minus before it.
    private func lockHolder() -> Int32? {
        guard let text = try? Files.readText("\(dataFolder)/postmaster.pid") else { return nil }
        return text.split(separator: "\n").first.flatMap { Int32($0) }.flatMap { Int32(exactly: $0.magnitude) }
    }

    private func watchServer() async throws {
        while true {
            guard let process = server() else {
                try await loop.sleep(for: Self.lookPause)
                continue
            }
            defer { process.close() }
            isServerRunning = true
            defer { isServerRunning = false }
            try await process.ended()
            let leavesLock = lockHolder() == process.pid
            send.yield(.event(.serverEnded(leavingLock: leavesLock)))
            let folder = Files.resolved(dataFolder) ?? dataFolder
            let isOrderly = !leavesLock && ProcessTable.processes(workingIn: folder).isEmpty
            for wait in ends { wait.succeed(isOrderly) }
            ends = []
            // Its lock may stay for a while, and would be looked at again and again.
            try await loop.sleep(for: Self.lookPause)
        }
    }

    /// The process that the lock names, when it is PostgreSQL rather than a stranger that was given its number.
    private func server() -> ProcessWatch? {
        guard let pid = lockHolder(), let process = ProcessWatch(pid, on: loop) else { return nil }
        guard ProcessTable.processes(workingIn: Files.resolved(dataFolder) ?? dataFolder).contains(pid) else {
            process.close()
            return nil
        }
        return process
    }

    private func watchPatroni() async throws {
        // Counted in questions without an answer: this machine may have stood still, and Patroni with it.
        var silence = Duration.zero
        while true {
            let asked = ContinuousClock.now
            if await patroni.isAlive(node, within: Self.askPause) || !isServerRunning {
                silence = .zero
            } else {
                silence += Self.askPause
                send.yield(.event(.silent(silence)))
            }
            try await loop.sleep(for: max(.zero, Self.askPause - asked.duration(to: .now)))
        }
    }

    // MARK: - Acting

    private func take(_ event: FenceMachine.Event) async {
        switch machine.handle(event) {
        case .fence(let reason):
            do {
                try await means.kill(reason)
                survivor = nil
                means.report("fenced \(node.name): \(reason)", nil)
                await take(.fenced)
            } catch {
                survivor = ParlorError(describing: error)
                means.report("\(node.name) could not be fenced, so its lease has to run out", survivor)
                await take(.notFenced)
            }
        case .revoke(let lease):
            do {
                try await means.revoke(lease)
                means.report("handed over the lease of \(node.name)", nil)
            } catch {
                means.report("the lease of \(node.name) has to run out", .init(describing: error))
            }
        case nil: break
        }
    }
}
