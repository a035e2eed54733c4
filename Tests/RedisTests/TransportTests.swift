import Basics
import Loop
import Redis
import RedisTestSupport
import Testing

/// A stream that stands between the driver and a socket, as one that encrypts would.
private final class CountingStream: ByteStream {
    struct Counts {
        var read = 0
        var written = 0
        var closed = 0
    }

    private let socket: Socket
    private let counts: Shared<Counts>

    init(over socket: Socket, _ counts: Shared<Counts>) {
        self.socket = socket
        self.counts = counts
    }

    var peer: SocketAddress { socket.peer }
    var abort: @Sendable (any Error) -> Void { socket.abort }

    func read(appendingTo buffer: inout [UInt8], atMost limit: Int) async throws -> Int {
        let count = try await socket.read(appendingTo: &buffer, atMost: limit)
        counts.withLock { $0.read += count }
        return count
    }

    func write(_ bytes: [UInt8]) async throws {
        try await socket.write(bytes)
        counts.withLock { $0.written += bytes.count }
    }

    func within<Result>(
        _ limit: Duration, _ what: @autoclosure () -> String, _ body: () async throws -> Result
    ) async throws -> Result { try await socket.within(limit, what(), body) }

    func finishWriting() { socket.finishWriting() }

    func close() {
        counts.withLock { $0.closed += 1 }
        socket.close()
    }
}

@Suite struct TransportTests {
    private let elsewhere = SocketAddress.tcp(host: "192.0.2.1", port: 6379)

    @Test("Every byte passes through the transport, and an encrypted one may lead to another machine")
    func encrypted() async throws {
        try await withRedis { options, loop in
            let counts = Shared(CountingStream.Counts())
            var remote = options
            remote.address = elsewhere
            remote.transport = .encrypted { address, limit, loop in
                #expect(address == elsewhere && limit == options.connectTimeout)
                let socket = try await Socket.connect(to: options.address, within: limit, on: loop)
                return CountingStream(over: socket, counts)
            }
            let connection = try await RedisConnection.connect(remote, on: loop)
            let before = counts.withLock { $0 }
            #expect(before.written > 0 && before.read > 0, "the login passes through it too")
            try await connection.send(RedisCommand("ECHO", "four"))
            await connection.close()
            let after = counts.withLock { $0 }
            #expect(after.written - before.written == "*2\r\n$4\r\nECHO\r\n$4\r\nfour\r\n".utf8.count)
            #expect(after.read - before.read == "$4\r\nfour\r\n".utf8.count)
            #expect(after.closed == 1)
        }
    }

    @Test("A subscriber uses the same transport")
    func subscriber() async throws {
        try await withRedis { options, loop in
            let counts = Shared(CountingStream.Counts())
            var options = options
            options.transport = .encrypted { address, limit, loop in
                CountingStream(over: try await Socket.connect(to: address, within: limit, on: loop), counts)
            }
            let subscriber = try RedisSubscriber(options, on: loop)
            _ = try await subscriber.subscribe(to: "channel\(options.database)")
            subscriber.close()
            let (counted, closed) = counts.withLock { ($0.read, $0.closed) }
            #expect(counted > 0 && closed == 1)
        }
    }

    @Test("An encryption that cannot be agreed on is a server that cannot be reached, with the reason")
    func failing() async throws {
        try await withRedis { options, loop in
            var options = options
            options.address = elsewhere
            options.transport = .encrypted { _, _, _ in
                throw ParlorError(.connection, "no encrypted connection", why: "the certificate has expired")
            }
            let remote = options
            let error = await #expect(throws: RedisError.self) { try await RedisConnection.connect(remote, on: loop) }
            #expect(error?.kind == .unreachable && error?.mayHaveRun == false)
            #expect(
                error?.explained.summary == "no connection to Redis at 192.0.2.1:6379: the certificate has expired")
        }
    }
}
