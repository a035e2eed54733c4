import Basics
import Configuration
import Etcd
import EtcdTestSupport
import Loop
import Postgres
import Processes
import TestSupport
import Testing

@testable import Cluster

@Suite struct PatroniNodeTests {
    private static let limit = Duration.seconds(30)

    /// A node and those who watch it.
    private struct Scene: Sendable {
        let running: RunningNode
        let client: PatroniClient
        let etcd: EtcdClient
        let loop: EventLoop
        let views: AsyncStream<ClusterView>
        let tell: AsyncStream<ClusterView>.Continuation

        var node: ClusterNode { running.node.node }

        /// The first view from now on of which `isEnough` holds.
        func view(_ isEnough: (ClusterView) -> Bool) async throws -> ClusterView {
            for await view in views where isEnough(view) { return view }
            throw ParlorError(.startFailed, "the node ended", detail: running.output)
        }

        /// Waits until the node leads and takes writes; a node that does not come up keeps nobody waiting.
        func leading() async throws -> ClusterView.Leader {
            let end = Task(executorPreference: loop) {
                _ = try await running.patroni.exitStatus()
                tell.finish()
            }
            defer { end.cancel() }
            let view = try await view { $0.leader?.node == "node1" && $0.members["node1"]?.role == .primary }
            return try #require(view.leader)
        }

        /// What a statement of the superuser gives.
        func text(_ sql: String, _ change: (inout ConnectionOptions) -> Void = { _ in }) async throws -> String? {
            var options = running.node.superuser()
            change(&options)
            let session = try await PostgresSession.connect(options, on: loop)
            defer { session.close() }
            return try await session.text(sql)
        }
    }

    private func withNode(
        _ profile: FailoverProfile, _ body: @escaping @Sendable (Scene) async throws -> Void
    ) async throws {
        try await withEtcd { etcd, loop in
            try await withTemporaryFolder { folder in
                let running = try await RunningNode(in: folder, profile, etcd, on: loop)
                let (views, tell) = AsyncStream.makeStream(of: ClusterView.self)
                let configuration = running.node.configuration
                let scene = Scene(
                    running: running,
                    client: PatroniClient(
                        configuration.identity, password: { configuration.accounts.management }, on: loop),
                    etcd: try EtcdClient(etcd.options(), on: loop), loop: loop, views: views, tell: tell)
                defer { scene.etcd.close() }
                try await withThrowingTaskGroup { group in
                    group.addTask {
                        try await ClusterWatch("parlor", on: loop).run(etcd.options()) { tell.yield($0) }
                    }
                    defer { group.cancelAll() }
                    do { try await body(scene) } catch {
                        try? await running.kill()
                        throw error
                    }
                    try await running.kill()
                }
            }
        }
    }

    @Test("A node becomes the leader of a new cluster, and is what was declared", .timeLimit(.minutes(2)))
    func declared() async throws {
        try await withNode(.default) { scene in
            let leader = try await scene.leading()
            let lease = try #require(try await scene.etcd.status(of: leader.lease))
            #expect(lease.granted == .seconds(20))
            try await answers(scene)
            try await settings(scene)
            try await refusals(scene)
        }
    }

    private func answers(_ scene: Scene) async throws {
        let state = try await scene.client.state(of: scene.node, within: Self.limit)
        #expect(state.role == .primary && state.state == "running" && state.timeline == 1)
        #expect(!state.isRestartPending)
        let members = try await scene.client.members(seenBy: scene.node, within: Self.limit)
        #expect(members.map(\.name) == ["node1"] && members.map(\.role) == [.leader])
        #expect(members.map(\.isWell) == [true] && members.map(\.port) == [scene.node.port])
        let history = try await scene.client.history(seenBy: scene.node, within: Self.limit)
        #expect(history.isEmpty)
        // On a busy machine its round in which the cluster begins may take longer than it allows itself.
        let deadline = ContinuousClock.now + Self.limit
        while await !scene.client.isAlive(scene.node, within: Self.limit) {
            try #require(ContinuousClock.now < deadline)
        }
    }

    private func settings(_ scene: Scene) async throws {
        let expected = [
            "synchronous_commit": "on", "ssl": "on", "ssl_min_protocol_version": "TLSv1.2", "wal_log_hints": "on",
            "wal_sender_timeout": "5s", "wal_retrieve_retry_interval": "500ms", "data_checksums": "on",
            "password_encryption": "scram-sha-256", "server_encoding": "UTF8", "tcp_keepalives_idle": "3",
            "max_wal_senders": "10", "hot_standby": "on",
        ]
        for (name, value) in expected {
            let found = try await scene.text("SELECT current_setting('\(name)')") { options in
                // Of a connection in the file system the system keeps nothing alive.
                if name.hasPrefix("tcp_") { encrypt(&options, scene) }
            }
            #expect(found == value, "\(name)")
        }
        // Without a replica, writes go on.
        let session = try await PostgresSession.connect(scene.running.node.superuser(), on: scene.loop)
        defer { session.close() }
        try await session.query("CREATE TABLE kept (id int)")
    }

    private func encrypt(_ options: inout ConnectionOptions, _ scene: Scene) {
        options.host = "127.0.0.1"
        options.sslMode = .verifyFull
        options.parameters["sslrootcert"] = scene.running.node.configuration.identity.authority
    }

    private func refusals(_ scene: Scene) async throws {
        let refused = await #expect(throws: (any Error).self) {
            try await scene.text("SELECT 1") { options in
                options.host = "127.0.0.1"
                options.sslMode = .disable
            }
        }
        let words = refused.map { ParlorError(describing: $0).debugDescription } ?? ""
        #expect(words.contains("no encryption"), "\(words)")
        let isEncrypted = try await scene.text(
            "SELECT ssl::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()", { encrypt(&$0, scene) })
        #expect(isEncrypted == "true")
        let error = try await #require(throws: ParlorError.self) {
            try await scene.client.switchOver(from: scene.node, to: "node9")
        }
        #expect(error.code == .cluster && error.summary.hasPrefix("node1 refuses switchover: "))
        let stranger = PatroniClient(
            scene.running.node.configuration.identity, password: { Secret("of another cluster") }, on: scene.loop)
        let unknown = try await #require(throws: ParlorError.self) { try await stranger.reload(scene.node) }
        #expect(unknown.summary == "node1 refuses reload: not authenticated")
        try await scene.client.reload(scene.node)
    }

    @Test(
        "A killed node leaves its key until its lease is revoked, and then it goes at once", .timeLimit(.minutes(2)))
    func killed() async throws {
        try await withNode(.lan) { scene in
            let leader = try await scene.leading()
            let lease = try #require(try await scene.etcd.status(of: leader.lease))
            #expect(lease.granted == .seconds(5), "Patroni has raised the time that it was told")
            // As a node does that is not heard of: its lease must not run out by itself here.
            let keeper = Task(executorPreference: scene.loop) {
                while try await scene.etcd.keepAlive(leader.lease) != nil {
                    try await scene.loop.sleep(for: .milliseconds(200))
                }
            }
            defer { keeper.cancel() }
            try await scene.running.kill()
            let key = try await scene.etcd.range(.one("/service/parlor/leader"))
            #expect(key.values.first?.lease == leader.lease)
            #expect(try await scene.etcd.revoke(leader.lease))
            let left = try await scene.etcd.range(.one("/service/parlor/leader"))
            #expect(left.values.isEmpty)
            _ = try await scene.view { $0.leader == nil && $0.members.isEmpty }
        }
    }
}
