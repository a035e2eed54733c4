import Basics
import HTTP
import Postgres
import Tenants
import Testing

@testable import API

/// Every endpoint, by everybody: what the table of permissions says, and nothing else.
@Suite("Who may use which endpoint") struct AccessMatrixTests {
    /// Whether somebody may use an endpoint of the first salon; nil where they must not know that there is such a salon.
    private static func may(_ who: Who, _ access: Access) -> Bool? {
        switch access {
        case .anybody: return true
        case .signedIn, .person: return who != .nobody
        case .platform: return who == .admin
        case .salon(let permission), .link(let permission):
            switch who {
            case .nobody: return false
            case .stranger: return nil
            case .admin: return permission.isGrantedToPlatform
            default: return who.role.map { permission.isGranted(to: $0) } ?? false
            }
        }
    }

    /// An endpoint's path with a salon and a key that nothing has.
    private static func path(_ endpoint: Endpoint, _ salon: PostgresUUID) -> String {
        endpoint.pattern.description.replacing("{salon}", with: "\(salon)")
            .replacing("{id}", with: "00000000-0000-7000-8000-000000000000")
            .replacing("{code}", with: "BCD234").replacing("{day}", with: "2026-03-01")
    }

    @Test("Each endpoint lets in exactly those whom the table of permissions names")
    func matrix() async throws {
        try await TestedAPI.run { api in
            // What ends a session would end those of the test.
            let endpoints = RestAPI.endpoints.filter {
                !["signOut", "signOutEverywhere", "rotateSession"].contains($0.operation)
            }
            for endpoint in endpoints {
                for who in Who.allCases {
                    // A body that is none: whoever is let in is told so, before anything is done.
                    let response = try await api.send(
                        endpoint.method, Self.path(endpoint, api.salons[0]), as: who,
                        text: endpoint.body == nil ? nil : "[]")
                    let status = response.status.code
                    let name = "\(endpoint.operation) as \(who): \(status)"
                    switch (Self.may(who, endpoint.access), who) {
                    case (true, _): #expect(![401, 403].contains(status), "\(name)")
                    case (false, .nobody): #expect(status == 401, "\(name)")
                    case (false, _): #expect(status == 403, "\(name)")
                    case (nil, _): #expect(status == 404, "\(name)")
                    }
                    #expect(status < 500, "\(name)")
                }
            }
        }
    }

    @Test("Another salon's rows cannot be read, changed or removed through one's own salon")
    func foreignRows() async throws {
        try await TestedAPI.run { api in
            let theirs = try await api.send(
                .post, "/v1/salons/\(api.salons[1])/services", as: .stranger,
                ["name": "Theirs", "duration_minutes": 30])
            let id = try #require(try theirs.json()["id"]?.text)
            let path = "\(api.salon)/services/\(id)"
            #expect(try await api.get(path).status == .notFound)
            let change = try await api.send(.patch, path, ["name": "Mine"], headers: ["If-Match": "*"])
            #expect(change.status == .notFound)
            #expect(try await api.send(.delete, path).status == .notFound)
            let list = try await api.get("\(api.salon)/services")
            #expect(!list.text.contains("Theirs"))
            let still = try await api.get("/v1/salons/\(api.salons[1])/services/\(id)", as: .stranger)
            #expect(try still.json()["name"] == "Theirs")
        }
    }

    @Test("A method that is not documented is not there", arguments: [HTTPMethod.put, .delete, .post, .patch])
    func methods(method: HTTPMethod) async throws {
        try await TestedAPI.run { api in
            for path in Set(RestAPI.endpoints.map(\.pattern.description)) {
                let there = RestAPI.endpoints.filter { $0.pattern.description == path }
                guard let any = there.first, !there.contains(where: { $0.method == method }) else { continue }
                let response = try await api.send(method, Self.path(any, api.salons[0]), text: "{}")
                #expect(response.status == .methodNotAllowed && response.headers["Allow"] != nil, "\(method) \(path)")
            }
        }
    }

    @Test("What is no token of ours, or the token of nobody, lets nobody in")
    func tokens() async throws {
        try await TestedAPI.run { api in
            let good = try #require(api.tokens[.owner])
            for header in [
                "", "Bearer", "Bearer ", "Bearer x", "Basic \(good)", "Bearer \(good)x", "Bearer \(good.dropLast())",
                "Bearer pk_\(good.dropFirst(3))", "Bearer \(good) \(good)", good,
            ] {
                let response = try await api.send(
                    .get, "/v1/me", as: .nobody, headers: ["Authorization": header])
                #expect(response.status == .unauthorized, "\(header.prefix(12))…")
                #expect(response.headers["WWW-Authenticate"] != nil)
            }
            #expect(
                try await api.send(.get, "/v1/me", as: .nobody, headers: ["Authorization": "bearer \(good)"]).status
                    == .ok)
        }
    }

    @Test("A key opens what its scopes say, in its own salon, until it is revoked; it is told once")
    func keys() async throws {
        try await TestedAPI.run { api in
            let wanted: JSON = ["name": "Till", "scopes": ["catalogue:read", "customers:write"]]
            let once: HTTPHeaders = ["Idempotency-Key": "a-key"]
            let made = try await api.send(.post, "\(api.salon)/api-keys", wanted, headers: once)
            #expect(made.status == .created)
            let secret = try #require(try made.json()["secret"]?.text)
            let id = try #require(try made.json()["api_key"]?["id"]?.text)
            let again = try await api.send(.post, "\(api.salon)/api-keys", wanted, headers: once)
            #expect(try again.json()["secret"] == .null && again.json()["api_key"]?["id"] == .string(id))
            let key: HTTPHeaders = ["Authorization": "Bearer \(secret)"]
            func status(_ method: HTTPMethod, _ path: String, _ body: JSON? = nil) async throws -> Int {
                try await api.send(method, path, as: .nobody, body, headers: key).status.code
            }
            #expect(try await status(.get, "\(api.salon)/services") == 200)
            #expect(try await status(.post, "\(api.salon)/services", ["name": "x", "duration_minutes": 5]) == 403)
            #expect(try await status(.post, "\(api.salon)/customers", ["name": "Zoe"]) == 201)
            #expect(try await status(.get, "\(api.salon)/customers") == 403)
            #expect(try await status(.get, "\(api.salon)/api-keys") == 403)
            #expect(try await status(.get, "/v1/salons/\(api.salons[1])/services") == 404)
            #expect(try await status(.delete, "/v1/sessions") == 403)
            #expect(try await status(.get, "/v1/me") == 200)
            let kept = try await api.sql(
                """
                SELECT count(*)::text FROM (
                    SELECT k::text AS row FROM api_keys AS k
                    UNION ALL SELECT convert_from(response_body, 'UTF8') FROM idempotency_keys
                    UNION ALL SELECT a::text FROM audit_log AS a) AS rows
                WHERE row LIKE '%' || $1 || '%'
                """, secret)
            #expect(kept == ["0"])
            #expect(try await api.send(.delete, "\(api.salon)/api-keys/\(id)").status == .noContent)
            #expect(try await status(.get, "\(api.salon)/services") == 401)
            let refused = try await api.send(.post, "\(api.salon)/api-keys", ["name": "x", "scopes": ["keys:write"]])
            #expect(refused.status == .unprocessableContent)
        }
    }

    @Test("A key may stand in the address of the feed, if it opens nothing else, until it is revoked")
    func keyInAddress() async throws {
        try await TestedAPI.run { api in
            func key(_ scopes: JSON) async throws -> (id: String, secret: String) {
                let made = try await api.send(.post, "\(api.salon)/api-keys", ["name": "Calendar", "scopes": scopes])
                return try (
                    #require(made.json()["api_key"]?["id"]?.text), #require(made.json()["secret"]?.text)
                )
            }
            func status(_ path: String, _ secret: String) async throws -> Int {
                try await api.send(.get, "\(path)?key=\(secret)", as: .nobody).status.code
            }
            let (feed, narrow) = ("\(api.salon)/calendar-feed", try await key(["calendar:read"]))
            let (wide, other) = (try await key(["bookings:read", "calendar:read"]), try await key(["bookings:read"]))
            #expect(try await status(feed, narrow.secret) == 200)
            #expect(try await status(feed, wide.secret) == 403, "it opens more than the feed")
            #expect(try await status(feed, other.secret) == 403)
            #expect(try await status(feed, "nothing") == 401)
            #expect(try await status(feed, #require(api.tokens[.owner])) == 401, "a person's token")
            #expect(try await status("/v1/salons/\(api.salons[1])/calendar-feed", narrow.secret) == 404)
            #expect(try await status("\(api.salon)/bookings", narrow.secret) == 401, "no other address takes one")
            let header: HTTPHeaders = ["Authorization": "Bearer \(wide.secret)"]
            #expect(try await api.send(.get, feed, as: .nobody, headers: header).status == .ok)
            #expect(try await api.send(.delete, "\(api.salon)/api-keys/\(narrow.id)").status == .noContent)
            #expect(try await status(feed, narrow.secret) == 401)
        }
    }

    @Test("Members are added, changed and removed by owners, and a salon keeps one")
    func members() async throws {
        try await TestedAPI.run { api in
            let list = try await api.get("\(api.salon)/members")
            let owner = try #require(try list.json()["items"]?.elements?.first { $0["role"] == "OWNER" }?["id"]?.text)
            let path = "\(api.salon)/members/\(owner)"
            #expect(try await api.send(.delete, path).status == .conflict)
            #expect(
                try await api.send(.patch, path, ["role": "STAFF"], headers: ["If-Match": "*"]).status == .conflict)
            let added = try await api.send(
                .post, "\(api.salon)/members", ["email": "manager@example.com", "name": "M", "role": "OWNER"])
            #expect(added.status == .conflict, "is a member already")
            let new = try await api.send(
                .post, "\(api.salon)/members", ["email": "stranger@example.com", "name": "S", "role": "STAFF"])
            #expect(new.status == .created)
            #expect(try await api.get("\(api.salon)/services", as: .stranger).status == .ok)
            let id = try #require(try new.json()["id"]?.text)
            let promoted = try await api.send(
                .patch, "\(api.salon)/members/\(id)", ["role": "OWNER"], headers: ["If-Match": "\"1\""])
            #expect(promoted.status == .ok)
            #expect(try await api.send(.delete, path).status == .noContent, "there is another owner now")
            #expect(try await api.get("\(api.salon)/services").status == .notFound, "and it holds at once")
        }
    }
}
