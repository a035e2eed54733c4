package import Basics
import Digests
import HTTP
package import Loop
import TLS

/// Asks Patroni's API of a node.
package struct PatroniClient: Sendable {
    private let client: HTTPClient
    private let password: @Sendable () throws(ParlorError) -> Secret

    /// A client that shows `identity` and believes nobody but its authority. The files are read for each connection, and
    /// the password for each change, so that renewed ones count at once.
    package init(
        _ identity: IdentityFiles, password: @escaping @Sendable () throws(ParlorError) -> Secret, on loop: EventLoop
    ) {
        var options = HTTPClientOptions()
        options.connectLimit = .seconds(2)
        options.secure = { socket, host in
            let tls = try TLSClient(
                TLSClientOptions(
                    authorities: .file(identity.authority),
                    identity: TLSIdentity(chainFile: identity.certificate, keyFile: identity.key)))
            return try await tls.connect(over: socket, host: host, within: .seconds(2))
        }
        client = HTTPClient(on: loop, options)
        self.password = password
    }

    /// What a node says of itself.
    package func state(of node: ClusterNode, within limit: Duration = .seconds(2)) async throws -> NodeState {
        try NodeState(json: try await read("/patroni", of: node, within: limit))
    }

    /// Whether a node's Patroni does its rounds, whatever PostgreSQL does.
    package func isAlive(_ node: ClusterNode, within limit: Duration) async -> Bool {
        let answer = try? await ask(.get, "/liveness", of: node, nil, within: limit)
        return answer?.status == .ok
    }

    /// The cluster as a node sees it.
    package func members(seenBy node: ClusterNode, within limit: Duration = .seconds(2)) async throws -> [MemberState] {
        guard let members = try await read("/cluster", of: node, within: limit)["members"]?.elements else {
            throw NodeState.unreadable("it names no members")
        }
        return try members.map { try MemberState(json: $0) }
    }

    /// The ends of earlier timelines: number, position and reason, and when and who followed.
    package func history(seenBy node: ClusterNode, within limit: Duration = .seconds(2)) async throws -> [TimelineEnd] {
        guard let ends = try await read("/history", of: node, within: limit).elements else {
            throw NodeState.unreadable("it is no list")
        }
        return try ends.map { try TimelineEnd(json: $0) }
    }

    /// What the nodes of the cluster agree on.
    package func agreement(seenBy node: ClusterNode, within limit: Duration = .seconds(2)) async throws -> JSON {
        try await ask(.get, "/config", of: node, nil, within: limit).json()
    }

    /// Tells the cluster what its nodes agree on; what is not named stays.
    package func change(_ settings: JSON, through node: ClusterNode) async throws {
        try await tell(.patch, "/config", node, settings, within: .seconds(5))
    }

    /// Makes another node the primary, which one Patroni chooses unless it is said; comes back when it is done.
    package func switchOver(from leader: ClusterNode, to candidate: String?) async throws {
        var members = [JSON.Member("leader", .string(leader.name))]
        if let candidate { members.append(.init("candidate", .string(candidate))) }
        try await tell(.post, "/switchover", leader, .object(members), within: .seconds(60))
    }

    /// Makes a node the primary, whether there is one or not, and whatever it lacks of the log: whoever asks for that has
    /// decided about it.
    package func failOver(to candidate: ClusterNode) async throws {
        try await tell(.post, "/failover", candidate, ["candidate": .string(candidate.name)], within: .seconds(60))
    }

    /// Starts PostgreSQL of a node again.
    package func restart(_ node: ClusterNode, onlyWhenPending: Bool = false) async throws {
        let body: JSON = onlyWhenPending ? ["restart_pending": true] : [:]
        try await tell(.post, "/restart", node, body, within: .seconds(120))
    }

    /// Has a node read its configuration file again.
    package func reload(_ node: ClusterNode) async throws {
        try await tell(.post, "/reload", node, [:], within: .seconds(5))
    }

    private func read(_ path: String, of node: ClusterNode, within limit: Duration) async throws -> JSON {
        try Self.json(of: try await ask(.get, path, of: node, nil, within: limit))
    }

    /// The status is no matter: it says what a node is good for, and what it is stands in the answer in any case.
    private static func json(of response: HTTPResponse) throws(ParlorError) -> JSON {
        do { return try response.json() } catch {
            throw NodeState.unreadable(response.status == .ok ? error.why ?? error.what : "it is \(response.status)")
        }
    }

    private func tell(
        _ method: HTTPMethod, _ path: String, _ node: ClusterNode, _ body: JSON, within limit: Duration
    ) async throws {
        let response = try await ask(method, path, of: node, body, within: limit)
        guard (200..<300).contains(response.status.code) else {
            throw Self.refusal(of: String(path.dropFirst()), by: node, response)
        }
    }

    private static func refusal(of what: String, by node: ClusterNode, _ response: HTTPResponse) -> ParlorError {
        // A sentence, but for requests that it does not understand, to which it answers with a page for browsers.
        let isSentence = !response.text.isEmpty && !response.text.contains { $0.isNewline || $0 == "<" }
        let isStranger = [.unauthorized, .forbidden].contains(response.status)
        return ParlorError(
            .cluster, "\(node.name) refuses \(what)", why: isSentence ? response.text : "\(response.status)",
            hint: isStranger
                ? "The password and the certificates of the cluster must be the same here and on \(node.name): compare them."
                : "See how the cluster stands with \"./parlor cluster status\".")
    }

    private func ask(
        _ method: HTTPMethod, _ path: String, of node: ClusterNode, _ body: JSON?, within limit: Duration
    ) async throws -> HTTPResponse {
        guard let origin = HTTPOrigin(.https, host: node.host, port: node.managementPort),
            let target = HTTPTarget(path)
        else { throw ParlorError(.malformed, "\(node.host) cannot be the address of a node") }
        var request = HTTPRequest(method, target)
        if let body {
            request.body = Array(body.compact.utf8)
            request.headers["Content-Type"] = "application/json"
            let credentials = Array("\(ClusterAccounts.management):\(try password().reveal())".utf8)
            request.headers["Authorization"] = "Basic \(Base64.text(credentials))"
        }
        return try await client.send(request, to: origin, within: limit)
    }
}
