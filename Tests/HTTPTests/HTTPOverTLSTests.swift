import Basics
import HTTP
import HTTPTestSupport
import Loop
import TLS
import TLSTestSupport
import TestSupport
import Testing

@Suite struct HTTPOverTLSTests {
    /// A server with a certificate for `localhost`, and what a test needs to know of it.
    private struct Place: Sendable {
        let origin: HTTPOrigin
        let tls: TLSServer
        let identity: TLSIdentity
        let authority: TestAuthority
    }

    private func withServer(
        _ handler: @escaping HTTPServer.Handler = { _ in .text("hello") },
        _ body: @escaping @Sendable (Place, EventLoop) async throws -> Void
    ) async throws {
        try await withServer(making: { _ in handler }, body)
    }

    private func withServer(
        making handler: @escaping @Sendable (EventLoop) -> HTTPServer.Handler,
        _ body: @escaping @Sendable (Place, EventLoop) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let authority = try TestAuthority(in: folder)
            let identity = try authority.issue(for: ["localhost"])
            let tls = try TLSServer(TLSServerOptions(identity: identity))
            try await withHTTPServer(
                at: .tcp(host: "127.0.0.1", port: 0), limits: HTTPServerLimits(),
                secure: { try await tls.accept(over: $0, within: .seconds(30)) }, making: handler
            ) { server, loop in
                guard case .tcp(_, let port) = server.address else { throw ParlorError(.unexpected, "no port") }
                let origin = try #require(HTTPOrigin(.https, host: "localhost", port: port))
                try await body(Place(origin: origin, tls: tls, identity: identity, authority: authority), loop)
            }
        }
    }

    private func client(believing file: String, on loop: EventLoop) throws -> HTTPClient {
        let tls = try TLSClient(TLSClientOptions(authorities: .file(file)))
        var options = HTTPClientOptions()
        options.secure = { try await tls.connect(over: $0, host: $1, within: .seconds(30)) }
        options.resolve = { _, port in [.tcp(host: "127.0.0.1", port: port)] }
        return HTTPClient(on: loop, options)
    }

    @Test("Requests and large bodies pass encrypted, over one connection")
    func requests() async throws {
        let double: HTTPServer.Handler = { request in
            var request = request
            do { try await request.collect() } catch { return HTTPResponse(.badRequest) }
            return HTTPResponse(.ok, body: request.body + request.body)
        }
        try await withServer(double) { place, loop in
            let client = try client(believing: place.authority.certificateFile, on: loop)
            defer { client.close() }
            for count in [0, 1, 100_000, 900_000] {
                let body = [UInt8](repeating: 7, count: count)
                let response = try await client.post(
                    "/", body, type: "text/plain", at: place.origin, within: .seconds(30))
                #expect(response.body == body + body)
            }
            #expect(client.connectionCounts == (1, 1))
        }
    }

    @Test("A server that only an unknown authority vouches for is refused, and no request reaches it")
    func unknown() async throws {
        let never: HTTPServer.Handler = { _ in
            Issue.record("a request came")
            return .text("never")
        }
        try await withServer(never) { place, loop in
            try await withTemporaryFolder { folder in
                let stranger = try TestAuthority(in: folder)
                let client = try client(believing: stranger.certificateFile, on: loop)
                defer { client.close() }
                let error = await #expect(throws: ParlorError.self) {
                    try await client.get("/", at: place.origin, within: .seconds(30))
                }
                #expect(error?.tlsFault == .unknownAuthority)
            }
        }
    }

    @Test("After a reload new connections see the new certificate, and those that exist go on")
    func reload() async throws {
        try await withServer { place, loop in
            let early = try client(believing: place.authority.certificateFile, on: loop)
            defer { early.close() }
            #expect(try await early.get("/", at: place.origin, within: .seconds(30)).text == "hello")
            try place.authority.issue(for: ["localhost"], validity: .expired, into: place.identity)
            try place.tls.reload()
            #expect(try await early.get("/", at: place.origin, within: .seconds(30)).text == "hello")
            let late = try client(believing: place.authority.certificateFile, on: loop)
            defer { late.close() }
            let error = await #expect(throws: ParlorError.self) {
                try await late.get("/", at: place.origin, within: .seconds(30))
            }
            #expect(error?.tlsFault == .expired)
        }
    }

    @Test("A handler is cancelled when its client leaves")
    func leaving() async throws {
        let (began, cancelled) = (LoopWait<Void>(), LoopWait<Void>())
        let waiting: @Sendable (EventLoop) -> HTTPServer.Handler = { loop in
            { _ in
                began.succeed()
                do { try await LoopWait<Void>().value(on: loop) } catch { cancelled.succeed() }
                return .text("late")
            }
        }
        try await withServer(making: waiting) { place, loop in
            let client = try client(believing: place.authority.certificateFile, on: loop)
            defer { client.close() }
            let visit = Task(executorPreference: loop) {
                try await client.get("/", at: place.origin, within: .seconds(60))
            }
            try await began.value(on: loop)
            visit.cancel()
            try await cancelled.value(on: loop)
        }
    }
}
