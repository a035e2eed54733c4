import Basics
import Loop
import Redis
import RedisTestSupport
import TLS
import TLSTestSupport
import TestSupport
import Testing

@Suite struct EncryptedTests {
    /// Options that lead to a real server which speaks only TLS, and the file of the authority that issued its certificate.
    private func withEncryptedServer(
        _ body: @escaping @Sendable (RedisOptions, String, EventLoop) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let authority = try TestAuthority(in: folder)
            let identity = try authority.issue(for: ["localhost"])
            let server = try TestRedis(
                certificate: Files.readText(identity.chainFile), key: Files.readText(identity.keyFile))
            defer { server.kill() }
            try await EventLoop.onThread { loop in
                try await body(server.tcpOptions, authority.certificateFile, loop)
            }
        }
    }

    private func encrypted(believing file: String) throws -> RedisTransport {
        let tls = try TLSClient(TLSClientOptions(authorities: .file(file)))
        return .encrypted { address, limit, loop in
            let socket = try await Socket.connect(to: address, within: limit, on: loop)
            return try await tls.connect(over: socket, host: "localhost", within: limit)
        }
    }

    @Test("Commands, pipelines and messages pass encrypted to a real server")
    func commands() async throws {
        try await withEncryptedServer { options, file, loop in
            var options = options
            options.transport = try encrypted(believing: file)
            let connection = try await RedisConnection.connect(options, on: loop)
            let large = String(repeating: "salon", count: 200_000)
            try await connection.send(.set("name", to: large))
            #expect(try await connection.send(.get("name")).present?.text() == large)
            let replies = try await connection.pipeline((1...500).map { _ in .increment("visits") })
            #expect(replies.count == 500)
            let subscriber = try RedisSubscriber(options, on: loop)
            var notifications = try await subscriber.subscribe(to: [.channel("bookings")]).makeAsyncIterator()
            try await connection.send(.publish("moved", to: "bookings"))
            guard case .message(let message)? = await notifications.next() else {
                Issue.record("no message came")
                return
            }
            #expect(try message.text() == "moved")
            subscriber.close()
            await connection.close()
        }
    }

    @Test("A server that only an unknown authority vouches for is refused")
    func unknown() async throws {
        try await withEncryptedServer { options, _, loop in
            try await withTemporaryFolder { folder in
                var options = options
                options.transport = try encrypted(believing: TestAuthority(in: folder).certificateFile)
                await #expect(throws: RedisError.self) { _ = try await RedisConnection.connect(options, on: loop) }
            }
        }
    }
}
