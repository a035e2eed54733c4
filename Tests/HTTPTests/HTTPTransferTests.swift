import Basics
import HTTPTestSupport
import Loop
import Testing

@testable import HTTP

/// What stands on the wire when bodies are streamed, asked for late, or not wanted.
@Suite struct HTTPTransferTests {
    private func exchange(
        _ text: String, limits: HTTPServerLimits = HTTPServerLimits(), finish: Bool = true,
        _ handler: @escaping HTTPServer.Handler
    ) async throws -> String {
        let answer = Box("")
        try await withHTTPServer(limits: limits, streams: true, handler) { server, loop in
            let connection = try await RawConnection.to(server.address, on: loop)
            defer { connection.close() }
            try await connection.send(text)
            if finish { connection.finish() }
            answer.value = try await connection.rest()
        }
        // The date is another one each time.
        return answer.value.split(separator: "\r\n", omittingEmptySubsequences: false)
            .filter { !$0.hasPrefix("Date: ") }.joined(separator: "\r\n")
    }

    private static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    @Sendable private static func abc(_ request: HTTPRequest) async -> HTTPResponse {
        .stream { writer in for letter in ["a", "bb", "ccccccccccccccccc"] { try await writer.write(letter) } }
    }

    @Test("A stream goes out in chunks, and the next response follows")
    func chunks() async throws {
        let one =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n2\r\nbb\r\n11\r\nccccccccccccccccc\r\n0\r\n\r\n"
        #expect(try await exchange(Self.get + Self.get, Self.abc) == one + one)
    }

    @Test("To a client of HTTP/1.0 a stream ends with the connection, though it wanted to keep it")
    func untilClose() async throws {
        let answer = try await exchange("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", Self.abc)
        #expect(answer == "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabbccccccccccccccccc")
    }

    @Test("HEAD gets the head of a stream, and a stream without a piece is an empty body")
    func headAndNothing() async throws {
        let text = "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n" + Self.get
        let answer = try await exchange(text) { _ in .stream { _ in } }
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        #expect(answer == "\(head)\(head)0\r\n\r\n")
    }

    @Test("What fails before its first byte is a 500, and the connection goes on")
    func earlyFailure() async throws {
        let answer = try await exchange(Self.get + Self.get) { _ in
            .stream { _ in throw ParlorError(.database, "swordfish") }
        }
        #expect(answer.split(separator: "HTTP/1.1 500").count == 2)
        #expect(!answer.contains("swordfish"))
    }

    @Test("What fails later is cut, so that nobody takes it for whole", arguments: [Int?.none, 5, 3, 1])
    func lateFailure(length: Int?) async throws {
        let answer = try await exchange(Self.get + Self.get) { _ in
            .stream(length: length) { writer in
                try await writer.write("a")
                if length == nil { throw ParlorError(.database, "swordfish") }
                try await writer.write(length == 3 ? "bcd" : "b")
            }
        }
        let body = answer.split(separator: "\r\n\r\n", maxSplits: 1).last.map(String.init)
        #expect(body == (length == nil ? "1\r\na\r\n" : length == 5 ? "ab" : "a"))
    }

    @Test("A client that waits is told to go on when somebody asks for the body, and is dismissed when nobody does")
    func expectContinue() async throws {
        let head = "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
        #expect(
            try await exchange(head, finish: false) { _ in .text("no", type: "text/plain") }
                == "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno")
        try await withHTTPServer(
            streams: true,
            { request in
                var request = request
                try? await request.collect()
                return .text("<\(String(decoding: request.body, as: UTF8.self))>")
            }
        ) { server, loop in
            let connection = try await RawConnection.to(server.address, on: loop)
            defer { connection.close() }
            for _ in 0..<2 {
                try await connection.send(head)
                #expect(try await connection.text(until: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
                try await connection.send("ok")
                #expect(try await connection.text(until: "<ok>").hasPrefix("HTTP/1.1 200 OK"))
            }
        }
    }

    @Test("A body that is too large by its length is refused before the client is told to go on")
    func expectTooLarge() async throws {
        let text = "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 9000000\r\n\r\n"
        let answer = try await exchange(text, finish: false) { request in
            var request = request
            try? await request.collect()
            return .text("never")
        }
        #expect(answer.hasPrefix("HTTP/1.1 413"))
    }

    @Test("A body that nobody wants is read over when it is small, and ends the connection when it is large")
    func unwanted() async throws {
        var limits = HTTPServerLimits()
        limits.unwantedBody = ByteCount(10)
        let bodies = [
            ("Content-Length: 10", "0123456789", 2), ("Content-Length: 11", "01234567890", 1),
            ("Transfer-Encoding: chunked", "a\r\n0123456789\r\n0\r\n\r\n", 2),
            ("Transfer-Encoding: chunked", "b\r\n01234567890\r\n0\r\n\r\n", 1),
            ("Transfer-Encoding: chunked", "x\r\n", 1),
        ]
        for (field, body, answers) in bodies {
            let text = "POST / HTTP/1.1\r\nHost: a\r\n\(field)\r\n\r\n\(body)" + Self.get
            let answer = try await exchange(text, limits: limits) { _ in .text("ok") }
            #expect(answer.split(separator: "HTTP/1.1 200").count == answers, "\(field) \(body)")
        }
    }

    @Test("A broken body is answered as such, whatever the handler makes of it")
    func broken() async throws {
        let text = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n"
        let answer = try await exchange(text + Self.get) { request in
            var request = request
            try? await request.collect()
            return .text("all is well")
        }
        #expect(answer.hasPrefix("HTTP/1.1 400 Bad Request"))
        #expect(answer.contains("a chunk is longer than its size") && !answer.contains("well"))
    }

    @Test("A body that is kept for later is gone when the request was answered")
    func keptForLater() async throws {
        let kept = Box<HTTPIncomingBody?>(nil)
        try await withHTTPServer(
            streams: true,
            { request in
                if request.path == "/keep" { kept.value = request.incoming }
                do {
                    return .text("\(try await kept.value?.next() ?? [])")
                } catch {
                    return .text("\(error)")
                }
            }
        ) { server, loop in
            let client = HTTPClient(on: loop)
            let first = try await client.post(
                "/keep", Array("ab".utf8), type: "text/plain", at: server.address, within: .seconds(10))
            #expect(first.text == "[97, 98]")
            let second = try await client.get("/", at: server.address, within: .seconds(10))
            #expect(second.text.hasPrefix("the request was answered before its body was read"))
        }
    }

    @Test("A closed body lets go of the connection that it came from")
    func closedBody() {
        var connection: Box<Int>? = Box(1)
        weak let released = connection
        let body = HTTPIncomingBody(limit: ByteCount(1)) { [connection] in connection.map { _ in [] } }
        connection = nil
        #expect(released != nil)
        body.close()
        #expect(released == nil)
        withExtendedLifetime(body) {}
    }
}
