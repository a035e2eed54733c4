import Basics
import Caching
import Cluster
import Configuration
import Loop
import Pooling
import Postgres
import State
import Telemetry

/// Passwords replaced under load: those that Parlor's own parts sign in with.
///
/// A password is first kept, then given to its role, then told to who uses it. A kill in between is mended by the next
/// start, which gives every role the password that is kept. Two are left alone: the superuser's, because nobody could
/// mend it then, and that of the service's role, because clients that are connected through the pooler sign in to its
/// servers with what they have shown at their own beginning.
extension ClusterSystem {
    private static let leaderLimit = Duration.seconds(5)
    private static let pauseLimit = Duration.milliseconds(200)

    /// Replaces them, and says which.
    func replacePasswords() async throws -> [String] {
        try await replaceNodes()
        try await replacePooler()
        try await replaceRedis()
        let done = ["replication", "rewinding", "Patroni's API", "the pooler", "Redis"]
        let steps = (plan.configuration.redis.password == nil ? done : done.dropLast()).map {
            "a new password for \($0)"
        }
        for step in steps { logger.info("news of the cluster", [.reason: step]) }
        return steps
    }

    /// Those that stand in Patroni's files.
    private func replaceNodes() async throws {
        do {
            try await give(ClusterAccounts.replicator, Secret.generate(), keptAs: "postgres_replicator")
            try await give(ClusterAccounts.rewinder, Secret.generate(), keptAs: "postgres_rewinder")
            try await share(Secret.generate(), as: "patroni")
        } catch {
            // What a role has got already, the nodes have to know.
            try? await reloadAllNodes()
            throw error
        }
        try await reloadAllNodes()
    }

    private func reloadAllNodes() async throws {
        try await reloadNodes()
        try await forwardToAll("/host/reload")
    }

    /// While it changes, statements are held back: a pooler that signed in with the old one in between would tell its
    /// client so.
    private func replacePooler() async throws {
        let name = RandomIdentifier.hex(bytes: 8)
        let outcome: Result<Void, any Error>
        do {
            _ = try await hold(layout.otherAgents, name, .everything, quietWithin: Self.pauseLimit)
            _ = try await holds.hold(
                name, .everything, leading: turn.current.leader, quietWithin: Self.pauseLimit)
            try await give(PoolerAuthentication.role, Secret.generate(), keptAs: "postgres_pooler")
            try await forwardToAll("/host/sign-in")
            try await signPoolersIn()
            outcome = .success(())
        } catch { outcome = .failure(error) }
        await holds.release(name)
        release(layout.otherAgents, name)
        try outcome.get()
    }

    /// Clients of Redis connect again.
    private func replaceRedis() async throws {
        guard plan.configuration.redis.password == nil else { return }
        try await share(Secret.generate(), as: "redis")
        try await restartRedis()
        try await forwardToAll("/host/redis")
    }

    /// A Redis with the password that is kept now.
    func withCurrentPassword(_ server: RedisServer) throws(ParlorError) -> RedisServer {
        guard plan.configuration.redis.password == nil, let password = try state.secrets.existing("redis") else {
            return server
        }
        var server = server
        server.password = password
        return server
    }

    /// Keeps a password everywhere and gives it to a role. When that fails, the former one is kept again.
    private func give(_ role: String, _ password: Secret, keptAs name: String) async throws {
        let former = try state.secrets.secret(name)
        do {
            try await share(password, as: name)
            let node = try await writableLeader(within: Self.leaderLimit)
            let session = try await session(on: node)
            defer { session.close() }
            try await AccountSetup(role, password, "").apply(on: session, superuser(of: node), loop)
        } catch {
            try? await share(former, as: name)
            throw error
        }
    }
}
