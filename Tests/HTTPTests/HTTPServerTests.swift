import Basics
import HTTP
import HTTPTestSupport
import Loop
import Testing

@Suite struct HTTPServerTests {
    /// Answers with the method, the path and the body.
    @Sendable private static func echo(_ request: HTTPRequest) async -> HTTPResponse {
        .text("\(request.method) \(request.path) \(String(decoding: request.body, as: UTF8.self))")
    }

    private func exchange(
        _ bytes: [UInt8], limits: HTTPServerLimits = HTTPServerLimits(), finish: Bool = true,
        _ handler: @escaping HTTPServer.Handler = echo
    ) async throws -> String {
        let answer = Box("")
        try await withHTTPServer(limits: limits, handler) { server, loop in
            let connection = try await RawConnection.to(server.address, on: loop)
            defer { connection.close() }
            try await connection.send(bytes)
            if finish { connection.finish() }
            answer.value = try await connection.rest()
        }
        return answer.value
    }

    private func exchange(_ text: String, _ handler: @escaping HTTPServer.Handler = echo) async throws -> String {
        try await exchange(Array(text.utf8), handler)
    }

    @Test("Every stream of the table gets its statuses over a real connection", arguments: RequestCase.all)
    func table(entry: RequestCase) async throws {
        var limits = HTTPServerLimits()
        limits.message.body = ByteCount(1000)
        let answers = try await exchange(entry.bytes, limits: limits)
        let statuses = answers.split(separator: "HTTP/1.1 ").map { Int($0.prefix(3)) }
        #expect(statuses == entry.outcome.map { $0 == 0 ? 200 : $0 })
    }

    @Test("A response has a date, a length and nothing about the server")
    func head() async throws {
        let answer = try await exchange("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        let lines = answer.split(separator: "\r\n", omittingEmptySubsequences: false)
        #expect(lines.count == 7)
        #expect(lines.first == "HTTP/1.1 200 OK")
        #expect(lines[1].hasPrefix("Date: ") && lines[1].hasSuffix(" GMT"))
        #expect(
            lines[2...] == [
                "Content-Type: text/plain; charset=utf-8", "Content-Length: 6", "Connection: close", "", "GET / ",
            ])
    }

    @Test("Requests sent at once are answered in their order, though the first takes longest")
    func pipelining() async throws {
        let text = (0..<20).map { "POST /\($0) HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n\($0 % 10)" }.joined()
        let answer = try await exchange(text) { request in
            if request.path == "/0" { for _ in 0..<100 { await Task.yield() } }
            return .text("<\(request.path)>", type: "text/plain")
        }
        #expect(answer.split(separator: "<").dropFirst().map { $0.prefix { $0 != ">" } } == (0..<20).map { "/\($0)" })
    }

    @Test(
        "A connection stays open or ends as both sides say",
        arguments: [
            ("HTTP/1.1", "", "", 2), ("HTTP/1.1", "Connection: close\r\n", "", 1),
            ("HTTP/1.1", "Connection: x, CLOSE\r\n", "", 1), ("HTTP/1.1", "", "close", 1), ("HTTP/1.0", "", "", 1),
            ("HTTP/1.0", "Connection: Keep-Alive\r\n", "", 2),
        ])
    func keepAlive(version: String, field: String, response: String, answers: Int) async throws {
        let request = "GET / \(version)\r\nHost: a\r\n\(field)\r\n"
        let answer = try await exchange(request + request) { _ in
            HTTPResponse(.ok, headers: response.isEmpty ? [:] : ["Connection": response])
        }
        #expect(answer.split(separator: "HTTP/1.1 200").count == answers)
        #expect(answer.contains("Connection: close") == (answers == 1))
        #expect(answer.contains("Connection: keep-alive") == (version == "HTTP/1.0" && answers == 2))
    }

    @Test("HEAD gets the head of the response, its length included, and the next request its own")
    func headRequest() async throws {
        let answer = try await exchange("HEAD / HTTP/1.1\r\nHost: a\r\n\r\nGET /x HTTP/1.1\r\nHost: a\r\n\r\n")
        let parts = answer.split(separator: "\r\n\r\n", omittingEmptySubsequences: false)
        #expect(parts.count == 3)
        #expect(parts[0].contains("Content-Length: 7"))
        #expect(parts[1].hasPrefix("HTTP/1.1 200"))
        #expect(parts[2] == "GET /x ")
    }

    @Test("A client that waits before its body is told to go on, and one that does not wait is not")
    func expectContinue() async throws {
        try await withHTTPServer(Self.echo) { server, loop in
            let connection = try await RawConnection.to(server.address, on: loop)
            defer { connection.close() }
            let head = "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
            try await connection.send(head)
            #expect(try await connection.text(until: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
            try await connection.send("ok")
            #expect(try await connection.text(until: "ok").hasPrefix("HTTP/1.1 200 OK"))
            try await connection.send(head + "at once")
            #expect(try await connection.text(until: "at").hasPrefix("HTTP/1.1 200 OK"))
        }
    }

    @Test("A request that ends too early is answered 400")
    func truncated() async throws {
        #expect(try await exchange("GET / HT").hasPrefix("HTTP/1.1 400"))
        let answer = try await exchange("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabc")
        #expect(answer.hasPrefix("HTTP/1.1 400"))
        #expect(answer.contains("the connection ended within the request"))
    }

    @Test(
        "A response that cannot be sent becomes a 500, and the connection goes on",
        arguments: [
            HTTPResponse(.ok, headers: ["X": "a\r\nSet-Cookie: b"]), HTTPResponse(.ok, headers: ["X y": "a"]),
            HTTPResponse(.ok, headers: ["": "a"]), HTTPResponse(HTTPStatus(99)), HTTPResponse(HTTPStatus(101)),
            HTTPResponse(HTTPStatus(1000)),
        ])
    func unsendable(response: HTTPResponse) async throws {
        let answer = try await exchange("GET /x HTTP/1.1\r\nHost: a\r\n\r\nGET /y HTTP/1.1\r\nHost: a\r\n\r\n") {
            $0.path == "/x" ? response : .text("well")
        }
        #expect(answer.hasPrefix("HTTP/1.1 500 Internal Server Error"))
        #expect(!answer.contains("Set-Cookie"))
        #expect(answer.hasSuffix("well"))
    }

    @Test("The framing of a response is the server's own, whatever the handler says")
    func framing() async throws {
        let answer = try await exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n") { _ in
            let headers: HTTPHeaders = ["content-length": "99", "Transfer-Encoding": "chunked", "Date": "yesterday"]
            return HTTPResponse(.noContent, headers: headers, body: [1, 2, 3])
        }
        #expect(answer == "HTTP/1.1 204 No Content\r\nDate: yesterday\r\n\r\n")
    }

    @Test("A thousand requests follow each other on one connection")
    func thousand() async throws {
        try await withHTTPServer(Self.echo) { server, loop in
            let connection = try await RawConnection.to(server.address, on: loop)
            defer { connection.close() }
            for number in 0..<1000 {
                try await connection.send("GET /\(number)/ HTTP/1.1\r\nHost: a\r\n\r\n")
                let answer = try await connection.text(until: "/ ")
                #expect(answer.hasSuffix("\r\n\r\nGET /\(number)/ "))
            }
        }
    }

    @Test("A request never leaves its thread")
    func hops() async throws {
        try await withHTTPServer(Self.echo) { server, loop in
            let connection = try await RawConnection.to(server.address, on: loop)
            defer { connection.close() }
            let before = loop.hops
            for number in 0..<100 {
                try await connection.send("POST /\(number) HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n")
                try await connection.send("!!")
                _ = try await connection.text(until: "!!")
            }
            #expect(loop.hops == before)
        }
    }

    @Test("Two hundred requests run at the same time")
    func twoHundred() async throws {
        let gate = Gate(opensAt: 200)
        try await withHTTPServer({ request in
            await gate.arrive()
            return await Self.echo(request)
        }) { server, loop in
            let client = HTTPClient(on: loop)
            try await withThrowingTaskGroup { group in
                for number in 0..<200 {
                    group.addTask {
                        let response = try await client.get("/\(number)", at: server.address, within: .seconds(60))
                        #expect(response.text == "GET /\(number) ")
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}
