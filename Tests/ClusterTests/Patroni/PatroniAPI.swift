import Basics
import HTTP
import HTTPTestSupport
import Loop
import Synchronization
import TLS
import TLSTestSupport
import TestSupport

@testable import Cluster

/// A server that answers in Patroni's place, over TLS and to those with a certificate of its authority.
final class PatroniAPI: Sendable {
    /// What it does about a request.
    enum Answer: Sendable {
        /// It answers.
        case text(String, HTTPStatus)
        /// It says nothing for as long as the server runs.
        case silence
    }

    private struct State {
        var answers: [String: Answer] = [:]
        var requests: [HTTPRequest] = []
    }

    /// The node that it speaks for.
    let node: ClusterNode
    /// With what a client is believed.
    let identity: IdentityFiles
    private let loop: EventLoop
    private let state: Mutex<State>

    private init(_ node: ClusterNode, _ identity: IdentityFiles, _ loop: EventLoop) {
        self.node = node
        self.identity = identity
        self.loop = loop
        state = Mutex(State())
    }

    /// Has it answer requests of a path so; paths that nothing is said about are not found.
    func answer(_ path: String, _ text: String, _ status: HTTPStatus = .ok) {
        state.withLock { $0.answers[path] = .text(text, status) }
    }

    /// Has it say nothing to requests of a path.
    func fallSilent(at path: String) { state.withLock { $0.answers[path] = .silence } }

    /// What it was asked.
    var requests: [HTTPRequest] { state.withLock { $0.requests } }

    private func take(_ request: HTTPRequest) async -> HTTPResponse {
        let answer = state.withLock { state in
            state.requests.append(request)
            return state.answers[request.path]
        }
        switch answer {
        case .text(let text, let status): return .text(text, status: status, type: "application/json")
        case .silence:
            // Until the client has had enough, which cancels this.
            try? await LoopWait<Void>().value(on: loop)
            return HTTPResponse(.serviceUnavailable)
        case nil: return HTTPResponse(.notFound)
        }
    }

    /// Runs `body` beside one, on the same loop.
    static func with(
        password: String = "password-of-parlor",
        _ body: @escaping @Sendable (PatroniAPI, PatroniClient, EventLoop) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let authority = try TestAuthority(in: folder)
            let issued = try authority.issue(for: ["127.0.0.1"], as: .peer)
            let tls = try TLSServer(
                TLSServerOptions(identity: issued, clientAuthorities: authority.certificateFile))
            let identity = IdentityFiles(
                authority: authority.certificateFile, certificate: issued.chainFile, key: issued.keyFile)
            let holder = Mutex<PatroniAPI?>(nil)
            try await withHTTPServer(
                secure: { try await tls.accept(over: $0, within: .seconds(30)) },
                { request in await holder.withLock { $0 }?.take(request) ?? HTTPResponse(.serviceUnavailable) }
            ) { server, loop in
                guard case .tcp(let host, let port) = server.address else { throw ParlorError(.unexpected, "no port") }
                let node = ClusterNode(name: "node1", host: host, port: 5432, managementPort: port)
                let api = PatroniAPI(node, identity, loop)
                holder.withLock { $0 = api }
                try await body(api, PatroniClient(identity, password: { Secret(password) }, on: loop), loop)
            }
        }
    }
}
