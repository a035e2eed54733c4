import HTTPTestSupport
import Loop

/// A server that answers each connection with a script of the test's, and remembers what it was sent.
final class ScriptedServer: @unchecked Sendable {
    // Guard of @unchecked Sendable: loop only.
    typealias Script =
        @Sendable (_ connection: RawConnection, _ number: Int, _ loop: EventLoop) async throws -> Void

    private let listener: Listener
    private let loop: EventLoop
    /// How many connections there have been.
    private(set) var connectionCount = 0

    var address: SocketAddress { listener.address }

    var port: Int { if case .tcp(_, let port) = address { port } else { 0 } }

    private init(on loop: EventLoop) throws {
        self.loop = loop
        listener = try Listener(at: .tcp(host: "127.0.0.1", port: 0), on: loop)
    }

    /// Runs `body` beside a server; the script gets each connection, its number from 1 on, and the loop. A
    /// connection is closed when its script ends.
    static func run(
        _ script: @escaping Script, client body: @escaping @Sendable (ScriptedServer, EventLoop) async throws -> Void
    ) async throws {
        try await EventLoop.onThread { loop in
            let server = try ScriptedServer(on: loop)
            try await withThrowingTaskGroup { group in
                group.addTask { try await server.accept(script) }
                defer { group.cancelAll() }
                try await body(server, loop)
            }
        }
    }

    private func accept(_ script: @escaping Script) async throws {
        defer { listener.close() }
        await withDiscardingTaskGroup { group in
            while let socket = try? await listener.accept() {
                connectionCount += 1
                let connection = RawConnection(socket)
                group.addTask { [number = connectionCount, loop] in
                    try? await script(connection, number, loop)
                    connection.close()
                }
            }
            group.cancelAll()
        }
    }
}

extension RawConnection {
    /// Reads the head of a request; empty when the connection has ended.
    func head() async throws -> String { try await text(until: "\r\n\r\n") }
}
