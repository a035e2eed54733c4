import Basics
import HTTP
import HTTPTestSupport
import Loop
import Testing

@Suite struct HTTPClientTests {
    /// What the client makes of these bytes as the answer to its request.
    private func answer(
        _ bytes: String, to method: HTTPMethod = .get, limits: HTTPMessageLimits = HTTPMessageLimits()
    ) async throws -> HTTPResponse {
        try await EventLoop.onThread { loop in
            let listener = try Listener(at: .temporaryPath, on: loop)
            defer { listener.close() }
            let target = try #require(HTTPTarget("/status?token=secret"))
            let address = listener.address
            async let response = HTTPClient(on: loop, limits: limits).send(
                HTTPRequest(method, target), to: address, within: .seconds(30))
            let server = RawConnection(try await listener.accept())
            _ = try await server.text(until: "\r\n\r\n")
            try await server.send(bytes)
            server.close()
            return try await response
        }
    }

    @Test(
        "A body ends where its framing says",
        arguments: [
            ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello"),
            ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello and more", "hello"),
            ("HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", ""),
            ("HTTP/1.0 200 OK\r\n\r\nuntil the end", "until the end"),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nT: 1\r\n\r\n",
                "hello"
            ),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n00a\r\n0123456789\r\n00\r\n\r\n", "0123456789"),
            ("HTTP/1.1 204 No Content\r\n\r\nnothing", ""),
            ("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", ""),
            ("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "ok"),
        ])
    func bodies(bytes: String, body: String) async throws {
        #expect(try await answer(bytes).text == body)
    }

    @Test("The response to HEAD has no body, whatever its length says")
    func head() async throws {
        let response = try await answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", to: .head)
        #expect(response.body.isEmpty)
        #expect(response.headers["content-length"] == "5")
    }

    @Test(
        "What is no response is said to be none, with the reason",
        arguments: [
            ("SSH-2.0-OpenSSH\r\n", "it does not begin with HTTP/1.1 and a status"),
            ("HTTP/2 200 OK\r\n\r\n", "it does not begin with HTTP/1.1 and a status"),
            ("HTTP/1.1 2000 OK\r\n\r\n", "its status is not a number from 100 to 599"),
            ("HTTP/1.1 +20 OK\r\n\r\n", "its status is not a number from 100 to 599"),
            ("HTTP/1.1 101 Switching Protocols\r\n\r\n", "it changes to a protocol that nobody asked for"),
            ("HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n", "a line feed stands alone"),
            ("HTTP/1.1 200 OK\r\nX : y\r\n\r\n", "the name of a header field is not a token"),
            ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", "it ends before it is whole"),
            ("HTTP/1.1 200 OK\r\nContent-", "it ends before it is whole"),
            ("HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello", "its Content-Length is not one number"),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
                "its Content-Length is not one number"
            ),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "it has both a Content-Length and a Transfer-Encoding"
            ),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "it has a Transfer-Encoding that is not known here"),
            (
                "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                "it has a Transfer-Encoding that is not known here"
            ),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", "the size of a chunk is not a number"),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n", "a chunk has no size"),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1234567890abcdef\r\n", "a chunk has no size"),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n", "a chunk is longer than its size"),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n", "it ends before it is whole"),
            ("HTTP/1.1 200 OK\r\nContent-Length: 1025\r\n\r\n", "the body is larger than 1 kB"),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n401\r\n\(longText)\r\n",
                "the body is larger than 1 kB"
            ),
            ("HTTP/1.1 200 OK\r\n\r\n\(longText)", "the body is larger than 1 kB"),
        ])
    func malformed(bytes: String, reason: String) async throws {
        let error = await #expect(throws: ParlorError.self) {
            try await answer(bytes, limits: HTTPMessageLimits(body: ByteCount(1024)))
        }
        #expect(error?.code == .protocolViolation)
        #expect(error?.why == reason)
        #expect(error?.what.hasPrefix("GET /status at /tmp/") == true)
        #expect(error?.description.contains("secret") == false)
    }

    private static let longText = String(repeating: "a", count: 1025)

    @Test("A server that closes without a word, and one that is not there, are connection errors")
    func connection() async throws {
        let silent = await #expect(throws: ParlorError.self) { try await answer("") }
        #expect(silent?.code == .connection)
        let absent = await #expect(throws: ParlorError.self) {
            try await EventLoop.onThread { loop in
                try await HTTPClient(on: loop).get("/", at: .temporaryPath, within: .seconds(10))
            }
        }
        #expect(absent?.code == .connection)
    }

    @Test("A server that does not answer is given up at the deadline")
    func timeout() async throws {
        let clock = ManualClock()
        let error = await #expect(throws: ParlorError.self) {
            try await EventLoop.onThread(clock: .manual(clock)) { loop in
                let listener = try Listener(at: .tcp(host: "127.0.0.1", port: 0), on: loop)
                defer { listener.close() }
                let address = listener.address
                async let response = HTTPClient(on: loop).get("/x?y", at: address, within: .seconds(100))
                let server = RawConnection(try await listener.accept())
                defer { server.close() }
                _ = try await server.text(until: "\r\n\r\n")
                await clock.advance(by: .seconds(100))
                return try await response
            }
        }
        #expect(error?.code == .timeout)
        #expect(error?.what.hasPrefix("GET /x at 127.0.0.1:") == true)
    }

    @Test("A cut anywhere in a response changes nothing")
    func cutAnywhere() {
        let text =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX: y\r\n\r\n5\r\nhello\r\n2\r\n, \r\n0\r\nZ: z\r\n\r\n"
        func read(_ pieces: [ArraySlice<UInt8>]) -> HTTPResponse? {
            var parser = HTTPResponseParser(to: .get, limits: HTTPMessageLimits())
            var response: HTTPResponse?
            for piece in pieces {
                parser.feed(piece)
                events: while true {
                    switch parser.next() {
                    case .head(let head): response = head
                    case .body(let bytes): response?.body += bytes
                    case .end: return response
                    case .needMore: break events
                    case .fault: return nil
                    }
                }
            }
            return nil
        }
        let bytes = Array(text.utf8)[...]
        #expect(read([bytes])?.text == "hello, ")
        for cut in bytes.indices { #expect(read([bytes[..<cut], bytes[cut...]]) == read([bytes]), "cut at \(cut)") }
        #expect(read(bytes.indices.map { bytes[$0...$0] }) == read([bytes]))
    }

    @Test("A request that cannot be written is refused before anything is sent")
    func unsendable() async throws {
        try await EventLoop.onThread { loop in
            let client = HTTPClient(on: loop)
            for target in ["status", "/a b", "http://host/"] {
                let error = await #expect(throws: ParlorError.self) {
                    try await client.get(target, at: .temporaryPath, within: .seconds(1))
                }
                #expect(error?.code == .malformed)
            }
            let error = await #expect(throws: ParlorError.self) {
                try await client.get("/", at: .temporaryPath, headers: ["X": "a\r\nY: b"], within: .seconds(1))
            }
            #expect(error?.code == .malformed)
        }
    }

    @Test("A body and its type arrive, and a large answer comes back whole", arguments: [HTTPTestMode.port, .path])
    func posted(mode: HTTPTestMode) async throws {
        let address = mode == .port ? SocketAddress.tcp(host: "127.0.0.1", port: 0) : .temporaryPath
        try await withHTTPServer(
            at: address,
            { request in
                HTTPResponse(.created, headers: ["X": request.headers["Content-Type"] ?? ""], body: request.body)
            }
        ) { server, loop in
            let client = HTTPClient(on: loop)
            let body = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            let bytes = try await client.post("/", body, type: "image/png", at: server.address, within: .seconds(30))
            #expect(bytes.status == .created && bytes.headers["X"] == "image/png" && bytes.body == body)
            let json = try await client.post("/", ["a": 1], at: server.address, within: .seconds(30))
            #expect(try json.headers["X"] == "application/json" && json.json() == ["a": 1])
        }
    }
}
