import Basics
import Glibc
import Loop
import LoopTestSupport
import Testing

@Suite struct SocketTests {
    /// A connected pair over the loopback or a path.
    private func withPair(
        at address: SocketAddress, _ body: @escaping @Sendable (EventLoop, Socket, Socket) async throws -> Void
    ) async throws {
        try await EventLoop.onThread { loop in
            let listener = try Listener(at: address, on: loop)
            defer { listener.close() }
            let client = try await Socket.connect(to: listener.address, within: .seconds(5), on: loop)
            let server = try await listener.accept()
            defer {
                client.close()
                server.close()
            }
            try await body(loop, client, server)
        }
    }

    private static var temporaryPath: String { "/tmp/parlor-socket-\(RandomIdentifier.hex(bytes: 8))" }

    @Test(
        "Bytes arrive, and the end of the stream too",
        arguments: [SocketAddress.tcp(host: "127.0.0.1", port: 0), .tcp(host: "::1", port: 0), .path(temporaryPath)])
    func bytesArrive(address: SocketAddress) async throws {
        try await withPair(at: address) { _, client, server in
            try await client.write(Array("hello".utf8))
            client.finishWriting()
            var received: [UInt8] = []
            while try await server.read(appendingTo: &received) > 0 {}
            #expect(String(decoding: received, as: UTF8.self) == "hello")
        }
    }

    @Test("A path longer than the kernel's 107 bytes works all the same")
    func longPath() async throws {
        let folder = "/tmp/\(RandomIdentifier.hex(bytes: 60))"
        try Files.makeFolder(folder)
        defer { try? Files.remove(folder) }
        try await withPair(at: .path("\(folder)/agent.sock")) { _, client, server in
            try await client.write([1])
            var received: [UInt8] = []
            #expect(try await server.read(appendingTo: &received) == 1)
        }
    }

    @Test("A writer waits for a slow reader, and every byte arrives in order")
    func backPressure() async throws {
        try await withPair(at: .tcp(host: "127.0.0.1", port: 0)) { loop, client, server in
            let bytes = (0..<4_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
            let (link, abort) = (SendableSocket(client), server.abort)
            let writing = Task(executorPreference: loop) {
                do { try await link.socket.write(bytes) } catch { abort(error) }
                link.socket.finishWriting()
            }
            var received: [UInt8] = []
            while try await server.read(appendingTo: &received, atMost: 1000 + received.count % 7000) > 0 {}
            await writing.value
            #expect(received == bytes)
        }
    }

    @Test("A deadline ends a read that nothing arrives for")
    func deadline() async throws {
        try await withPair(at: .path(Self.temporaryPath)) { _, client, _ in
            let error = await #expect(throws: ParlorError.self) {
                try await client.within(.milliseconds(5), "reading") {
                    var buffer: [UInt8] = []
                    _ = try await client.read(appendingTo: &buffer)
                }
            }
            #expect(error?.code == .timeout)
            #expect(error?.what == "reading took longer than 5 ms")
        }
    }

    @Test("Cancelling a task ends its read")
    func cancellation() async throws {
        try await withPair(at: .path(Self.temporaryPath)) { loop, client, _ in
            let link = SendableSocket(client)
            let reading = Task(executorPreference: loop) {
                var buffer: [UInt8] = []
                return try await link.socket.read(appendingTo: &buffer)
            }
            await Task.yield()
            reading.cancel()
            await #expect(throws: CancellationError.self) { try await reading.value }
        }
    }

    @Test("A refused connection and a taken port are errors that say so")
    func refused() async throws {
        try await EventLoop.onThread { loop in
            let listener = try Listener(at: .tcp(host: "127.0.0.1", port: 0), on: loop)
            let taken = #expect(throws: ParlorError.self) { try Listener(at: listener.address, on: loop) }
            #expect(taken?.code == .portTaken)
            let closed = try RefusingAddress(host: "127.0.0.1")
            let refused = await #expect(throws: ParlorError.self) {
                try await Socket.connect(to: closed.address, within: .seconds(5), on: loop)
            }
            #expect(refused?.code == .connection)
            #expect(refused?.why == "connection refused")
        }
    }
}

/// Lets a second task of the same loop use a socket.
private struct SendableSocket: @unchecked Sendable {
    // Guard of @unchecked Sendable: both tasks run on the socket's loop.
    let socket: Socket
    init(_ socket: Socket) { self.socket = socket }
}
