import Basics
import HTTP
import HTTPTestSupport
import Loop
import Testing

/// Short limits and signals in place of long waits: each test ends when the server acts.
@Suite struct HTTPServerLimitTests {
    @Sendable private static func hello(_ request: HTTPRequest) async -> HTTPResponse { .text("hello") }

    /// What a client gets that sends `text` and then says nothing more.
    private func answer(to text: String, _ change: (inout HTTPServerLimits) -> Void) async throws -> String {
        var limits = HTTPServerLimits()
        change(&limits)
        let answer = Box("")
        try await withHTTPServer(limits: limits, Self.hello) { server, loop in
            let connection = try await RawConnection.to(server.address, on: loop)
            defer { connection.close() }
            try await connection.send(text)
            answer.value = try await connection.rest()
        }
        return answer.value
    }

    @Test("A head that does not come to its end is answered 408")
    func slowHead() async throws {
        let answer = try await answer(to: "GET / HTTP/1.1\r\nHost: a\r\n") { $0.head = .milliseconds(20) }
        #expect(answer.hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
        #expect(answer.contains("Connection: close\r\n"))
        #expect(answer.hasSuffix(#""detail":"the head of the request took longer than 20 ms"}"#))
    }

    @Test("A body that does not come to its end is answered 408")
    func slowBody() async throws {
        let answer = try await answer(to: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc") {
            $0.body = .milliseconds(20)
        }
        #expect(answer.hasSuffix(#""detail":"the body of the request took longer than 20 ms"}"#))
    }

    @Test("A connection without a request is closed without a word", arguments: ["", "\r\n"])
    func idle(text: String) async throws {
        #expect(try await answer(to: text) { $0.idle = .milliseconds(20) } == "")
    }

    @Test("A connection is closed when no further request follows")
    func idleAfterwards() async throws {
        let answer = try await answer(to: "GET / HTTP/1.1\r\nHost: a\r\n\r\n") { $0.idle = .milliseconds(20) }
        #expect(answer.hasSuffix("\r\n\r\nhello"))
        #expect(!answer.contains("Connection: close"))
    }

    @Test("A client that does not read its responses is cut")
    func slowReader() async throws {
        var limits = HTTPServerLimits()
        (limits.write, limits.idle) = (.milliseconds(20), .seconds(3600))
        let (grants, body) = (limits, [UInt8](repeating: 1, count: 8_000_000))
        try await EventLoop.onThread { loop in
            let server = try HTTPServer(at: .temporaryPath, on: loop, limits: grants) { _ in
                HTTPResponse(.ok, body: body)
            }
            // On the loop, or else other tests that keep the default pool busy are waited for.
            let running = Task(executorPreference: loop) { try await server.run() }
            let connection = try await RawConnection.to(server.address, on: loop)
            try await connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await connection.text(until: "200 OK").hasPrefix("HTTP/1.1"))
            // The server ends when this connection has: long before an hour is over, or else the test calls it off.
            let isOverdue = Box(false)
            let deadline = loop.schedule(after: .seconds(30)) {
                isOverdue.value = true
                running.cancel()
            }
            server.shutDown(within: .seconds(3600))
            try await running.value
            deadline.cancel()
            #expect(!isOverdue.value)
            #expect(try await connection.rest().utf8.count < body.count)
            connection.close()
        }
    }

    @Test("A client that sends on after a refusal can still read why")
    func refusalIsReadable() async throws {
        let text =
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9000000\r\n\r\n" + String(repeating: "a", count: 20_000_000)
        let answer = try await answer(to: text) { $0.linger = .seconds(30) }
        #expect(answer.hasPrefix("HTTP/1.1 413"))
    }

    @Test("One connection more than allowed is answered 503, and a place that is left can be taken")
    func connections() async throws {
        var limits = HTTPServerLimits()
        limits.connections = 2
        try await withHTTPServer(limits: limits, Self.hello) { server, loop in
            let first = try await RawConnection.to(server.address, on: loop)
            let second = try await RawConnection.to(server.address, on: loop)
            for connection in [first, second] {
                try await connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try await connection.text(until: "hello").hasPrefix("HTTP/1.1 200"))
            }
            let third = try await RawConnection.to(server.address, on: loop)
            third.finish()
            let refusal = try await third.rest()
            #expect(refusal.hasPrefix("HTTP/1.1 503 Service Unavailable"))
            #expect(refusal.contains("too many connections are open") && refusal.contains("\r\nRetry-After: 1\r\n"))

            first.finish()
            #expect(try await first.rest() == "")
            let response = try await HTTPClient(on: loop).get("/", at: server.address, within: .seconds(10))
            #expect(response.text == "hello")
            second.close()
            third.close()
        }
    }

    @Test("What is urgent is answered when all places are taken; other requests, and whoever says nothing, are not")
    func urgent() async throws {
        var limits = HTTPServerLimits()
        limits.connections = 1
        limits.linger = .milliseconds(300)
        try await withHTTPServer(limits: limits, isUrgent: { $0.target.path == "/health" }, Self.hello) {
            server, loop in
            let first = try await RawConnection.to(server.address, on: loop)
            try await first.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await first.text(until: "hello").hasPrefix("HTTP/1.1 200"))
            for (request, status) in [
                ("GET /health HTTP/1.1\r\nHost: a\r\n\r\n", "200"), ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "503"),
                ("GET /health HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n", "503"), ("no request\r\n\r\n", "400"),
            ] {
                let other = try await RawConnection.to(server.address, on: loop)
                try await other.send(request)
                let answer = try await other.rest()
                #expect(answer.hasPrefix("HTTP/1.1 \(status)") && answer.contains("\r\nConnection: close\r\n"))
            }
            #expect(try await RawConnection.to(server.address, on: loop).rest() == "")
            try await first.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await first.text(until: "hello").hasPrefix("HTTP/1.1 200"))
            first.close()
        }
    }
}
