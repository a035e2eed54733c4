import Basics
import Configuration
import HTTP
import HTTPTestSupport
import Testing

@testable import API

@Suite("Requests of every kind") struct RequestTests {
    private static let cut: JSON = ["name": "Cut", "duration_minutes": 45]

    @Test("What is no JSON, or none that is taken, is refused with its reason")
    func bodies() async throws {
        try await TestedAPI.run { api in
            let path = "\(api.salon)/services"
            for (text, status) in [
                ("", 400), ("{", 400), ("{}", 422), ("[]", 422), ("null", 422),
                ("{\"name\":\"a\",\"name\":\"b\"}", 400),
                ("{\"name\":\"a\\u0000b\",\"duration_minutes\":5}", 400), ("{\"na\\u0000me\":1}", 400),
                (String(repeating: "[", count: 200), 400), ("{\"name\":\"\\ud800\",\"duration_minutes\":5}", 400),
                ("{\"name\":\"a\",\"duration_minutes\":1e400}", 400),
                ("{\"name\":\"a\",\"duration_minutes\":5.5}", 422),
                ("{\"name\":\"a\",\"duration_minutes\":99999999999999999999}", 422),
                ("{\"name\":\"a\",\"duration_minutes\":45.0}", 201),
            ] {
                let response = try await api.send(.post, path, text: text)
                #expect(response.status.code == status, "\(text.prefix(40)): \(response.text)")
            }
            let broken = try await api.client.send(
                HTTPRequest(
                    .post, try #require(HTTPTarget(path)),
                    headers: [
                        "Authorization": "Bearer \(try #require(api.tokens[.owner]))",
                        "Content-Type": "application/json",
                    ], body: Array("{\"name\":\"".utf8) + [0xC3, 0x28] + Array("\",\"duration_minutes\":5}".utf8)))
            #expect(broken.status == .badRequest)
            let large = try await api.send(
                .post, path, text: "{\"name\":\"\(String(repeating: "x", count: 300_000))\"}")
            #expect(large.status == .contentTooLarge)
            for type in ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""] {
                let response = try await api.send(.post, path, Self.cut, headers: ["Content-Type": type])
                #expect(response.status == .unsupportedMediaType, "\(type)")
            }
            let charset = try await api.send(
                .post, path, Self.cut, headers: ["Content-Type": "Application/JSON ; charset=utf-8"])
            #expect(charset.status == .created)
        }
    }

    @Test("Days and times that no calendar and no clock has are refused")
    func calendar() async throws {
        try await TestedAPI.run { api in
            for (starts, isThere) in [
                ("2026-02-29T10:00:00Z", false), ("2028-02-29T10:00:00Z", true), ("2026-04-31T10:00:00Z", false),
                ("2026-01-01T24:00:00Z", false), ("2026-01-01T10:00:60Z", false), ("2026-13-01T10:00:00Z", false),
                ("2026-01-01 10:00:00Z", false), ("2026-01-01T10:00:00", false), ("0000-01-01T00:00:00Z", false),
                ("2026-01-01T10:00:00+02:00", true), ("tomorrow", false),
            ] {
                let response = try await api.send(
                    .post, "\(api.salon)/closures", ["starts_at": .string(starts), "ends_at": "2199-01-01T00:00:00Z"])
                #expect(response.status.code == (isThere ? 201 : 422), "\(starts)")
            }
            for (opens, closes, status) in [
                ("09:00", "18:00", 201), ("24:00", "25:00", 422), ("9:00", "18:00", 422), ("18:00", "09:00", 422),
                ("09:00", "09:00", 422), ("09:60", "10:00", 422),
            ] {
                let hours: JSON = ["weekday": 1, "opens": .string(opens), "closes": .string(closes)]
                let response = try await api.send(.post, "\(api.salon)/opening-hours", hours)
                #expect(response.status.code == status, "\(opens) to \(closes): \(response.text)")
            }
        }
    }

    @Test("Parameters of the query are what they are declared to be, and no others")
    func query() async throws {
        try await TestedAPI.run { api in
            for query in [
                "limit=0", "limit=101", "limit=x", "limit=", "limit=5&limit=5", "unknown=1", "cursor=abc",
                "cursor=\(String(repeating: "0", count: 64))", "limit=1.0", "limit=+5",
            ] {
                let response = try await api.get("\(api.salon)/services?\(query)")
                #expect(response.status == .badRequest, "\(query)")
                #expect(try response.json()["errors"]?.elements?.isEmpty == false)
            }
            #expect(try await api.get("\(api.salon)/services?limit=100").status == .ok)
            #expect(try await api.get("/v1/salons/not-a-key/services").status == .notFound)
        }
    }

    @Test("Pages have every row once, in order, while rows come and go")
    func pages() async throws {
        try await TestedAPI.run { api in
            for number in 0..<7 {
                let service: JSON = ["name": .string("Service \(number)"), "duration_minutes": 10]
                #expect(try await api.send(.post, "\(api.salon)/services", service).status == .created)
            }
            var (names, next): ([String], String?) = ([], "\(api.salon)/services?limit=3")
            while let path = next {
                let response = try await api.get(path)
                let page = try response.json()
                let items = page["items"]?.elements ?? []
                names += items.compactMap { $0["name"]?.text }
                next = page["next"]?.text
                #expect((response.headers["Link"] != nil) == (next != nil))
                // What is on a page that was read can go without moving the next one.
                if names.count == 3, let id = items.last?["id"]?.text {
                    try await api.send(.delete, "\(api.salon)/services/\(id)")
                }
            }
            #expect(names == (0..<7).map { "Service \($0)" })
            let first = try await api.get("\(api.salon)/services?limit=3").json()
            let cursor = try #require(first["cursor"]?.text)
            let elsewhere = try await api.get("\(api.salon)/customers?cursor=\(cursor)")
            #expect(elsewhere.status == .badRequest, "a cursor is of its list")
        }
    }

    @Test("A salon has its own limit, and is told where it stands")
    func limits() async throws {
        try await TestedAPI.run(configure: { $0.api.readsPerMinute = 3 }) { api in
            for left in [2, 1, 0] {
                let response = try await api.get("\(api.salon)/services", as: left == 1 ? .staff : .owner)
                #expect(response.status == .ok)
                #expect(response.headers["RateLimit-Policy"] == "\"read\";q=3;w=60")
                #expect(response.headers["RateLimit"]?.hasPrefix("\"read\";r=\(left);") == true)
            }
            let refused = try await api.get("\(api.salon)/services", as: .manager)
            #expect(refused.status == .tooManyRequests && refused.headers["Retry-After"] == "20")
            #expect(try await api.get("/v1/salons/\(api.salons[1])/services", as: .stranger).status == .ok)
            #expect(try await api.send(.post, "\(api.salon)/services", Self.cut).status == .created, "another class")
        }
    }

    @Test("How fast a salon may send is set as WhatsApp shows it, and nothing else is taken for it")
    func pace() async throws {
        try await TestedAPI.run { api in
            let figures = ["messages_per_second", "new_recipients_per_day"]
            let before = try await api.get(api.salon).json()
            #expect(figures.map { before[$0] } == [80, 250])
            let changes: [(JSON, [JSON]?)] = [
                (["messages_per_second": 1000, "new_recipients_per_day": .null], [1000, .null]),
                (["new_recipients_per_day": 1_000], [1000, 1000]), (["messages_per_second": 0], nil),
                (["messages_per_second": .null], nil), (["messages_per_second": 1001], nil),
                (["messages_per_second": "80"], nil), (["new_recipients_per_day": 0], nil),
                (["new_recipients_per_day": -1], nil),
            ]
            for (change, expected) in changes {
                let response = try await api.send(.patch, api.salon, change, headers: ["If-Match": "*"])
                #expect(response.status == (expected == nil ? .unprocessableContent : .ok), "\(change.compact)")
                if let expected {
                    let salon = try response.json()
                    #expect(figures.map { salon[$0] } == expected)
                }
            }
            let kept = try await api.sql(
                "SELECT concat_ws(' ', messages_per_second, new_recipients_per_day) FROM salons WHERE id = $1::uuid",
                "\(api.salons[0])")
            #expect(kept == ["1000 1000"])
        }
    }

    @Test("A salon is set up by its people: its zone is one that there is, and its token is sealed and never told")
    func salon() async throws {
        let secret = "0123456789abcdefghijklmnopqrstuv"
        try await TestedAPI.run(configure: { $0.sealing.keys = SealingSecrets("1=\(secret)") }) { api in
            for (zone, status) in [
                ("America/Sao_Paulo", 200), ("Mars/Base", 422), ("../../etc/passwd", 422), ("UTC", 200), ("", 422),
                ("CET", 422), ("EST5EDT", 422),
                ("right/Europe/Berlin", 422), ("Etc/GMT+3", 422), ("Europe/..", 422), ("Europe/Berlin", 200),
            ] {
                let response = try await api.send(
                    .patch, api.salon, ["timezone": .string(zone)], headers: ["If-Match": "*"])
                #expect(response.status.code == status, "\(zone)")
            }
            let token = "EAAG-a-token-of-somebody"
            let set = try await api.send(
                .patch, api.salon, ["access_token": .string(token)], headers: ["If-Match": "*"])
            #expect(try set.status == .ok && set.json()["has_access_token"] == true && !set.text.contains(token))
            let notes = try await api.send(
                .post, "\(api.salon)/customers", ["name": "Zoe", "notes": "allergic to henna"])
            #expect(try notes.json()["notes"] == "allergic to henna")
            let clear = try await api.sql(
                """
                SELECT count(*)::text FROM (
                    SELECT encode(access_token, 'escape') AS row FROM salons UNION ALL
                    SELECT encode(notes, 'escape') FROM customers UNION ALL SELECT a::text FROM audit_log AS a) AS rows
                WHERE row LIKE '%EAAG%' OR row LIKE '%henna%'
                """)
            #expect(clear == ["0"])
            let unset = try await api.send(.patch, api.salon, ["access_token": .null], headers: ["If-Match": "*"])
            #expect(try unset.json()["has_access_token"] == false)
            let found = try await api.get("\(api.salon)/customers?q=zO")
            #expect(try found.json()["items"]?.elements?.count == 1)
            #expect(try await api.get("\(api.salon)/customers?q=henna").json()["items"] == [])
        }
    }
}
