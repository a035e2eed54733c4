import Basics
import HTTP
import HTTPTestSupport
import Loop
import LoopTestSupport
import Testing

@Suite struct HTTPClientFaultTests {
    /// Runs `body` with a client whose way to a server leads through a proxy that breaks it.
    private func withFaults(
        stallLimit: Duration = .seconds(30), _ script: @escaping ScriptedServer.Script,
        client body: @escaping @Sendable (HTTPClient, HTTPOrigin, FaultProxy, EventLoop) async throws -> Void
    ) async throws {
        try await ScriptedServer.run(script) { server, loop in
            let proxy = try FaultProxy(to: server.address, on: loop)
            defer { proxy.close() }
            guard case .tcp(_, let port) = proxy.address else { return }
            var options = HTTPClientOptions()
            options.stallLimit = stallLimit
            let client = HTTPClient(on: loop, options)
            defer { client.close() }
            try await body(client, try #require(HTTPOrigin(.http, host: "127.0.0.1", port: port)), proxy, loop)
        }
    }

    private func error(
        of client: HTTPClient, _ origin: HTTPOrigin, _ method: HTTPMethod = .get
    ) async -> ParlorError? {
        await #expect(throws: ParlorError.self) {
            try await client.send(
                HTTPRequest(method, try #require(HTTPTarget("/x?secret"))), to: origin, within: .seconds(30))
        }
    }

    @Test(
        "A response that is cut off is no response, wherever the cut is",
        arguments: ["HTT", "HTTP/1.1 200 OK\r\nContent-Len", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234"])
    func cut(part: String) async throws {
        let sent = LoopWait<Void>()
        try await withFaults { connection, _, loop in
            _ = try await connection.head()
            try await connection.send(part)
            sent.succeed()
            _ = try await connection.rest()
        } client: { client, origin, proxy, loop in
            async let failure = error(of: client, origin)
            try await sent.value(on: loop)
            proxy.cut()
            let error = await failure
            #expect(error?.code == .protocolViolation || error?.code == .connection)
            #expect(error?.debugDescription.contains("secret") == false)
            #expect(client.connectionCounts == (0, 0))
        }
    }

    @Test(
        "A server that stalls is given up when nothing moves any more", arguments: ["", "HTTP/1.1 200 OK\r\n\r\nabc"])
    func stalled(part: String) async throws {
        try await withFaults(stallLimit: .milliseconds(30)) { connection, _, _ in
            _ = try await connection.head()
            try await connection.send(part)
            _ = try await connection.rest()
        } client: { client, origin, _, _ in
            let error = await error(of: client, origin)
            #expect(error?.code == .timeout && error?.why == "nothing moved for 30 ms")
            #expect(client.connectionCounts == (0, 0))
        }
    }

    @Test("A server that stops reading a body is given up too")
    func stalledUpload() async throws {
        try await withFaults(stallLimit: .milliseconds(50)) { connection, _, loop in
            _ = try await connection.head()
            try await loop.sleep(for: .seconds(3600))
        } client: { client, origin, _, _ in
            let error = await #expect(throws: ParlorError.self) {
                let upload = HTTPUpload(length: nil) { { [UInt8](repeating: 0, count: 65_536) } }
                return try await client.send(
                    HTTPRequest(.put, try #require(HTTPTarget("/"))), upload, to: origin, within: .seconds(30))
            }
            #expect(error?.code == .timeout)
        }
    }

    @Test("Words between two responses end the connection, and the next request gets its own answer")
    func injected() async throws {
        try await withFaults { connection, number, _ in
            while try await !connection.head().isEmpty {
                try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n\(number)")
            }
        } client: { client, origin, proxy, _ in
            let first = try await client.get("/", at: origin, within: .seconds(30)).text
            try await proxy.inject(Array("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad".utf8))
            let second = try await client.get("/", at: origin, within: .seconds(30)).text
            #expect(first == "1" && second == "2")
        }
    }

    @Test("A connection that is cut while nobody uses it is not noticed by the next request")
    func cutWhileIdle() async throws {
        try await withFaults { connection, number, _ in
            while try await !connection.head().isEmpty {
                try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n\(number)")
            }
        } client: { client, origin, proxy, _ in
            for number in 1...3 {
                let text = try await client.get("/", at: origin, within: .seconds(30)).text
                #expect(text == "\(number)")
                proxy.cut()
            }
        }
    }

    @Test("Cancelling a call ends its connection")
    func cancelled() async throws {
        let arrived = LoopWait<Void>()
        try await withFaults { connection, _, _ in
            _ = try await connection.head()
            arrived.succeed()
            _ = try await connection.rest()
        } client: { client, origin, _, loop in
            let call = Task(executorPreference: loop) { try await client.get("/", at: origin, within: .seconds(30)) }
            try await arrived.value(on: loop)
            call.cancel()
            await #expect(throws: CancellationError.self) { try await call.value }
            #expect(client.connectionCounts == (0, 0))
        }
    }
}
