import Loop
import TLS
import TLSTestSupport

/// Encrypts in front of a server that does not do it itself.
final class TLSFront: @unchecked Sendable {
    // Guard of @unchecked Sendable: loop only.
    private let listener: Listener

    /// Where clients connect.
    var port: Int { if case .tcp(_, let port) = listener.address { port } else { 0 } }

    private init(on loop: EventLoop) throws {
        listener = try Listener(at: .tcp(host: "127.0.0.1", port: 0), on: loop)
    }

    /// Runs `body` beside a front of the server at `port`.
    static func run(
        _ identity: TLSIdentity, to port: Int, on loop: EventLoop, _ body: (TLSFront) async throws -> Void
    ) async throws {
        let front = try TLSFront(on: loop)
        let server = try TLSServer(TLSServerOptions(identity: identity, allowsTruncation: true))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { front.listener.close() }
                await withDiscardingTaskGroup { visitors in
                    while let socket = try? await front.listener.accept() {
                        let visitor = Visitor(socket)
                        visitors.addTask {
                            try? await visitor.serve(server, port, loop)
                            visitor.close()
                        }
                    }
                    visitors.cancelAll()
                }
            }
            try await body(front)
            group.cancelAll()
        }
    }
}

/// One connection of a client, and one to the server.
private final class Visitor: @unchecked Sendable {
    // Guard of @unchecked Sendable: loop only.
    private let socket: Socket
    private var ends: [any ByteStream] = []

    init(_ socket: Socket) { self.socket = socket }

    func serve(_ server: TLSServer, _ port: Int, _ loop: EventLoop) async throws {
        let client = try await server.accept(over: socket, within: .seconds(30))
        ends = [client]
        ends.append(try await Socket.connect(to: .tcp(host: "127.0.0.1", port: port), within: .seconds(30), on: loop))
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await self.pump(from: 0, to: 1) }
            group.addTask { try? await self.pump(from: 1, to: 0) }
            // When one side has ended, so does the other.
            await group.next()
            group.cancelAll()
        }
    }

    private func pump(from source: Int, to target: Int) async throws {
        var buffer: [UInt8] = []
        while try await ends[source].read(appendingTo: &buffer) > 0 {
            try await ends[target].write(buffer)
            buffer.removeAll(keepingCapacity: true)
        }
    }

    func close() {
        for end in ends { end.close() }
        socket.close()
    }
}
