import Basics
import Drills
import FaultTestSupport
import Loop
import Postgres
import PostgresTestSupport

/// A primary and the standby that follows it, on which the instruments are tried: what a cluster does by itself is done
/// here by hand.
struct ReplicatedPair: Sendable {
    let primary: PrivateCluster
    let standby: PrivateCluster
    let table: WriterTable

    /// Starts both, with the tables of the writers and of `OnePrimary`, on two hosts of a lab or on loopback.
    static func start(
        synchronous: Bool, table: WriterTable, on hosts: (NetworkHost, NetworkHost)? = nil, loop: EventLoop
    ) async throws -> ReplicatedPair {
        let settings = ["max_connections": "60", "wal_sender_timeout": "0"]
        let followerSettings = settings.merging(["cluster_name": "follower"]) { $1 }
        let primary: PrivateCluster
        let standby: PrivateCluster
        if let hosts {
            primary = try hosts.0.inside { try PrivateCluster(at: hosts.0.address, settings: settings) }
            standby = try hosts.1.inside { try primary.standby(at: hosts.1.address, settings: followerSettings) }
        } else {
            primary = try PrivateCluster(settings: settings)
            standby = try primary.standby(settings: followerSettings)
        }
        let pair = ReplicatedPair(primary: primary, standby: standby, table: table)
        try await pair.withSession(primary, loop) { session in
            try await table.create(session)
            try await OnePrimary.createTable(session)
            try await Self.wait(session, for: "SELECT count(*) = 1 FROM pg_stat_replication WHERE state = 'streaming'")
            guard synchronous else { return }
            // Not before the standby streams: no commit would end.
            try await session.query("ALTER SYSTEM SET synchronous_standby_names = 'follower'")
            try await session.query("SELECT pg_reload_conf()")
            try await Self.wait(session, for: "SELECT count(*) = 1 FROM pg_stat_replication WHERE sync_state = 'sync'")
        }
        return pair
    }

    /// Both by name, through their sockets.
    var sockets: [String: ConnectionOptions] {
        ["primary": primary.socketOptions, "standby": standby.socketOptions]
    }

    /// The way to whichever of them takes writes.
    var either: ConnectionOptions {
        var options = primary.options
        options.alternatives = [.init(host: standby.options.host, port: standby.options.port)]
        (options.target, options.connectTimeout) = (.readWrite, .seconds(1))
        return options
    }

    /// Makes the standby a primary; comes back when it is one.
    func promote(_ loop: EventLoop) async throws {
        try await withSession(standby, loop) { try await $0.query("SELECT pg_promote()") }
    }

    @discardableResult
    func withSession<Result>(
        _ server: PrivateCluster, _ loop: EventLoop, _ body: (PostgresSession) async throws -> Result
    ) async throws -> Result {
        let session = try await PostgresSession.connect(server.socketOptions, on: loop)
        defer { session.close() }
        return try await body(session)
    }

    static func wait(_ session: PostgresSession, for condition: String) async throws {
        while try await !session.query(condition).only[0, as: Bool.self] {
            try await session.loop.sleep(for: .milliseconds(5))
        }
    }

    /// Ends both.
    func kill() {
        primary.kill()
        standby.kill()
    }
}
