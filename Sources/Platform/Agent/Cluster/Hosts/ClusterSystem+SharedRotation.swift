import Basics
import Cluster
import HTTP
import Loop
import Pooling
import State
import TLS
import Telemetry
import Trust

/// Keys and passwords that several hosts share, replaced on all of them.
///
/// A step that has been done somewhere changes nothing there, so what was cut off is finished by doing all of it again.
extension ClusterSystem {
    /// The passwords that may be told.
    private static let sharedNames = [
        "postgres_replicator", "postgres_rewinder", "patroni", "postgres_pooler", "redis",
    ]

    // MARK: - Conducting

    /// Replaces the certificates of every host, one after the other: all issue with the same authority.
    func replaceAllCertificates() async throws -> RotationResult {
        var result = try await replaceOwnCertificates()
        for agent in layout.otherAgents {
            let other = try RotationResult(json: try await forward("/host/renew", to: agent))
            result.steps += other.steps.map { "\(agent.name): \($0)" }
            result.took += other.took
        }
        return result
    }

    /// Replaces the authority, and with it every certificate. Each step is taken on every host before the next one is
    /// taken anywhere, here last, so that this host remembers how far it has come.
    func replaceAuthority() async throws -> [String] {
        guard !layout.otherAgents.isEmpty else {
            return try await perform(RotationPlan(.authority, from: try store.rotationState()))
        }
        if try store.comingAuthority() == nil { try store.perform(.introduceAuthority) }
        guard let authority = try store.comingAuthority() else { return [] }
        var done: [String] = []
        // All of them: what was done before a cut changes nothing.
        for step in RotationPlan(.authority, from: .init(.settled, isLoaded: true)).steps {
            let body: JSON = [
                "step": .string(step.rawValue), "authority": .string(try authority.certificate.pem),
                "key": .string(authority.key.reveal()),
            ]
            try await forwardToAll("/host/authority", body)
            try await take(step, authority)
            done.append("every host: \(step)")
            logger.info("news of the cluster", [.reason: "every host: \(step)"])
        }
        return done
    }

    private func take(_ step: RotationPlan.Step, _ authority: CertificateAuthority) async throws {
        let state = try store.rotationState()
        switch step {
        case .introduceAuthority: try store.introduce(authority)
        case .load: if !state.isLoaded { try await load() }
        case .issueCertificates: if state.stage == .introducing { try store.perform(.issueCertificates) }
        case .retireAuthority: if state.stage == .retiring { try store.perform(.retireAuthority) }
        }
    }

    /// Keeps a password on every host, the other ones first.
    func share(_ password: Secret, as name: String) async throws {
        try await forwardToAll("/host/password", ["name": .string(name), "password": .string(password.reveal())])
        try keep(password, as: name)
    }

    /// Keeps a password here, and has the nodes' files hold it when they are written the next time.
    private func keep(_ password: Secret, as name: String) throws(ParlorError) {
        try state.secrets.keep(password, as: name)
        for index in nodes.indices {
            switch name {
            case "postgres_replicator": nodes[index].configuration.accounts.replicator = password
            case "postgres_rewinder": nodes[index].configuration.accounts.rewinder = password
            case "patroni": nodes[index].configuration.accounts.management = password
            default: break
            }
        }
    }

    /// Has the poolers of this host sign in with the password that is kept now.
    func signPoolersIn() async throws {
        guard let password = try state.secrets.existing("postgres_pooler") else { return }
        for pooler in poolers { try await pooler.sign(inWith: password) }
    }

    /// Has Redis begin with the password that is kept now; its clients connect again.
    func restartRedis() async throws { for name in redisNames { try await restart(name) } }

    // MARK: - Being asked

    func addRotationRoutes(to router: inout HTTPRouter) {
        router.post("/host/renew", "Replace the certificates of this host.") { _ in
            await Self.answer { try await self.replaceOwnCertificates().json }
        }
        router.post("/host/authority", "Take a step of a change of the authority.") { request in
            await Self.answer {
                let json = try request.json()
                guard let step = json["step"]?.text.flatMap(RotationPlan.Step.init(rawValue:)),
                    let certificate = json["authority"]?.text, let key = json["key"]?.text
                else { throw AgentClient.unreadable }
                let authority = try CertificateAuthority(certificate: certificate, key: Secret(key))
                try await self.rotation.alone { try await self.take(step, authority) }
                return [:]
            }
        }
        router.post("/host/password", "Keep a password.") { request in
            await Self.answer {
                let json = try request.json()
                guard let name = json["name"]?.text, let password = json["password"]?.text,
                    Self.sharedNames.contains(name)
                else { throw AgentClient.unreadable }
                try self.keep(Secret(password), as: name)
                return [:]
            }
        }
        let works: [(HTTPRoutePattern, String, @Sendable () async throws -> Void)] = [
            ("/host/reload", "Have the nodes of this host read their files.", { try await self.reloadNodes() }),
            ("/host/sign-in", "Have the poolers sign in anew.", { try await self.signPoolersIn() }),
            ("/host/redis", "Start Redis again.", { try await self.restartRedis() }),
        ]
        for (path, summary, work) in works {
            router.post(path, summary) { _ in
                await Self.answer {
                    try await work()
                    return [:]
                }
            }
        }
    }
}
