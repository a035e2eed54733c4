import Basics
import HTTP
import HTTPTestSupport
import Loop
import Testing

private let hello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"

@Suite struct HTTPClientReuseTests {
    private func client(
        on loop: EventLoop, _ change: (inout HTTPClientOptions) -> Void = { _ in }
    ) -> HTTPClient {
        var options = HTTPClientOptions()
        options.seed = 1
        change(&options)
        return HTTPClient(on: loop, options)
    }

    /// Asks for the root, and expects a text.
    private func expect(_ text: String, of client: HTTPClient, at origin: HTTPOrigin) async throws {
        #expect(try await client.get("/", at: origin, within: .seconds(30)).text == text)
    }

    private func expect(_ text: String, of client: HTTPClient, at address: SocketAddress) async throws {
        #expect(try await client.get("/", at: address, within: .seconds(30)).text == text)
    }

    private func origin(_ server: ScriptedServer) throws -> HTTPOrigin {
        try #require(HTTPOrigin(.http, host: "localhost", port: server.port))
    }

    @Test("Requests one after the other share a connection")
    func shared() async throws {
        try await ScriptedServer.run { connection, _, _ in
            while try await !connection.head().isEmpty { try await connection.send(hello) }
        } client: { server, loop in
            let client = client(on: loop)
            defer { client.close() }
            for _ in 0..<5 {
                let response = try await client.get("/", at: origin(server), within: .seconds(30))
                #expect(response.text == "hello")
            }
            #expect(server.connectionCount == 1)
            #expect(client.connectionCounts == (1, 1))
        }
    }

    @Test(
        "A connection is not used again after what leaves it in doubt",
        arguments: [
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello",
            "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad",
        ])
    func doubtful(answer: String) async throws {
        try await ScriptedServer.run { connection, _, _ in
            while try await !connection.head().isEmpty { try await connection.send(answer) }
        } client: { server, loop in
            let client = client(on: loop)
            defer { client.close() }
            for _ in 0..<2 {
                try await expect("hello", of: client, at: origin(server))
            }
            #expect(server.connectionCount == 2)
        }
    }

    @Test("A client without reuse says so to the server")
    func withoutReuse() async throws {
        try await ScriptedServer.run { connection, _, _ in
            let head = try await connection.head()
            try await connection.send("HTTP/1.1 200 OK\r\n\r\n\(head.contains("Connection: close"))")
        } client: { server, loop in
            let client = HTTPClient(on: loop)
            try await expect("true", of: client, at: server.address)
            #expect(client.connectionCounts == (0, 0))
        }
    }

    /// A server that answers the first request of a connection, and ends it at the second.
    private static let closesAtSecond: ScriptedServer.Script = { connection, _, _ in
        _ = try await connection.head()
        try await connection.send(hello)
        _ = try await connection.text(until: "\n")
    }

    @Test("A used connection that ends at the next request is replaced, when the request may be sent twice")
    func closedAtReuse() async throws {
        try await ScriptedServer.run(Self.closesAtSecond) { server, loop in
            let client = client(on: loop)
            defer { client.close() }
            for _ in 0..<3 {
                try await expect("hello", of: client, at: origin(server))
            }
            #expect(server.connectionCount == 3)
            let error = await #expect(throws: ParlorError.self) {
                try await client.post("/", [1], type: "a/b", at: origin(server), within: .seconds(30))
            }
            #expect(error?.code == .connection)
            #expect(server.connectionCount == 3)
        }
    }

    @Test("A connection that the server has closed meanwhile is noticed before anything is sent")
    func closedBefore() async throws {
        let closed = LoopWait<Void>()
        try await ScriptedServer.run { connection, number, _ in
            _ = try await connection.head()
            try await connection.send(hello)
            guard number == 1 else { return }
            connection.close()
            closed.succeed()
        } client: { server, loop in
            let client = client(on: loop)
            defer { client.close() }
            _ = try await client.get("/", at: origin(server), within: .seconds(30))
            try await closed.value(on: loop)
            #expect(
                try await client.post("/", [], type: "a/b", at: origin(server), within: .seconds(30)).text == "hello")
            #expect(server.connectionCount == 2)
        }
    }

    @Test("More requests than connections wait for their turn")
    func bounded() async throws {
        try await ScriptedServer.run { connection, _, _ in
            while try await !connection.head().isEmpty { try await connection.send(hello) }
        } client: { server, loop in
            let client = client(on: loop) { $0.connections.perOriginMax = 2 }
            defer { client.close() }
            let origin = try origin(server)
            try await withThrowingTaskGroup { group in
                for _ in 0..<20 {
                    group.addTask { try await client.get("/", at: origin, within: .seconds(30)).text }
                }
                for try await text in group { #expect(text == "hello") }
            }
            #expect(server.connectionCount == 2)
        }
    }

    @Test("Who waits for a connection that does not come free is told so at its deadline")
    func crowded() async throws {
        let (arrived, released) = (LoopWait<Void>(), LoopWait<Void>())
        let script: ScriptedServer.Script = { connection, _, loop in
            _ = try await connection.head()
            arrived.succeed()
            try await released.value(on: loop)
            try await connection.send(hello)
        }
        try await ScriptedServer.run(script) { server, loop in
            let client = client(on: loop) { $0.connections.perOriginMax = 1 }
            defer { client.close() }
            let origin = try origin(server)
            async let first = client.get("/", at: origin, within: .seconds(30))
            try await arrived.value(on: loop)
            let error = await #expect(throws: ParlorError.self) {
                try await client.get("/", at: origin, within: .milliseconds(20))
            }
            #expect(error?.code == .timeout)
            released.succeed()
            #expect(try await first.text == "hello")
        }
    }

    @Test("A status that may pass is tried again, and the answer after it counts")
    func retried() async throws {
        try await ScriptedServer.run { connection, number, _ in
            _ = try await connection.head()
            try await connection.send(
                number < 3 ? "HTTP/1.1 503 Wait\r\nRetry-After: 0\r\nConnection: close\r\n\r\nlater" : hello)
        } client: { server, loop in
            let client = client(on: loop) {
                $0.retries = HTTPRetryPolicy(attemptsMax: 3, firstPause: .milliseconds(1))
            }
            try await expect("hello", of: client, at: origin(server))
            #expect(server.connectionCount == 3)
            let post = HTTPRequest(.post, try #require(HTTPTarget("/")))
            #expect(try await client.send(post, to: origin(server), within: .seconds(30)).status == .ok)
        }
    }

    @Test("A request that must not be sent twice is not, unless its caller says it may")
    func notRetried() async throws {
        try await ScriptedServer.run { connection, number, _ in
            _ = try await connection.head()
            try await connection.send(number.isMultiple(of: 2) ? hello : "HTTP/1.1 503 Wait\r\n\r\nlater")
        } client: { server, loop in
            let client = client(on: loop) {
                $0.retries = HTTPRetryPolicy(attemptsMax: 3, firstPause: .milliseconds(1))
                $0.connections.idleMax = 0
            }
            let post = HTTPRequest(.post, try #require(HTTPTarget("/")))
            #expect(try await client.send(post, to: origin(server), within: .seconds(30)).text == "later")
            _ = try await client.get("/", at: origin(server), within: .seconds(30))
            let allowed = try await client.send(post, to: origin(server), mayRepeat: true, within: .seconds(30))
            #expect(allowed.text == "hello")
            #expect(server.connectionCount == 4)
        }
    }

    @Test("Redirects are followed as often as allowed, and not at all unless told")
    func redirects() async throws {
        try await ScriptedServer.run { connection, _, _ in
            while true {
                let head = try await connection.head()
                guard !head.isEmpty else { return }
                try await connection.send(
                    head.hasPrefix("GET /end ")
                        ? hello : "HTTP/1.1 302 Found\r\nLocation: /end\r\nContent-Length: 4\r\n\r\nmove")
            }
        } client: { server, loop in
            let follower = client(on: loop) { $0.redirectsMax = 1 }
            defer { follower.close() }
            try await expect("hello", of: follower, at: origin(server))
            let plain = client(on: loop)
            defer { plain.close() }
            try await expect("move", of: plain, at: origin(server))
            #expect(server.connectionCount == 2)
        }
    }

    @Test("A look-up that never ends is given up at the limit, and a client that was closed says so")
    func limits() async throws {
        try await EventLoop.onThread { loop in
            let origin = try #require(HTTPOrigin("http://nowhere.example"))
            let client = client(on: loop) { $0.resolve = { _, _ in try await LoopWait().value(on: loop) } }
            let late = await #expect(throws: ParlorError.self) {
                try await client.get("/", at: origin, within: .milliseconds(50))
            }
            #expect(late?.code == .timeout)
            client.close()
            let closed = await #expect(throws: ParlorError.self) {
                try await client.get("/", at: origin, within: .seconds(30))
            }
            #expect(closed?.why == "this client was closed")
        }
    }

    @Test("An address that never answers does not use up the time of the next one")
    func shares() async throws {
        try await ScriptedServer.run { connection, _, _ in
            while try await !connection.head().isEmpty { try await connection.send(hello) }
        } client: { server, loop in
            // A listener whose queue is full drops whoever knocks.
            let silent = try Listener(at: .tcp(host: "127.0.0.1", port: 0), on: loop, backlog: 0)
            defer { silent.close() }
            let first = try await Socket.connect(to: silent.address, within: .seconds(10), on: loop)
            defer { first.close() }
            let addresses = [silent.address, .tcp(host: "127.0.0.1", port: server.port)]
            let client = client(on: loop) { $0.resolve = { _, _ in addresses } }
            defer { client.close() }
            let origin = try #require(HTTPOrigin("http://salon.example"))
            #expect(try await client.get("/", at: origin, within: .seconds(4)).text == "hello")
        }
    }

    @Test("Without a way to encrypt there is no https, and a name without addresses is said to have none")
    func unreachable() async throws {
        try await EventLoop.onThread { loop in
            let secure = try #require(HTTPOrigin("https://127.0.0.1:1"))
            let listener = try Listener(at: .tcp(host: "127.0.0.1", port: 0), on: loop)
            defer { listener.close() }
            let address = listener.address
            let client = client(on: loop) { $0.resolve = { _, port in port == 1 ? [address] : [] } }
            let error = await #expect(throws: ParlorError.self) {
                try await client.get("/", at: secure, within: .seconds(30))
            }
            #expect(error?.why == "this client knows no encryption")
            let nowhere = try #require(HTTPOrigin("http://nowhere.example"))
            let absent = await #expect(throws: ParlorError.self) {
                try await client.get("/", at: nowhere, within: .seconds(30))
            }
            #expect(absent?.why == "it has no address")
        }
    }
}
