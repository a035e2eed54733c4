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
    private static let holdLimit = Duration.seconds(5)
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
            try await give(ClusterAccounts.replicator, keptAs: "postgres_replicator") { $0.replicator = $1 }
            try await give(ClusterAccounts.rewinder, keptAs: "postgres_rewinder") { $0.rewinder = $1 }
            let management = Secret.generate()
            try state.secrets.keep(management, as: "patroni")
            for index in nodes.indices { nodes[index].configuration.accounts.management = management }
        } catch {
            // What a role has got already, the nodes have to know.
            try? await reloadNodes()
            throw error
        }
        try await reloadNodes()
    }

    private func give(
        _ role: String, keptAs name: String, _ tell: (inout ClusterAccounts, Secret) -> Void
    ) async throws {
        let password = Secret.generate()
        try await give(role, password, keptAs: name)
        for index in nodes.indices { tell(&nodes[index].configuration.accounts, password) }
    }

    /// While it changes, statements are held back: a pooler that signed in with the old one in between would tell its
    /// client so.
    private func replacePooler() async throws {
        let password = Secret.generate()
        var holds: [PauseHold] = []
        do {
            for pooler in poolers {
                let aliases = pooler.configuration.aliases
                holds.append(pooler.pauses.hold(aliases, within: Self.holdLimit))
                for alias in aliases { _ = try await pooler.admin.pause(alias, within: Self.pauseLimit) }
            }
            try await give(PoolerAuthentication.role, password, keptAs: "postgres_pooler")
            for pooler in poolers { try await pooler.sign(inWith: password) }
        } catch {
            for hold in holds { await hold.end() }
            throw error
        }
        for hold in holds { await hold.end() }
    }

    /// Clients of Redis connect again.
    private func replaceRedis() async throws {
        guard plan.configuration.redis.password == nil else { return }
        try state.secrets.keep(Secret.generate(), as: "redis")
        for name in redisNames { try await restart(name) }
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

    /// Keeps a password and gives it to a role. When that fails, the former one is kept again.
    private func give(_ role: String, _ password: Secret, keptAs name: String) async throws {
        let former = try state.secrets.secret(name)
        try state.secrets.keep(password, as: name)
        do {
            let node = try await writableLeader(within: Self.holdLimit)
            let session = try await session(on: node)
            defer { session.close() }
            try await AccountSetup(role, password, "").apply(on: session, superuser(of: node), loop)
        } catch {
            try? state.secrets.keep(former, as: name)
            throw error
        }
    }
}
