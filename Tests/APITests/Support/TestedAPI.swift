import Basics
import Configuration
import HTTP
import HTTPTestSupport
import JSONText
import Loop
import LoopTestSupport
import Postgres
import Store
import StoreTestSupport
import Telemetry
import Tenants
import Testing

@testable import API

/// Who sends a request in a test.
enum Who: Hashable, CaseIterable, Sendable {
    case owner, manager, staff, readonly
    /// The owner of the other salon.
    case stranger
    /// One of the people who run the platform.
    case admin
    /// Nobody: no token.
    case nobody

    var role: Role? {
        switch self {
        case .owner, .stranger: .owner
        case .manager: .manager
        case .staff: .staff
        case .readonly: .readonly
        case .admin, .nobody: nil
        }
    }
}

/// The API over a database with two salons, people of every role in the first, and a session for each. Every answer is
/// held against the document.
struct TestedAPI: Sendable {
    let client: HTTPTestClient
    let service: Service
    /// What stands between the service and its database, where a test wants to disturb that.
    let proxy: FaultProxy?
    let superuser: PostgresSession
    /// The first loop of the service.
    let loop: EventLoop
    let log: MemorySink
    /// The two salons.
    let salons: [PostgresUUID]
    let tokens: [Who: String]

    /// The routes, which live on `loop`.
    var router: HTTPRouter { service.router }
    var salon: String { "/v1/salons/\(salons[0])" }

    /// Runs `body` with the service as it is, or changed by `configure`.
    static func run(
        _ mode: HTTPTestMode = .handler, proxied: Bool = false, loops: Int = 1,
        configure: @escaping @Sendable (inout Configuration) -> Void = { _ in },
        _ body: @escaping @Sendable (TestedAPI) async throws -> Void
    ) async throws {
        try await withSalonDatabase { database, loop in
            let superuser = try await PostgresSession.connect(database.superuser, on: loop)
            defer { superuser.close() }
            let seeded = try await seed(superuser)
            var configuration = Configuration(database: database.service)
            configure(&configuration)
            var proxy: FaultProxy?
            if proxied {
                proxy = try FaultProxy(to: .tcp(host: "127.0.0.1", port: database.service.port), on: loop)
                if case .tcp(_, let port)? = proxy?.address {
                    (configuration.database.host, configuration.database.port) = ("127.0.0.1", port)
                    configuration.database.sslMode = .disable
                }
            }
            let (disturbing, settled) = (proxy, configuration)
            defer { disturbing?.close() }
            let log = MemorySink()
            try await LoopGroup.run(count: loops, from: loop) { group in
                let service = try await Service(
                    settled, passwords: PasswordCost(memory: 64, passes: 1),
                    logger: Logger(label: "service", level: .info, sink: log), on: group)
                try await TestedService.run(mode, service.router, on: loop) { client in
                    try await body(
                        TestedAPI(
                            client: client, service: service, proxy: disturbing, superuser: superuser, loop: loop,
                            log: log, salons: seeded.salons, tokens: seeded.tokens))
                }
                await service.close()
            }
        }
    }

    private static func seed(
        _ superuser: PostgresSession
    ) async throws -> (salons: [PostgresUUID], tokens: [Who: String]) {
        var salons: [PostgresUUID] = []
        for (name, number) in [("Ada", "1001"), ("Bela", "1002")] {
            let row = try await superuser.query(
                "INSERT INTO salons (name, phone_number_id, timezone) VALUES ($1, $2, 'Europe/Berlin') RETURNING id",
                name, number)
            salons.append(try row.only[0, as: PostgresUUID.self])
        }
        var tokens: [Who: String] = [:]
        for who in Who.allCases where who != .nobody {
            let token = AccessToken.generate(.session)
            let user = try await superuser.query(
                "INSERT INTO users (email, name, is_platform_admin) VALUES ($1, $2, $3) RETURNING id",
                "\(who)@example.com", "\(who)", who == .admin
            ).only[0, as: PostgresUUID.self]
            try await superuser.query(
                "INSERT INTO sessions (user_id, token_hash, expires_at) VALUES ($1, $2, now() + interval '1 day')",
                user,
                token.hash)
            if let role = who.role {
                try await superuser.query(
                    "INSERT INTO memberships (salon_id, user_id, role) VALUES ($1, $2, $3)",
                    salons[who == .stranger ? 1 : 0], user, role)
            }
            tokens[who] = token.secret.reveal()
        }
        return (salons, tokens)
    }

    /// Gives the first salon a service that can be had at any time, and a conversation in which the customer has just written.
    func furnish() async throws -> (service: String, conversation: String) {
        let keys = try await sql(
            """
            WITH s AS (
                INSERT INTO services (salon_id, name, duration_minutes) VALUES ($1::uuid, 'Wash', 15) RETURNING salon_id, id
            ), r AS (
                INSERT INTO resources (salon_id, kind, name) VALUES ($1::uuid, 'CHAIR', 'Left') RETURNING salon_id, id
            ), l AS (
                INSERT INTO service_resources (salon_id, service_id, resource_id)
                SELECT s.salon_id, s.id, r.id FROM s, r
            ), h AS (
                INSERT INTO opening_hours (salon_id, weekday, opens, closes)
                SELECT $1::uuid, day, '00:00', '24:00' FROM generate_series(1, 7) AS day
            ), c AS (
                INSERT INTO conversations (salon_id, phone_number, window_expires_at)
                VALUES ($1::uuid, '+4930901820', now() + interval '1 hour') RETURNING id
            )
            SELECT unnest(ARRAY[(SELECT id FROM s), (SELECT id FROM c)])::text
            """, "\(salons[0])")
        return (keys[0], keys[1])
    }

    // MARK: - Requests

    /// What somebody shows.
    func headers(of who: Who) -> HTTPHeaders { tokens[who].map { ["Authorization": "Bearer \($0)"] } ?? [:] }

    /// Sends a request, and holds its answer against the document.
    @discardableResult
    func send(
        _ method: HTTPMethod, _ path: String, as who: Who = .owner, _ body: JSON? = nil, headers: HTTPHeaders = [:],
        location: SourceLocation = #_sourceLocation
    ) async throws -> HTTPResponse {
        try await send(method, path, as: who, text: body?.compact, headers: headers, location: location)
    }

    /// The same with a body that need not be JSON.
    @discardableResult
    func send(
        _ method: HTTPMethod, _ path: String, as who: Who = .owner, text: String?, headers: HTTPHeaders = [:],
        location: SourceLocation = #_sourceLocation
    ) async throws -> HTTPResponse {
        var headers = headers
        if !headers.has("Authorization") { headers["Authorization"] = self.headers(of: who)["Authorization"] }
        if text != nil, !headers.has("Content-Type") { headers["Content-Type"] = "application/json" }
        let response = try await client.send(method, path, headers: headers, body: text ?? "")
        let faults = DocumentedAnswers.faults(method, path, response)
        #expect(faults == [], "\(method) \(path) as \(who): \(response.text)", sourceLocation: location)
        return response
    }

    /// The first column, as text, of what a superuser is told. The session lives on its own loop, and tests do not.
    @discardableResult
    func sql(_ text: String, _ values: String?...) async throws -> [String] {
        try await loop.perform { [superuser] in
            var parameters = PostgresParameters()
            for value in values { try parameters.append(value) }
            return try await superuser.query(text, parameters: parameters).map { try $0[0, as: String.self] }
        }
    }

    /// The hash of a password, at the price of the tests.
    func hash(_ password: String) async throws -> String {
        try await loop.perform { [loop] in
            let hasher = PasswordHasher(PasswordCost(memory: 64, passes: 1), on: loop)
            defer { hasher.end() }
            return try await hasher.hash(Secret(password))
        }
    }

    func get(_ path: String, as who: Who = .owner, headers: HTTPHeaders = [:]) async throws -> HTTPResponse {
        try await send(.get, path, as: who, headers: headers)
    }
}

/// Holds answers against the OpenAPI document.
enum DocumentedAnswers {
    /// What an answer has that the document does not say.
    static func faults(_ method: HTTPMethod, _ path: String, _ response: HTTPResponse) -> [String] {
        guard let target = HTTPTarget(path), target.segments.first == "v1" else { return [] }
        let document = RestAPI.specification.json
        guard case .object(let paths)? = document["paths"] else { return ["the document has no paths"] }
        let name = method.rawValue.lowercased()
        guard let item = paths.first(where: { matches($0.name, target.segments) && $0.value[name] != nil }) else {
            // What the document does not have must not be there.
            return [404, 405].contains(response.status.code) ? [] : ["answered without being documented"]
        }
        guard let answer = item.value[name]?["responses"]?["\(response.status.code)"] else {
            return ["\(response.status) is not documented"]
        }
        guard case .object(let contents)? = answer["content"] else {
            return response.body.isEmpty ? [] : ["has a body and none is documented"]
        }
        let type = response.headers["Content-Type"]
        guard let schema = contents.first(where: { $0.name == type })?.value["schema"],
            let json = type?.hasPrefix("text/") == true
                ? .string(response.text) : try? JSON(reading: response.body)
        else { return ["is no \(contents.map(\.name))"] }
        return SchemaValidator(document: document).faults(json, schema)
    }

    private static func matches(_ pattern: String, _ segments: [String]) -> Bool {
        let parts = pattern.split(separator: "/")
        return parts.count == segments.count && zip(parts, segments).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
    }
}
