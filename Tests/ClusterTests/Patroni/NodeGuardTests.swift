import Basics
import Configuration
import Etcd
import Glibc
import HTTP
import Loop
import Processes
import Synchronization
import TestSupport
import Testing

@testable import Cluster

@Suite struct NodeGuardTests {
    private typealias Deed = GuardRecord.Deed

    private static let own = ClusterView.Leader(node: "node1", lease: .number(7))
    private static let died = Deed.kill("PostgreSQL died")
    private static let stuck = ParlorError(.system, "it does not work")

    /// A guard beside what it guards.
    private struct Scene: Sendable {
        let server: GuardedServer
        let guardian: NodeGuard
        let api: PatroniAPI
        let record: GuardRecord
        let loop: EventLoop

        /// Comes back when the guard watches a server, or has taken its end.
        func watched(_ isRunning: Bool) async throws {
            while guardian.isServerRunning != isRunning { try await loop.sleep(for: .milliseconds(2)) }
        }

        /// Starts the server and waits until the guard watches it.
        func started() async throws -> Child {
            try await watched(false)
            let child = try await server.start()
            try await watched(true)
            return child
        }

        /// Comes back when the guard has taken the end of the server, and all that follows from it is done.
        func settled() async throws {
            try await watched(false)
            try await guardian.settle()
        }
    }

    private typealias Means = @Sendable (GuardedServer, EventLoop) async throws -> Void

    /// Runs `body` beside a guard of a node whose Patroni answers.
    private func withGuard(
        profile: FailoverProfile = .default, through link: String? = nil, kill: @escaping Means = { _, _ in },
        revoke: @escaping Means = { _, _ in }, _ body: @escaping @Sendable (Scene) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            // The server's user must get to its data.
            chmod(folder, 0o755)
            try await PatroniAPI.with { api, client, loop in
                api.answer("/liveness", "")
                let server = try GuardedServer(in: "\(folder)/data", on: loop)
                if let link { #expect(symlink(folder, "\(folder)/\(link)") == 0) }
                let record = GuardRecord()
                let means = record.means(
                    kill: { try await kill(server, loop) }, revoke: { try await revoke(server, loop) })
                let guardian = NodeGuard(
                    api.node, dataFolder: link.map { "\(folder)/\($0)/data" } ?? server.folder, profile: profile,
                    patroni: client, means: means, on: loop)
                let scene = Scene(server: server, guardian: guardian, api: api, record: record, loop: loop)
                try await withThrowingTaskGroup { group in
                    group.addTask { await guardian.run() }
                    defer { group.cancelAll() }
                    try await body(scene)
                }
            }
        }
    }

    // MARK: - PostgreSQL ends

    @Test("A primary that is killed is fenced, then its lease is handed over, and only then it may start again")
    func killed() async throws {
        let gate = LoopWait<Void>()
        try await withGuard(kill: { _, loop in try await gate.value(on: loop) }) { scene in
            let child = try await scene.started()
            scene.guardian.take(Self.own)
            child.signal(SIGKILL)
            await scene.record.wait(for: Self.died)
            // A part that is to start again beside all this.
            let settling = Task(executorPreference: scene.loop) {
                try await scene.guardian.settle()
                scene.record.add(.settled)
            }
            await scene.loop.settle()
            #expect(scene.record.acts == [Self.died])
            gate.succeed()
            try await settling.value
            #expect(scene.record.acts == [Self.died, .revoke(.number(7)), .settled])
            #expect(
                scene.record.reports == [
                    .report("fenced node1: PostgreSQL died", nil), .report("handed over the lease of node1", nil),
                ])
        }
    }

    @Test("A primary that was told to stop, and took its lock along, is left alone")
    func stopped() async throws {
        try await withGuard { scene in
            let child = try await scene.started()
            scene.guardian.take(Self.own)
            child.signal(SIGTERM)
            try await scene.settled()
            #expect(scene.record.deeds.isEmpty)
        }
    }

    @Test(
        "A node that does not hold the lease is left alone however it ends",
        arguments: [ClusterView.Leader(node: "node2", lease: .number(8)), nil])
    func notLeading(leader: ClusterView.Leader?) async throws {
        try await withGuard { scene in
            scene.guardian.take(Self.own)
            scene.guardian.take(leader)
            try await scene.started().signal(SIGKILL)
            try await scene.settled()
            #expect(scene.record.deeds.isEmpty)
        }
    }

    @Test("A data folder behind a symbolic link is guarded, and what works there is killed, like any other")
    func symbolicLink() async throws {
        let kill: Means = { server, loop in
            let link = "\(Files.parent(of: server.folder))/link/data"
            try await Leftovers.kill("node1", of: "/nowhere", workingIn: link, within: .seconds(30), on: loop)
        }
        try await withGuard(through: "link", kill: kill) { scene in
            let child = try await scene.started()
            let backend = try scene.server.startBackend()
            scene.guardian.take(Self.own)
            child.signal(SIGKILL)
            #expect(try await backend.exitStatus() == .signalled(SIGKILL))
            await scene.record.wait(for: .revoke(.number(7)))
            #expect(scene.record.acts == [Self.died, .revoke(.number(7))])
        }
    }

    // MARK: - Means that fail

    @Test("A process that does not die keeps its lease, and the node is fenced when it is next seen to die")
    func notFenced() async throws {
        let attempts = Mutex(0)
        let kill: Means = { _, _ in
            if attempts.withLock({
                $0 += 1; return $0
            }) == 1 {
                throw Self.stuck
            }
        }
        try await withGuard(kill: kill) { scene in
            scene.guardian.take(Self.own)
            try await scene.started().signal(SIGKILL)
            let complaint = Deed.report(
                "node1 could not be fenced, so its lease has to run out", "it does not work")
            await scene.record.wait(for: complaint)
            #expect(scene.record.deeds == [Self.died, complaint])
            try await scene.started().signal(SIGKILL)
            await scene.record.wait(for: .revoke(.number(7)))
            #expect(scene.record.acts == [Self.died, Self.died, .revoke(.number(7))])
        }
    }

    @Test("A lease that cannot be taken away is told, and the guard goes on")
    func notRevoked() async throws {
        let attempts = Mutex(0)
        let revoke: Means = { _, _ in
            if attempts.withLock({
                $0 += 1; return $0
            }) == 1 {
                throw Self.stuck
            }
        }
        try await withGuard(revoke: revoke) { scene in
            scene.guardian.take(Self.own)
            try await scene.started().signal(SIGKILL)
            await scene.record.wait(for: .report("the lease of node1 has to run out", "it does not work"))
            #expect(scene.record.acts == [Self.died, .revoke(.number(7))])
            let child = try await scene.started()
            scene.guardian.take(.init(node: "node1", lease: .number(9)))
            child.signal(SIGKILL)
            await scene.record.wait(for: .report("handed over the lease of node1", nil))
            #expect(scene.record.acts.suffix(2) == [Self.died, .revoke(.number(9))])
        }
    }

    // MARK: - Before a start

    @Test("What died before anybody guarded it is fenced before it starts again")
    func diedBefore() async throws {
        try await withGuard { scene in
            let child = try Child(starting: Program("/bin/true"), on: scene.loop)
            _ = try await child.exitStatus()
            try Files.writeAtomically("\(child.pid)\n", to: "\(scene.server.folder)/postmaster.pid")
            scene.guardian.take(Self.own)
            try await scene.guardian.settle()
            #expect(scene.record.acts == [Self.died, .revoke(.number(7))])
        }
    }

    @Test(
        "No lock, one that names nobody, and one whose number a stranger was given stand against nothing",
        arguments: [nil, "", "nonsense\n", "-1\n", "99999999999999\n", "\(getpid())\n"])
    func nothingLeft(lock: String?) async throws {
        try await withGuard { scene in
            if let lock { try Files.writeAtomically(lock, to: "\(scene.server.folder)/postmaster.pid") }
            scene.guardian.take(Self.own)
            try await scene.guardian.settle()
            #expect(scene.record.deeds.isEmpty)
        }
    }

    @Test("Nothing waits for a guard that has ended")
    func ended() async throws {
        try await PatroniAPI.with { api, client, loop in
            let guardian = NodeGuard(
                api.node, dataFolder: "/nowhere", profile: .default, patroni: client, means: GuardRecord().means(),
                on: loop)
            let running = Task(executorPreference: loop) { await guardian.run() }
            running.cancel()
            await running.value
            await #expect(throws: CancellationError.self) { try await guardian.settle() }
        }
    }

    // MARK: - Patroni falls silent

    @Test("A primary whose Patroni is silent for too long is fenced", arguments: [true, false])
    func silent(isWithoutWords: Bool) async throws {
        try await withGuard(
            profile: .lan,
            kill: { server, loop in
                try await Leftovers.kill(
                    "node1", of: "/nowhere", workingIn: server.folder, within: .seconds(30), on: loop)
            }
        ) { scene in
            let child = try await scene.started()
            scene.guardian.take(Self.own)
            if isWithoutWords {
                scene.api.fallSilent(at: "/liveness")
            } else {
                scene.api.answer("/liveness", "", .serviceUnavailable)
            }
            #expect(try await child.exitStatus() == .signalled(SIGKILL))
            // The killed server leaves its lock; that is no second death.
            try await scene.settled()
            let reason = "Patroni did not answer for \(FailoverProfile.lan.silenceLimit.brief)"
            #expect(scene.record.acts == [.kill(reason), .revoke(.number(7))])
        }
    }
}
