import Basics
import Caching
import Cluster
import Configuration
import Glibc
import Hardening
import Loop
import Pooling
import Postgres
import Processes
import State
import TLS
import Telemetry
import Trust

/// Certificates and keys replaced under load: `RotationPlan` says in which steps, here every part is had to read its
/// files between two of them.
///
/// Every part is given its files by names below `current`, so a step changes a link, and reading again is a reload. Which
/// reload that is:
/// - PostgreSQL and Patroni read them at Patroni's SIGHUP, the poolers at RELOAD; nobody notices.
/// - etcd reads its certificate at every handshake and its authorities at its start alone, so it is killed and started
///   again where those change: asked to end, it would answer requests with errors that Patroni takes for a lost lease, and
///   a connection that breaks is simply tried again. What it has acknowledged is on the disk, and a lease outlives it.
/// - Redis reads everything at its start, so both are restarted where their certificate changes, one after the other.
/// - The agent and the service read theirs for each connection.
///
/// On failure: what was replaced stays, everything goes on with what it has, and the next start or the next rotation does
/// what is left.
extension ClusterSystem {
    private static let readLimit = Duration.seconds(30)
    private static let restartLimit = Duration.seconds(30)
    private static let lookPause = Duration.milliseconds(50)
    private static let day = Duration.seconds(86_400)

    /// Replaces it, and says what was done.
    func rotate(_ subject: RotationSubject) async throws -> RotationResult {
        switch subject {
        case .certificates: return try await replaceAllCertificates()
        case .authority: return try await alone { try await replaceAuthority() }
        case .passwords: return try await alone { try await replacePasswords() }
        }
    }

    /// Replaces the certificates and keys of this machine's parts.
    func replaceOwnCertificates() async throws -> RotationResult {
        try await alone(onAllHosts: false) {
            try await perform(RotationPlan(.certificates, from: try store.rotationState()))
        }
    }

    private func alone(
        onAllHosts: Bool = true, _ work: () async throws -> [String]
    ) async throws -> RotationResult {
        let start = ContinuousClock.now
        let steps = try await rotation.alone {
            try await checkReady()
            if onAllHosts { try await forwardToAll("/host/ready") }
            return try await work()
        }
        return RotationResult(steps: steps, took: start.duration(to: .now))
    }

    /// What is down would not read what it must.
    func checkReady() async throws {
        guard await supervisor?.isHealthy == true, leadership.leader != nil else {
            throw ParlorError(
                .cluster, "nothing was replaced, because not every part is ready",
                why: "one that is down would not learn of it",
                hint: "See with \"./parlor status\" which one is not, and try again when it is.")
        }
    }

    // MARK: - Certificates

    func perform(_ plan: RotationPlan) async throws -> [String] {
        var done: [String] = []
        for step in plan.steps {
            if step == .load { try await load() } else { try store.perform(step) }
            logger.info("news of the cluster", [.reason: "\(step)"])
            done.append("\(step)")
        }
        return done
    }

    /// Has every part read what is current, makes sure that it shows it, and writes that down.
    func load() async throws {
        guard let stored = try store.current() else { return }
        if etcd != nil, try !rotation.isFresh("etcd") {
            try await replaceProcess(of: "etcd") { _ in
                supervisor?.kill("etcd", reason: "to read its authorities")
            }
        }
        for pooler in poolers { try await pooler.admin.reload() }
        for index in nodes.indices {
            nodes[index].configuration.apiIdentity = stored.ownFiles(for: nodes[index].node.name)
        }
        try await reloadNodes()
        for name in redisNames where try !rotation.isFresh(name) { try await restart(name) }
        for (place, opening, part) in listeners { try await waitUntil(place, opening, shows: part, of: stored) }
        try store.confirmLoaded(stored.number)
    }

    var redisNames: [String] {
        layout.keepsRedis ? [RedisServer.Purpose.cache, .queue].map { "redis-\($0.rawValue)" } : []
    }

    /// Everything that shows a certificate, with whose it is.
    private var listeners: [(HardenedSystem.Place, Handshake.Opening, part: String)] {
        let host = layout.host
        let own = layout.ownNodes.flatMap { node in
            [
                (HardenedSystem.Place(node.name, node.host, node.port), Handshake.Opening.postgres, node.name),
                (.init("Patroni of \(node.name)", node.host, node.managementPort), .none, node.name),
            ]
        }
        let consensus = layout.ownMember.map { member in
            (HardenedSystem.Place("etcd", host, member.port), Handshake.Opening.none, member.name)
        }
        let outside = HostName.reachable(plan.configuration.database.host)
        let poolers = [
            (HardenedSystem.Place("the pooler", outside, layout.poolerPort), Handshake.Opening.postgres, "pooler"),
            (.init("the pooler for sessions", outside, layout.sessionPoolerPort), .postgres, "pooler"),
        ]
        let redis = [
            (HardenedSystem.Place("the cache", host, layout.cachePort), Handshake.Opening.none, "redis"),
            (.init("the queue", host, layout.queuePort), .none, "redis"),
        ]
        return own + [consensus].compactMap(\.self) + poolers + (layout.keepsRedis ? redis : [])
    }

    private func waitUntil(
        _ place: HardenedSystem.Place, _ opening: Handshake.Opening, shows part: String, of stored: StoredGeneration
    ) async throws {
        let wanted = stored.content.identities[part]?.chain.first?.serial
        let handshake = Handshake(place, opening, on: loop)
        try await wait(Self.readLimit, "\(place) does not show its new certificate") {
            let shown = try? await handshake.certificate(
                believing: stored.authoritiesFile, stored.files(of: "agent"))
            return shown?.serial == wanted
        }
    }

    // MARK: - Parts

    /// Writes the nodes' files, has each Patroni read them, and comes back when its PostgreSQL has as well, which Patroni
    /// does last.
    func reloadNodes() async throws {
        var before: [String: String] = [:]
        for node in nodes { before[node.node.name] = try await loadTime(node) }
        for node in nodes {
            try node.prepare()
            guard let pid = await pid(of: node.node.name) else { throw Self.gone(node.node.name) }
            kill(pid, SIGHUP)
        }
        for node in nodes {
            try await wait(Self.readLimit, "\(node.node.name) does not read its files again") {
                try await loadTime(node) != before[node.node.name]
            }
        }
    }

    private func loadTime(_ node: PatroniNode) async throws -> String {
        let session = try await session(on: node.node)
        defer { session.close() }
        return try await session.query("SELECT pg_conf_load_time()::text", within: Self.readLimit).only[0]
    }

    private func pid(of part: String) async -> Int32? {
        await supervisor?.statuses.first { $0.name == part }?.pid
    }

    /// Ends a part in order, and comes back when it is there again.
    func restart(_ part: String) async throws { try await replaceProcess(of: part) { kill($0, SIGTERM) } }

    private func replaceProcess(of part: String, _ end: (Int32) -> Void) async throws {
        guard let former = await pid(of: part) else { throw Self.gone(part) }
        end(former)
        try await wait(Self.restartLimit, "\(part) does not come back") {
            let status = await supervisor?.statuses.first { $0.name == part }
            return status?.state == .ready && status?.pid != former
        }
    }

    private func wait(
        _ limit: Duration, _ failure: String, until isDone: () async throws -> Bool
    ) async throws {
        try await wait(
            within: limit, lookingEvery: Self.lookPause,
            otherwise: ParlorError(
                .timeout, failure, why: "it was waited for \(limit.brief)",
                hint: "See with \"./parlor status\" what is not well; the next rotation does what is left."),
            until: isDone)
    }

    private static func gone(_ part: String) -> ParlorError {
        ParlorError(
            .cluster, "\(part) does not run",
            hint: "Try again when \"./parlor status\" shows it ready; the next rotation does what is left.")
    }

    // MARK: - By itself

    /// Finishes what was begun before this start, then renews once a day what is due.
    func keepCertificates(_ supervisor: Supervisor) async {
        do {
            while await !supervisor.isHealthy { try await loop.sleep(for: .seconds(1)) }
            // Every part has begun with what is current.
            do {
                if let stored = try store.current() { try store.confirmLoaded(stored.number) }
            } catch {
                logger.warning("the certificates could not be confirmed", error: error)
            }
            while true {
                do { try await renew() } catch let error as ParlorError where error.code != .alreadyRunning {
                    logger.warning("the certificates could not be renewed", error: error)
                }
                try await loop.sleep(for: Self.day)
            }
        } catch {
            // Cancelled: the system stops.
        }
    }

    private func renew() async throws {
        try await rotation.alone {
            let renewals = try store.ensure(layout.certifiedParts(plan.configuration))
            for renewal in renewals {
                logger.info("news of the cluster", [.reason: "renewed the certificate of \(renewal.part)"])
            }
            guard layout.otherAgents.isEmpty else {
                // A step that one host takes alone would part it from the others.
                if try store.comingAuthority() != nil {
                    logger.warning(
                        "a change of the authority waits for \"./parlor harden rotate certificates --authority\"")
                }
                return
            }
            _ = try await perform(RotationPlan(finishing: try store.rotationState()))
        }
    }
}
