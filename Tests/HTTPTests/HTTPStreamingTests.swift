import Basics
import HTTP
import HTTPTestSupport
import Loop
import Testing

@Suite struct HTTPStreamingTests {
    /// Gives each piece of the body back as it comes.
    private static var echo: HTTPRouter {
        var router = HTTPRouter()
        router.post("/echo", "Gives each piece back.", body: .streamed()) { request in
            .stream(request.pieces, headers: ["Content-Type": "application/octet-stream"])
        }
        router.post("/collected", "Counts.") { .text("\($0.body.count)") }
        router.post("/large", "Counts.", body: .collected(upTo: ByteCount(100))) { .text("\($0.body.count)") }
        router.post("/sum", "Counts as it comes.", body: .streamed(upTo: .gigabytes(1))) { request in
            var count = 0
            for try await piece in request.pieces { count += piece.count }
            return .text("\(count)")
        }
        router.get("/known", "Of a known length.") { _ in
            .stream(length: 6) { writer in
                try await writer.write("abc")
                try await writer.write("")
                try await writer.write("def")
            }
        }
        return router
    }

    @Test("A piece is answered before the next one is sent", arguments: HTTPTestMode.allCases)
    func pingPong(mode: HTTPTestMode) async throws {
        try await HTTPTestClient.run(mode, Self.echo.respond) { client in
            let turns = Turns(5)
            turns.allow()
            try await client.stream(.post, "/echo", body: { try await turns.next() }) { stream in
                #expect(stream.head.status == .ok)
                for number in 0..<5 {
                    let piece = try await stream.next()
                    #expect(piece == Array("piece \(number)".utf8))
                    turns.allow()
                }
                let end = try await stream.next()
                #expect(end == nil)
            }
        }
    }

    @Test("A body is collected up to the route's limit, or the server's", arguments: HTTPTestMode.allCases)
    func limits(mode: HTTPTestMode) async throws {
        var limits = HTTPServerLimits()
        limits.message.body = ByteCount(50)
        try await HTTPTestClient.run(mode, limits: limits, Self.echo.respond) { client in
            let cases = [
                ("/collected", 50, HTTPStatus.ok), ("/collected", 51, .contentTooLarge), ("/large", 100, .ok),
                ("/large", 101, .contentTooLarge), ("/sum", 5000, .ok),
            ]
            for (target, count, status) in cases {
                let response = try await client.send(.post, target, body: String(repeating: "a", count: count))
                #expect(response.status == status, "\(target) with \(count)")
                if status == .ok { #expect(response.text == "\(count)") }
            }
        }
    }

    @Test("A chunked body is measured as it comes", arguments: HTTPTestMode.allCases)
    func chunkedLimit(mode: HTTPTestMode) async throws {
        try await HTTPTestClient.run(mode, Self.echo.respond) { client in
            for (count, status) in [(10, HTTPStatus.ok), (11, .contentTooLarge)] {
                let left = Box(count)
                try await client.stream(
                    .post, "/large",
                    body: {
                        left.value -= 1
                        return left.value >= 0 ? Array(repeating: 1, count: 10) : nil
                    }
                ) { #expect($0.head.status == status) }
            }
        }
    }

    @Test("A known length is told, and HEAD does not run what writes the body", arguments: HTTPTestMode.allCases)
    func knownLength(mode: HTTPTestMode) async throws {
        try await HTTPTestClient.run(mode, Self.echo.respond) { client in
            let response = try await client.get("/known")
            #expect(response.text == "abcdef")
            if mode != .handler { #expect(response.headers["Content-Length"] == "6") }
            #expect(try await client.send(.head, "/known").body.isEmpty)
        }
    }

    @Test("A client that leaves cancels what writes the body", arguments: HTTPTestMode.allCases)
    func leaving(mode: HTTPTestMode) async throws {
        let ended = LoopWait<Bool>()
        try await HTTPTestClient.run(
            mode,
            { _ in
                .stream { writer in
                    defer { ended.succeed(Task.isCancelled) }
                    while !Task.isCancelled { try await writer.write(String(repeating: "x", count: 1000)) }
                }
            }
        ) { client in
            try await client.stream(.get, "/") { stream in
                let piece = try await stream.next()
                #expect(piece != nil)
                stream.leave()
            }
            try await EventLoop.onThread { loop in
                let wasCancelled = try await ended.value(on: loop)
                #expect(wasCancelled)
            }
        }
    }

    @Test("A handler that waits is cancelled when its client leaves", arguments: [HTTPTestMode.port, .path])
    func leavingEarly(mode: HTTPTestMode) async throws {
        let (began, ended) = (LoopWait<Void>(), LoopWait<Bool>())
        let address = mode == .port ? SocketAddress.tcp(host: "127.0.0.1", port: 0) : .temporaryPath
        try await withHTTPServer(
            at: address,
            { _ in
                began.succeed()
                await cancellation()
                ended.succeed(Task.isCancelled)
                return .text("nobody reads this")
            }
        ) { server, loop in
            let connection = try await RawConnection.to(server.address, on: loop)
            try await connection.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab")
            try await began.value(on: loop)
            connection.close()
            let wasCancelled = try await ended.value(on: loop)
            #expect(wasCancelled)
        }
    }

    @Test("A client that only finishes writing still gets a large answer")
    func halfClosed() async throws {
        let body = [UInt8](repeating: UInt8(ascii: "a"), count: 5_000_000)
        try await withHTTPServer({ _ in HTTPResponse(.ok, body: body) }) { server, loop in
            let connection = try await RawConnection.to(server.address, on: loop)
            defer { connection.close() }
            try await connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            connection.finish()
            #expect(try await connection.rest().utf8.count > body.count)
        }
    }

    @Test("What nobody reads is not taken from the client")
    func backPressure() async throws {
        let total = 200 << 20
        var limits = HTTPServerLimits()
        limits.linger = .zero
        try await withHTTPServer(
            limits: limits, streams: true,
            { request in
                var pieces = request.pieces.makeAsyncIterator()
                return .text("\((try? await pieces.next())?.count ?? 0)")
            }
        ) { server, loop in
            let client = try await Socket.connect(to: server.address, within: .seconds(10), on: loop)
            defer { client.close() }
            try await client.write(Array("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(total)\r\n\r\n".utf8))
            let piece = [UInt8](repeating: 1, count: 1 << 20)
            var sent = 0
            while sent < total, (try? await client.write(piece)) != nil { sent += piece.count }
            #expect(sent < total)
        }
    }
}

/// Pieces that are given one by one, as they are allowed.
private final class Turns: Sendable {
    private let count: Int
    private let number = Box(0)
    private let allowed: AsyncStream<Void>
    private let allowance: AsyncStream<Void>.Continuation

    init(_ count: Int) {
        self.count = count
        (allowed, allowance) = AsyncStream.makeStream()
    }

    func allow() { allowance.yield() }

    func next() async throws -> [UInt8]? {
        for await _ in allowed {
            defer { number.value += 1 }
            return number.value < count ? Array("piece \(number.value)".utf8) : nil
        }
        return nil
    }
}
