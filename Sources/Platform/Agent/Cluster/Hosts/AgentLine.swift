import Basics
import Cluster
import HTTP
import Loop
import TLS

/// How the agents of several hosts speak to each other: HTTP over TLS, where either side shows a certificate that the
/// cluster's authority has issued to an agent, and believes no other.
struct AgentLine: Sendable {
    /// The name of the part whose certificate it is.
    static let part = "agent"
    private static let connectLimit = Duration.seconds(2)
    private static let stallLimit = Duration.seconds(900)
    private static let acceptLimit = Duration.seconds(5)

    private let identity: IdentityFiles
    private let client: HTTPClient

    /// A line for the agent of this host. The files are read for each connection, so that renewed ones count at once.
    init(_ identity: IdentityFiles, on loop: EventLoop) {
        self.identity = identity
        var options = HTTPClientOptions()
        options.connectLimit = Self.connectLimit
        // What is asked for may take its time, and is silent until it is done.
        options.stallLimit = Self.stallLimit
        options.secure = { socket, host in
            let tls = try TLSClient(
                TLSClientOptions(authorities: .file(identity.authority), identity: identity.own))
            return try Self.checked(try await tls.connect(over: socket, host: host, within: Self.connectLimit))
        }
        client = HTTPClient(on: loop, options)
    }

    /// Asks another agent; throws what that throws.
    func ask(
        _ agent: ClusterLayout.AgentPlace, _ path: String, _ body: JSON = [:], within limit: Duration
    ) async throws -> JSON {
        guard let origin = HTTPOrigin(.https, host: agent.host, port: agent.port) else {
            throw ParlorError(.malformed, "\(agent.host) cannot be the address of an agent")
        }
        let answer: HTTPResponse
        do {
            answer = try await client.post(
                path, Array(body.compact.utf8), type: "application/json", at: origin, within: limit)
        } catch let error as ParlorError where !(error.code == .cancelled) {
            throw ParlorError(
                .cluster, "the agent of \(agent.name) cannot be asked", why: error.summary,
                hint: "Start it on \(agent.name), or mend the network to \(agent.host).", cause: error)
        }
        switch answer.status {
        case .ok: return try answer.json()
        case .conflict: throw ParlorError(wire: try answer.json())
        default: throw AgentClient.unreadable
        }
    }

    /// Secures the connection of another agent.
    func accept(_ socket: Socket) async throws -> any ByteStream {
        let tls = try TLSServer(TLSServerOptions(identity: identity.own, clientAuthorities: identity.authority))
        return try Self.checked(try await tls.accept(over: socket, within: Self.acceptLimit))
    }

    /// The authority vouches for every part, and a pooler must not be able to order switchovers.
    private static func checked(_ stream: TLSStream) throws -> TLSStream {
        guard stream.peerCertificate?.commonName == part else {
            stream.close()
            throw ParlorError(
                .protocolViolation, "who is at the other end of the line is no agent",
                why: "its certificate is that of another part",
                hint: "See what listens at cluster.agent_port on the other hosts.")
        }
        return stream
    }
}

extension IdentityFiles {
    fileprivate var own: TLSIdentity { TLSIdentity(chainFile: certificate, keyFile: key) }
}
