import Basics
import Configuration
import HTTP
import Telemetry
import Testing

@testable import API

@Suite("Signing in") struct SignInTests {
    private static let credentials: JSON = ["email": "Owner@Example.com", "password": "correct horse battery"]
    private static let refusal =
        "address and password do not fit, or were tried too often; wait a while before you try again"

    /// Runs `body` with an owner who has a password.
    private static func withPassword(_ body: @escaping @Sendable (TestedAPI) async throws -> Void) async throws {
        try await TestedAPI.run { api in
            // What the tests' cheap hashes look like is made by changing it once as a session would.
            let hash = try await api.hash("correct horse battery")
            try await api.sql(
                "UPDATE users SET password_hash = $1 WHERE email = 'owner@example.com' RETURNING email::text", hash)
            try await body(api)
        }
    }

    private static func bearer(_ response: HTTPResponse) throws -> HTTPHeaders {
        ["Authorization": "Bearer \(try #require(try response.json()["token"]?.text))"]
    }

    @Test("With the right password a session begins, of whose token only the hash is kept")
    func begins() async throws {
        try await Self.withPassword { api in
            let response = try await api.send(.post, "/v1/sessions", as: .nobody, Self.credentials)
            #expect(response.status == .created)
            let bearer = try Self.bearer(response)
            let me = try await api.get("/v1/me", as: .nobody, headers: bearer)
            #expect(me.status == .ok)
            let myself = try me.json()
            #expect(myself["email"] == "owner@example.com" && myself["salons"]?.elements?.count == 1)
            let token = try #require(try response.json()["token"]?.text)
            let places = try await api.sql(
                """
                SELECT count(*)::text FROM (
                    SELECT s::text AS row FROM sessions AS s UNION ALL SELECT a::text FROM audit_log AS a
                    UNION ALL SELECT u::text FROM users AS u) AS rows
                WHERE row LIKE '%' || $1 || '%'
                """, token)
            #expect(places == ["0"])
            #expect(!api.log.records.contains { "\($0)".contains(token) || "\($0)".contains("horse") })
        }
    }

    @Test("A wrong password, an unknown address and a closed account are answered alike")
    func alike() async throws {
        try await Self.withPassword { api in
            let wrong: JSON = ["email": "owner@example.com", "password": "wrong"]
            let attempts: [JSON] = [
                wrong, ["email": "nobody@example.com", "password": "wrong"],
                ["email": "manager@example.com", "password": "wrong"], wrong, wrong, wrong, wrong, Self.credentials,
            ]
            var answers: Set<String> = []
            for attempt in attempts {
                let response = try await api.send(.post, "/v1/sessions", as: .nobody, attempt)
                #expect(response.status == .unauthorized)
                answers.insert(response.text)
            }
            #expect(answers.count == 1 && answers.first?.contains(Self.refusal) == true)
            let kept = try await api.sql(
                """
                SELECT failed_attempts || ' ' || (locked_until BETWEEN now() AND now() + interval '15 seconds')
                FROM users WHERE email = 'owner@example.com'
                """)
            #expect(kept == ["5 true"], "the sixth and the right one came while it was closed, and did not count")
        }
    }

    @Test("After the lock one may try again, and the right password opens the account")
    func unlocks() async throws {
        try await Self.withPassword { api in
            try await api.sql(
                """
                UPDATE users SET failed_attempts = 7, locked_until = now() - interval '1 second'
                WHERE email = 'owner@example.com' RETURNING email::text
                """)
            let wrong: JSON = ["email": "owner@example.com", "password": "wrong"]
            #expect(try await api.send(.post, "/v1/sessions", as: .nobody, wrong).status == .unauthorized)
            let locked = try await api.sql(
                """
                SELECT (locked_until BETWEEN now() + interval '1 minute' AND now() + interval '2 minutes')::text
                FROM users WHERE email = 'owner@example.com'
                """)
            #expect(locked == ["true"], "the eighth closes it for eight times as long as the fifth")
            try await api.sql(
                "UPDATE users SET locked_until = now() - interval '1 second' WHERE email = 'owner@example.com' RETURNING email::text"
            )
            #expect(try await api.send(.post, "/v1/sessions", as: .nobody, Self.credentials).status == .created)
            #expect(
                try await api.sql(
                    "SELECT failed_attempts || coalesce(locked_until::text, '') FROM users WHERE email = 'owner@example.com'"
                )
                    == ["0"])
        }
    }

    @Test("A session's token can be changed, and the old one is nobody's from then on")
    func rotation() async throws {
        try await Self.withPassword { api in
            let old = try Self.bearer(try await api.send(.post, "/v1/sessions", as: .nobody, Self.credentials))
            #expect(try await api.get("/v1/me", as: .nobody, headers: old).status == .ok)
            let rotated = try await api.send(.post, "/v1/sessions/rotation", as: .nobody, headers: old)
            #expect(rotated.status == .ok)
            #expect(try await api.get("/v1/me", as: .nobody, headers: old).status == .unauthorized)
            let new = try Self.bearer(rotated)
            #expect(try await api.get("/v1/me", as: .nobody, headers: new).status == .ok)
        }
    }

    @Test("Signing out ends this session or all of them, at once")
    func out() async throws {
        try await Self.withPassword { api in
            var sessions: [HTTPHeaders] = []
            for _ in 0..<3 {
                let begun = try await api.send(.post, "/v1/sessions", as: .nobody, Self.credentials)
                let bearer = try Self.bearer(begun)
                sessions.append(bearer)
                #expect(try await api.get("/v1/me", as: .nobody, headers: bearer).status == .ok)
            }
            #expect(
                try await api.send(.delete, "/v1/sessions/current", as: .nobody, headers: sessions[0]).status
                    == .noContent)
            #expect(try await api.get("/v1/me", as: .nobody, headers: sessions[0]).status == .unauthorized)
            #expect(try await api.get("/v1/me", as: .nobody, headers: sessions[1]).status == .ok)
            #expect(try await api.send(.delete, "/v1/sessions", as: .nobody, headers: sessions[1]).status == .noContent)
            for headers in sessions {
                #expect(try await api.get("/v1/me", as: .nobody, headers: headers).status == .unauthorized)
            }
            #expect(try await api.get("/v1/me", as: .owner).status == .unauthorized, "all of this person's")
            #expect(try await api.get("/v1/me", as: .manager).status == .ok)
        }
    }

    @Test("A new password takes the old one, and ends the other sessions")
    func password() async throws {
        try await Self.withPassword { api in
            let other = try Self.bearer(try await api.send(.post, "/v1/sessions", as: .nobody, Self.credentials))
            let wrong = try await api.send(
                .put, "/v1/me/password", ["current_password": "wrong", "new_password": "twelve letters"])
            #expect(wrong.status == .unprocessableContent)
            let short = try await api.send(
                .put, "/v1/me/password", ["current_password": "correct horse battery", "new_password": "short"])
            #expect(short.status == .unprocessableContent)
            let changed = try await api.send(
                .put, "/v1/me/password",
                ["current_password": "correct horse battery", "new_password": "twelve letters"])
            #expect(changed.status == .noContent)
            #expect(try await api.get("/v1/me").status == .ok, "this session goes on")
            #expect(try await api.get("/v1/me", as: .nobody, headers: other).status == .unauthorized)
            #expect(try await api.send(.post, "/v1/sessions", as: .nobody, Self.credentials).status == .unauthorized)
            let new: JSON = ["email": "owner@example.com", "password": "twelve letters"]
            #expect(try await api.send(.post, "/v1/sessions", as: .nobody, new).status == .created)
        }
    }

    @Test("A session is over when it was idle for too long, revoked, or its person is gone")
    func over() async throws {
        for change in [
            "UPDATE sessions SET expires_at = now() - interval '1 second'", "UPDATE sessions SET revoked_at = now()",
            "UPDATE users SET deleted_at = now()",
        ] {
            try await TestedAPI.run { api in
                try await api.sql("WITH done AS (\(change)) SELECT ''")
                #expect(try await api.get("/v1/me").status == .unauthorized, "\(change)")
            }
        }
    }

    @Test("Use lets a session last longer, and never beyond its absolute end")
    func sliding() async throws {
        try await TestedAPI.run { api in
            let me = "user_id = (SELECT id FROM users WHERE email = 'owner@example.com')"
            try await api.sql(
                """
                UPDATE sessions SET last_used_at = now() - interval '6 minutes', expires_at = now() + interval '1 minute',
                    created_at = now() - interval '29 days' WHERE \(me) RETURNING ''
                """)
            #expect(try await api.get("/v1/me").status == .ok)
            let ends = try await api.sql(
                "SELECT (expires_at BETWEEN now() + interval '23 hours' AND now() + interval '24 hours')::text FROM sessions WHERE \(me)"
            )
            #expect(ends == ["true"], "seven more days would be beyond its thirty")
        }
    }

    @Test("An address that tries too often has to wait, and getting in is not counted")
    func throttled() async throws {
        try await TestedAPI.run(configure: { $0.api.signInsPerMinute = 3 }) { api in
            let hash = try await api.hash("correct horse battery")
            try await api.sql(
                "UPDATE users SET password_hash = $1 WHERE email = 'owner@example.com' RETURNING email::text", hash)
            let there: HTTPHeaders = ["X-Forwarded-For": "203.0.113.9, 198.51.100.1"]
            for _ in 0..<5 {
                let response = try await api.send(.post, "/v1/sessions", as: .nobody, Self.credentials, headers: there)
                #expect(response.status == .created)
            }
            let wrong: JSON = ["email": "nobody@example.com", "password": "wrong"]
            for _ in 0..<3 {
                let response = try await api.send(.post, "/v1/sessions", as: .nobody, wrong, headers: there)
                #expect(response.status == .unauthorized)
            }
            let refused = try await api.send(.post, "/v1/sessions", as: .nobody, wrong, headers: there)
            #expect(refused.status == .tooManyRequests)
            let pause = refused.headers["Retry-After"].flatMap { Int($0) } ?? 0
            #expect((1...20).contains(pause) && refused.headers["RateLimit-Policy"] == "\"sign-in\";q=3;w=60")
            let elsewhere: HTTPHeaders = ["X-Forwarded-For": "198.51.100.2"]
            #expect(
                try await api.send(.post, "/v1/sessions", as: .nobody, wrong, headers: elsewhere).status
                    == .unauthorized)
        }
    }
}
