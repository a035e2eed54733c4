import Basics
import HTTP
import HTTPTestSupport
import Loop
import Testing

@Suite struct WebSocketTests {
    private static var limits: WebSocketLimits {
        var limits = WebSocketLimits()
        limits.message = ByteCount(100_000)
        return limits
    }

    private static var router: HTTPRouter {
        var router = HTTPRouter()
        router.get("/echo", "Says everything again.") { request in
            try .webSocket(request, limits: limits, protocols: ["chat.2", "chat.1"]) { socket in
                for await message in socket.messages { try await socket.send(message) }
            }
        }
        router.get("/greeting", "Says one thing and goes.") { request in
            try .webSocket(request) { try await $0.send("hello") }
        }
        router.get("/broken", "Fails.") { request in
            try .webSocket(request) { _ in throw ParlorError(.database, "swordfish") }
        }
        return router
    }

    @Test(
        "Messages come back as they were, large and small, until the client says farewell",
        arguments: HTTPTestMode.allCases)
    func echo(mode: HTTPTestMode) async throws {
        let messages: [WebSocket.Message] = [
            .text("hello"), .text(""), .binary([]), .binary([0, 255]), .text("Grüße 💇"),
            .binary((0..<100_000).map { UInt8(truncatingIfNeeded: $0) }), .text(String(repeating: "x", count: 65_536)),
        ]
        try await HTTPTestClient.run(mode, Self.router.respond) { client in
            try await client.webSocket("/echo") { socket in
                for message in messages {
                    try await socket.send(message)
                    let answer = await socket.next()
                    #expect(answer == message)
                }
                socket.end(WebSocketClose(4000, "enough"))
                let last = await socket.next()
                #expect(last == nil)
                #expect(socket.close == WebSocketClose(4000, "enough"))
            }
        }
    }

    @Test(
        "A handler that returns says farewell, and one that fails says that it failed, but not why",
        arguments: HTTPTestMode.allCases)
    func ends(mode: HTTPTestMode) async throws {
        try await HTTPTestClient.run(mode, Self.router.respond) { client in
            try await client.webSocket("/greeting") { socket in
                let greeting = await socket.next()
                let end = await socket.next()
                #expect(greeting == .text("hello") && end == nil)
                #expect(socket.close == .normal)
            }
            try await client.webSocket("/broken") { socket in
                let end = await socket.next()
                #expect(end == nil && socket.close == .internalError)
            }
        }
    }

    @Test("The protocol is one that both speak, and the key is answered", arguments: HTTPTestMode.allCases)
    func negotiation(mode: HTTPTestMode) async throws {
        try await HTTPTestClient.run(mode, Self.router.respond) { client in
            let headers: HTTPHeaders = ["Sec-WebSocket-Protocol": "chat.0, chat.1", "Host": "a", "Origin": "https://a"]
            let response = try await client.webSocket("/echo", headers: headers) { _ in }
            #expect(response.headers["Sec-WebSocket-Protocol"] == "chat.1")
            // The example of RFC 6455.
            #expect(response.headers["Sec-WebSocket-Accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        }
    }

    @Test(
        "A request that asks wrongly gets no WebSocket",
        arguments: [
            ("Sec-WebSocket-Version", "8", 426), ("Upgrade", "h2c", 426), ("Connection", "close", 426),
            ("Sec-WebSocket-Key", "short", 400), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=!", 400),
            ("Origin", "https://evil.example", 403), ("Origin", "null", 403),
            ("Origin", "https://localhost.evil.example", 403),
        ])
    func refused(name: String, value: String, status: Int) async throws {
        try await HTTPTestClient.run(.path, Self.router.respond) { client in
            let response = try await client.webSocket("/echo", headers: [name: value]) { _ in
                Issue.record("it was accepted")
            }
            #expect(response.status.code == status)
        }
    }

    @Test("A client that leaves without a farewell cancels the handler", arguments: [HTTPTestMode.port, .path])
    func lost(mode: HTTPTestMode) async throws {
        let ended = LoopWait<Bool>()
        var router = HTTPRouter()
        router.get("/echo", "Waits.") { request in
            try .webSocket(request) { socket in
                await cancellation()
                ended.succeed(Task.isCancelled && socket.close == .lost)
            }
        }
        let table = router
        let address = mode == .port ? SocketAddress.tcp(host: "127.0.0.1", port: 0) : .temporaryPath
        try await withHTTPServer(at: address, table.respond) { server, loop in
            let connection = try await RawConnection.to(server.address, on: loop)
            try await connection.send(RawWebSocket.handshake)
            _ = try await connection.text(until: "\r\n\r\n")
            connection.close()
            let wasLost = try await ended.value(on: loop)
            #expect(wasLost)
        }
    }

    @Test("A server that shuts down says that it goes away, and waits for the answer")
    func shutDown() async throws {
        try await EventLoop.onThread { loop in
            let server = try HTTPServer(at: .temporaryPath, on: loop, Self.router.respond)
            async let running: Void = server.run()
            let connection = try await RawConnection.to(server.address, on: loop)
            defer { connection.close() }
            try await connection.send(RawWebSocket.handshake)
            _ = try await connection.text(until: "\r\n\r\n")
            server.shutDown(within: .seconds(3600))
            let farewell = try await connection.bytes(4)
            #expect(farewell == [0x88, 2, 0x03, 0xE9])
            try await connection.send(RawWebSocket.frame(0x88, [0x03, 0xE9]))
            try await running
        }
    }

    @Test("A reader that is too slow is cut by an offer, and slows a sender down")
    func slowReader() async throws {
        let result = LoopWait<Int>()
        var router = HTTPRouter()
        router.get("/echo", "Tells much.") { request in
            try .webSocket(request) { socket in
                var offered = 0
                while socket.offer(.binary(Array(repeating: 1, count: 10_000))) {
                    offered += 1
                    await Task.yield()
                }
                result.succeed(offered)
            }
        }
        let table = router
        try await withHTTPServer(at: .temporaryPath, table.respond) { server, loop in
            let connection = try await RawConnection.to(server.address, on: loop)
            defer { connection.close() }
            try await connection.send(RawWebSocket.handshake)
            let offered = try await result.value(on: loop)
            #expect((100..<1000).contains(offered))
        }
    }

    @Test("Who says nothing is pinged, and cut when it does not answer")
    func silence() async throws {
        var limits = WebSocketLimits()
        limits.silence = .milliseconds(20)
        let (grants, ended) = (limits, LoopWait<WebSocketClose?>())
        var router = HTTPRouter()
        router.get("/echo", "Waits.") { request in
            try .webSocket(request, limits: grants) { socket in
                _ = await socket.next()
                ended.succeed(socket.close)
            }
        }
        let table = router
        try await withHTTPServer(at: .temporaryPath, table.respond) { server, loop in
            let connection = try await RawConnection.to(server.address, on: loop)
            defer { connection.close() }
            try await connection.send(RawWebSocket.handshake)
            _ = try await connection.text(until: "\r\n\r\n")
            let ping = try await connection.bytes(2)
            #expect(ping == [0x89, 0])
            let close = try await ended.value(on: loop)
            #expect(close == .lost)
        }
    }
}
