import Basics
import HTTP
import HTTPTestSupport
import Loop
import Testing

@Suite struct HTTPClientStreamTests {
    private func origin(_ server: ScriptedServer) throws -> HTTPOrigin {
        try #require(HTTPOrigin(.http, host: "127.0.0.1", port: server.port))
    }

    private func request(_ method: HTTPMethod) throws -> HTTPRequest {
        HTTPRequest(method, try #require(HTTPTarget("/upload?secret")))
    }

    /// So many pieces of 64 kB.
    private func pieces(_ count: Int, length: Int?) -> HTTPUpload {
        HTTPUpload(length: length) {
            let left = Box(count)
            return {
                guard left.value > 0 else { return nil }
                left.value -= 1
                return [UInt8](repeating: UInt8(truncatingIfNeeded: left.value), count: 65_536)
            }
        }
    }

    @Test("A body is handed over as it arrives, and nothing is read that nobody asked for")
    func backPressure() async throws {
        let written = Box(0)
        try await ScriptedServer.run { connection, _, _ in
            _ = try await connection.head()
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 67108864\r\n\r\n")
            let piece = [UInt8](repeating: 7, count: 1 << 20)
            while written.value < 64 {
                try await connection.send(piece)
                written.value += 1
            }
        } client: { server, loop in
            let client = HTTPClient(on: loop, HTTPClientOptions())
            defer { client.close() }
            let total = try await client.withResponse(
                to: request(.get), at: origin(server), within: .seconds(60)
            ) { head, body in
                var total = try await body.next()?.count ?? 0
                // The rest is more than the kernel's buffers hold, so the server cannot get far ahead.
                for _ in 0..<1000 { await Task.yield() }
                #expect(written.value < 32)
                while let bytes = try await body.next() { total += bytes.count }
                return total
            }
            #expect(total == 64 << 20)
            #expect(client.connectionCounts == (1, 1))
        }
    }

    @Test("A stream that is left early ends its connection", arguments: [true, false])
    func leftEarly(isThrowing: Bool) async throws {
        try await ScriptedServer.run { connection, _, _ in
            _ = try await connection.head()
            try await connection.send("HTTP/1.1 200 OK\r\n\r\nfirst")
            _ = try await connection.rest()
        } client: { server, loop in
            let client = HTTPClient(on: loop, HTTPClientOptions())
            let text = try? await client.withResponse(
                to: request(.get), at: origin(server), within: .seconds(30)
            ) { _, body in
                let first = String(decoding: try await body.next() ?? [], as: UTF8.self)
                if isThrowing { throw CancellationError() }
                return first
            }
            #expect(text == (isThrowing ? nil : "first"))
            #expect(client.connectionCounts == (0, 0))
        }
    }

    @Test("A streamed body of a known length arrives whole, again and again on one connection")
    func counted() async throws {
        try await withHTTPServer({ request in
            let sum = request.body.reduce(0) { $0 &+ Int($1) }
            return .text("\(request.body.count) \(sum)")
        }) { server, loop in
            guard case .tcp(_, let port) = server.address else { return }
            let origin = try #require(HTTPOrigin(.http, host: "127.0.0.1", port: port))
            let client = HTTPClient(on: loop, HTTPClientOptions())
            defer { client.close() }
            for _ in 0..<2 {
                let upload = pieces(15, length: 15 * 65_536)
                let answer = try await client.send(request(.put), upload, to: origin, within: .seconds(30))
                let sum = (0..<15).reduce(0) { $0 + $1 * 65_536 }
                #expect(answer.text == "983040 \(sum)")
            }
            #expect(client.connectionCounts == (1, 1))
        }
    }

    @Test("A streamed body of an unknown length goes in chunks")
    func chunked() async throws {
        try await ScriptedServer.run { connection, _, _ in
            let message = try await connection.text(until: "0\r\n\r\n")
            try await connection.send("HTTP/1.1 200 OK\r\n\r\n\(message)")
        } client: { server, loop in
            let client = HTTPClient(on: loop, HTTPClientOptions())
            let upload = HTTPUpload(length: nil) {
                let left = Box(["hello, ", "", "world of twenty"])
                return { left.value.isEmpty ? nil : Array(left.value.removeFirst().utf8) }
            }
            let answer = try await client.send(request(.put), upload, to: origin(server), within: .seconds(30))
            #expect(answer.text.contains("Transfer-Encoding: chunked\r\n"))
            #expect(!answer.text.contains("Content-Length"))
            #expect(answer.text.hasSuffix("\r\n\r\n7\r\nhello, \r\nf\r\nworld of twenty\r\n0\r\n\r\n"))
        }
    }

    @Test("An answer that says no ends the sending, and comes through")
    func refusedEarly() async throws {
        try await ScriptedServer.run { connection, _, _ in
            _ = try await connection.head()
            try await connection.send("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig")
            _ = try await connection.rest()
        } client: { server, loop in
            let client = HTTPClient(on: loop, HTTPClientOptions())
            let answer = try await client.send(
                request(.put), pieces(1000, length: nil), to: origin(server), within: .seconds(30))
            #expect(answer.status == .contentTooLarge && answer.text == "big")
            #expect(client.connectionCounts == (0, 0))
        }
    }

    @Test("A source that fails, or keeps not to its length, ends the call with that", arguments: [0, 1, 2, 3])
    func brokenSource(kind: Int) async throws {
        try await ScriptedServer.run { connection, _, _ in
            _ = try await connection.rest()
        } client: { server, loop in
            var options = HTTPClientOptions()
            options.retries = HTTPRetryPolicy(attemptsMax: 2, firstPause: .milliseconds(1))
            let client = HTTPClient(on: loop, options)
            // The last kind must not be taken for a broken connection, which would be tried again.
            let code: ErrorCode = [.file, .malformed, .malformed, .connection][kind]
            let upload =
                [0, 3].contains(kind)
                ? HTTPUpload(length: 10) { { throw ParlorError(code, "the source is gone") } }
                : pieces(2, length: kind == 1 ? 65_536 : 200_000)
            let error = await #expect(throws: ParlorError.self) {
                try await client.send(request(.put), upload, to: origin(server), within: .seconds(30))
            }
            #expect(error?.code == code && server.connectionCount == 1)
            #expect(client.connectionCounts == (0, 0))
        }
    }

    @Test(
        "A body waits for the server's word when it should, and is spared when the answer is no",
        arguments: [true, false])
    func confirmation(isWanted: Bool) async throws {
        let opened = Box(false)
        try await ScriptedServer.run { connection, _, _ in
            let head = try await connection.head()
            guard head.contains("Expect: 100-continue\r\n") else { return }
            guard isWanted else {
                return try await connection.send("HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n")
            }
            try await connection.send("HTTP/1.1 100 Continue\r\n\r\n")
            _ = try await connection.text(until: "end")
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        } client: { server, loop in
            let client = HTTPClient(on: loop, HTTPClientOptions())
            let upload = HTTPUpload(length: 3, confirmationLimit: .seconds(30)) {
                let left = Box(1)
                opened.value = true
                return {
                    defer { left.value -= 1 }
                    return left.value == 1 ? Array("end".utf8) : nil
                }
            }
            let answer = try await client.send(request(.put), upload, to: origin(server), within: .seconds(30))
            #expect(answer.status == (isWanted ? .ok : .unauthorized))
            #expect(opened.value == isWanted)
        }
    }

    @Test("A server that knows nothing of confirmations gets the body all the same")
    func silentConfirmation() async throws {
        try await ScriptedServer.run { connection, _, _ in
            _ = try await connection.text(until: "end")
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        } client: { server, loop in
            let client = HTTPClient(on: loop, HTTPClientOptions())
            let upload = HTTPUpload(Array("end".utf8), confirmationLimit: .milliseconds(5))
            let answer = try await client.send(request(.put), upload, to: origin(server), within: .seconds(30))
            #expect(answer.status == .ok)
        }
    }
}
