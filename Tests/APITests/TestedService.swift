import Basics
import Configuration
import HTTP
import HTTPTestSupport
import JSONText
import Loop
import Postgres
import Telemetry

@testable import API

/// A service on a loop of its own, what it logs, and a client for it.
struct TestedService: Sendable {
    let client: HTTPTestClient
    let log: MemorySink

    /// Runs `body` with a service for the database of `options`.
    static func run(
        _ mode: HTTPTestMode, database options: ConnectionOptions = .nowhere, level: LogLevel = .info,
        _ body: @escaping @Sendable (TestedService) async throws -> Void
    ) async throws {
        let log = MemorySink()
        try await EventLoop.onThread { loop in
            let logger = Logger(label: "service", level: level, sink: log)
            let service = try await Service(
                Configuration(database: options), logger: logger, on: LoopGroup(of: loop))
            try await run(mode, service.router, on: loop) { client in
                try await body(TestedService(client: client, log: log))
            }
            await service.close()
        }
    }

    /// Runs `body` with a client for routes that live on `loop`.
    static func run(
        _ mode: HTTPTestMode, _ router: HTTPRouter, on loop: EventLoop,
        _ body: @escaping @Sendable (HTTPTestClient) async throws -> Void
    ) async throws {
        let handler: HTTPServer.Handler = { request in
            do {
                return try await loop.perform { await router.respond(to: request) }
            } catch {
                return .problem(.internalServerError, "\(error)")
            }
        }
        try await HTTPTestClient.run(mode, handler, body)
    }

    /// The lines of the log in their form for programs.
    func lines() throws -> [JSON] {
        try log.records.map { try JSON(reading: String(decoding: LogFormat.json.line(for: $0), as: UTF8.self)) }
    }

    /// The lines of `/metrics` that begin with a name, as they stand there.
    func metrics(_ name: String) async throws -> [String] { try await client.metrics(name) }
}

extension HTTPTestClient {
    /// The lines of `/metrics` that begin with a name, as they stand there.
    func metrics(_ name: String) async throws -> [String] {
        let text = try await get("/metrics").text
        return text.split(separator: "\n").filter { $0.hasPrefix(name) }.map(String.init)
    }
}

extension ConnectionOptions {
    /// A database that is not there.
    static let nowhere = ConnectionOptions(
        host: "/tmp/parlor-nowhere", port: 5432, database: "salons", user: "app", password: Secret("hunter2-hunter2"))
}

extension Configuration {
    /// The defaults with another database.
    init(database options: ConnectionOptions) {
        self.init()
        database.managed = false
        database.host = options.host
        database.port = options.port
        database.name = options.database
        database.user = options.user
        database.password = options.password
    }
}
