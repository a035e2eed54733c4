import Basics
import Loop
import LoopTestSupport
import Testing

@Suite struct FaultProxyTests {
    private struct Ends: Sendable {
        let proxy: FaultProxy
        let client: OnLoop<Socket>
        let server: OnLoop<Socket>
    }

    /// A client and a server with a proxy between them that `plan` has prepared.
    private func withProxy(
        _ plan: @escaping @Sendable (FaultProxy) -> Void, _ body: @escaping @Sendable (Ends) async throws -> Void
    ) async throws {
        try await EventLoop.onThread { loop in
            let listener = try Listener(at: .tcp(host: "127.0.0.1", port: 0), on: loop)
            let proxy = try FaultProxy(to: listener.address, on: loop)
            defer { proxy.close() }
            plan(proxy)
            let client = try await Socket.connect(to: proxy.address, within: .seconds(10), on: loop)
            let server = try await listener.accept()
            try await body(Ends(proxy: proxy, client: OnLoop(client), server: OnLoop(server)))
        }
    }

    private func read(_ count: Int, from socket: Socket) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            guard try await socket.read(appendingTo: &bytes, atMost: count - bytes.count) > 0 else { break }
        }
        return bytes
    }

    @Test("Without a fault, bytes and ends pass both ways")
    func transparent() async throws {
        try await withProxy { _ in
        } _: { ends in
            try await ends.client.value.write(Array("question".utf8))
            ends.client.value.finishWriting()
            #expect(try await read(100, from: ends.server.value) == Array("question".utf8))
            try await ends.server.value.write(Array("answer".utf8))
            ends.server.value.close()
            #expect(try await read(100, from: ends.client.value) == Array("answer".utf8))
        }
    }

    @Test("One byte is turned over, wherever the pieces begin")
    func corrupt() async throws {
        try await withProxy {
            $0.corrupt(.toServer, at: 5)
        } _: { ends in
            for number in UInt8(0)..<10 { try await ends.client.value.write([number]) }
            #expect(try await read(10, from: ends.server.value) == [0, 1, 2, 3, 4, 250, 6, 7, 8, 9])
            try await ends.server.value.write([5, 5, 5, 5, 5, 5])
            #expect(try await read(6, from: ends.client.value) == [5, 5, 5, 5, 5, 5])
        }
    }

    @Test("A connection is cut behind a byte", arguments: [0, 1, 7])
    func cutAfter(count: Int) async throws {
        try await withProxy {
            $0.cut(.toClient, after: count)
        } _: { ends in
            try await ends.server.value.write(Array(0..<10))
            var arrived: [UInt8] = []
            while (try? await ends.client.value.read(appendingTo: &arrived)) ?? 0 > 0 {}
            #expect(arrived == Array(0..<UInt8(count)))
        }
    }

    @Test("A slow network passes a piece for each tick, and everything when it is released")
    func slow() async throws {
        try await withProxy {
            $0.slow(bytesPerTick: 3)
        } _: { ends in
            try await ends.client.value.write(Array(0..<10))
            for expected in [[0, 1, 2], [3, 4, 5]] as [[UInt8]] {
                ends.proxy.tick()
                var arrived: [UInt8] = []
                _ = try await ends.server.value.read(appendingTo: &arrived)
                #expect(arrived == expected)
            }
            ends.proxy.release()
            #expect(try await read(4, from: ends.server.value) == [6, 7, 8, 9])
        }
    }
}
