import Basics
import HTTP
package import Loop
package import TLS

/// Handshakes of TLS with whoever listens at a place.
package struct Handshake: Sendable {
    /// What is said before the handshake.
    package enum Opening: Sendable {
        /// Nothing.
        case none
        /// PostgreSQL's question whether there may be one.
        case postgres
    }

    let place: HardenedSystem.Place
    let opening: Opening
    let loop: EventLoop

    /// Handshakes with a place.
    package init(_ place: HardenedSystem.Place, _ opening: Opening, on loop: EventLoop) {
        self.place = place
        self.opening = opening
        self.loop = loop
    }

    /// PostgreSQL's request for encryption: its length, and the code that stands where a version would.
    private static let request: [UInt8] = [0, 0, 0, 8, 4, 210, 22, 47]

    /// Offers one version alone.
    func offer(_ version: ClientHello.Version) async -> Attempt {
        do {
            let socket = try await open()
            defer { socket.close() }
            return try await socket.within(HardenedSystem.limit, "the answer of \(place)") {
                try await socket.write(ClientHello(version: version).bytes)
                var bytes: [UInt8] = []
                // One that refuses says so in seven bytes and may keep the connection open, or just goes.
                while bytes.count < ClientHello.answerLength, ClientHello.answer(bytes) == .strange {
                    guard try await socket.read(appendingTo: &bytes, atMost: 1024) > 0 else { break }
                }
                switch ClientHello.answer(bytes) {
                case .accepted(version.rawValue): return .admitted
                case .accepted: return .refused("it wants another version")
                case .refused(let number): return .refused("alert \(number)")
                case .strange: return bytes.isEmpty ? .refused("it hung up") : .unanswered("it does not speak TLS")
                }
            }
        } catch {
            return .unanswered(ParlorError(describing: error).summary)
        }
    }

    /// The certificate that is shown, believed by `authority` and for this very place.
    package func certificate(believing authority: String, _ identity: TLSIdentity?) async throws -> TLSCertificate? {
        let tls = try TLSClient(TLSClientOptions(authorities: .file(authority), identity: identity))
        let stream = try await tls.connect(over: try await open(), host: place.host, within: HardenedSystem.limit)
        defer { stream.close() }
        return stream.peerCertificate
    }

    private func open() async throws -> Socket {
        let address = SocketAddress.tcp(host: place.host, port: place.port)
        let socket = try await Socket.connect(to: address, within: HardenedSystem.limit, on: loop)
        guard opening == .postgres else { return socket }
        try await socket.within(HardenedSystem.limit, "the answer of \(place)") {
            try await socket.write(Self.request)
            var answer: [UInt8] = []
            _ = try await socket.read(appendingTo: &answer, atMost: 1)
            guard answer == [UInt8(ascii: "S")] else {
                throw ParlorError(.connection, "\(place) offers no encryption")
            }
        }
        return socket
    }
}
