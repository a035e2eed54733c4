import Basics
import HTTP
import Testing

@testable import API

@Suite("Messages over HTTP") struct SendingEndpointTests {
    /// A conversation in which the customer wrote just now, or two days ago; its key, and that of the customer's message.
    private static func conversation(
        _ api: TestedAPI, wrote ago: String = "1 minute"
    ) async throws -> (path: String, message: String) {
        let keys = try await api.sql(
            """
            WITH k AS (
                INSERT INTO customers (salon_id, name, phone_number) VALUES ($1::uuid, 'Zoe', '+4930901820')
                RETURNING salon_id, id
            ), c AS (
                INSERT INTO conversations (salon_id, customer_id, phone_number, window_expires_at)
                SELECT salon_id, id, '+4930901820', now() - $2::interval + interval '24 hours' FROM k
                RETURNING salon_id, id
            ), m AS (
                INSERT INTO messages (
                    salon_id, conversation_id, phone_number, direction, message_type, content, language, status,
                    whatsapp_id)
                SELECT salon_id, id, '+4930901820', 'INBOUND', 'TEXT', 'Is there a haircut on Friday?', 'en', 'RECEIVED',
                    'wamid.HBg' FROM c
                RETURNING id
            )
            SELECT unnest(ARRAY[(SELECT id FROM c), (SELECT id FROM m)])::text
            """, "\(api.salons[0])", ago)
        return ("\(api.salon)/conversations/\(keys[0])/messages", keys[1])
    }

    private static let kinds: [(JSON, String)] = [
        (["text": ["body": "Yes, at ten."]], "TEXT"),
        (["image": ["link": "https://example.com/a.jpg", "caption": "Like this?"]], "IMAGE"),
        (["document": ["id": "123", "filename": "prices.pdf"]], "DOCUMENT"),
        (
            [
                "interactive": [
                    "body": "When?", "buttons": [["id": "a", "title": "Ten"], ["id": "b", "title": "Eleven"]],
                ]
            ], "INTERACTIVE"
        ),
        (
            [
                "interactive": [
                    "body": "When?", "button": "Times", "sections": [["rows": [["id": "a", "title": "Ten"]]]],
                ]
            ], "INTERACTIVE"
        ),
        (
            [
                "template": [
                    "name": "reminder", "language": "en",
                    "components": [["type": "body", "parameters": [["text": "Zoe"]]]],
                ]
            ], "TEMPLATE"
        ),
    ]

    @Test("What is said is put up for sending, once for a key, and can be followed")
    func sending() async throws {
        try await TestedAPI.run { api in
            let (path, theirs) = try await Self.conversation(api)
            for (body, type) in Self.kinds {
                let response = try await api.send(.post, path, body)
                #expect(try response.status == .accepted && response.json()["type"] == .string(type), "\(body)")
                #expect(try response.json()["status"] == "QUEUED")
                let place = try #require(response.headers["Location"])
                #expect(try await api.get(place).json() == response.json())
            }
            let once: HTTPHeaders = ["Idempotency-Key": "said"]
            let answer: JSON = ["text": ["body": "See you"], "reply_to": .string(theirs)]
            let first = try await api.send(.post, path, answer, headers: once)
            let again = try await api.send(.post, path, answer, headers: once)
            #expect(try first.status == .accepted && again.json() == first.json())
            let reaction: JSON = ["reaction": ["message_id": .string(theirs), "emoji": "👍"]]
            #expect(try await api.send(.post, path, reaction).status == .accepted)
            let kept = try await api.sql(
                """
                SELECT coalesce(payload #>> '{context,message_id}', payload #>> '{reaction,message_id}') FROM messages
                WHERE payload::text LIKE '%wamid.HBg%'
                """)
            #expect(kept == ["wamid.HBg", "wamid.HBg"])
            let handed = try await api.sql("SELECT count(*)::text FROM outbox WHERE topic = 'message.send'")
            #expect(handed == ["\(Self.kinds.count + 2)"])
            let found = try await api.get("\(api.salon)/messages?q=haircut").json()
            #expect(found["items"]?.elements?.map { $0["id"] } == [.string(theirs)])
        }
    }

    @Test("What WhatsApp would not take is refused: its form with its place, a closed window with the templates")
    func refusals() async throws {
        try await TestedAPI.run { api in
            let (path, theirs) = try await Self.conversation(api, wrote: "2 days")
            try await api.send(
                .post, "\(api.salon)/templates", ["name": "waiting", "language": "en", "category": "UTILITY"])
            try await api.sql(
                """
                INSERT INTO templates (salon_id, name, language, category, status)
                VALUES ($1::uuid, 'reminder', 'en', 'UTILITY', 'APPROVED') RETURNING name
                """, "\(api.salons[0])")
            let closed = try await api.send(.post, path, ["text": ["body": "Hello?"]])
            #expect(closed.status == .conflict)
            let problem = try closed.json()
            #expect(problem["reason"] == "window_closed" && problem["whatsapp_code"] == 131_047)
            #expect(problem["templates"] == [["name": "reminder", "language": "en"]])
            #expect(
                try await api.send(.post, path, ["template": ["name": "reminder", "language": "en"]]).status
                    == .accepted)
            let waiting = try await api.send(.post, path, ["template": ["name": "waiting", "language": "en"]])
            #expect(try waiting.json()["reason"] == "template_not_approved")

            let faults: [(JSON, String)] = [
                ([:], ""), (["text": ["body": "a"], "image": ["id": "1"]], ""), (["text": ["body": ""]], "/text/body"),
                (["image": [:]], "/image"), (["image": ["link": "http://example.com"]], "/image/link"),
                (["sticker": ["id": "1", "caption": "x"]], "/sticker/caption"),
                (["interactive": ["body": "x"]], "/interactive"),
                (
                    [
                        "interactive": [
                            "body": "x", "buttons": [["id": "a", "title": "A"], ["id": "a", "title": "B"]],
                        ]
                    ], "/interactive/buttons/id"
                ),
                (
                    ["interactive": ["body": "x", "buttons": [["id": "a", "title": "123456789012345678901"]]]],
                    "/interactive/buttons/0/title"
                ),
                (
                    [
                        "template": [
                            "name": "reminder", "language": "en",
                            "components": [["type": "body", "parameters": [["text": "a\nb"]]]],
                        ]
                    ], "/template/components/0/parameters/0/text"
                ),
                (
                    [
                        "template": [
                            "name": "reminder", "language": "en",
                            "components": [["type": "url", "parameters": [["text": "x"]]]],
                        ]
                    ], "/template/components/0"
                ),
                (["reaction": ["message_id": .string(theirs), "emoji": "ab"]], "/reaction/emoji"),
                (
                    ["text": ["body": "x"], "reply_to": "00000000-0000-7000-8000-000000000000"], "/reply_to"
                ),
            ]
            for (body, pointer) in faults {
                let response = try await api.send(.post, path, body)
                #expect(response.status == .unprocessableContent, "\(body)")
                #expect(try response.json()["errors"]?.elements?.first?["pointer"] == .string(pointer), "\(body)")
            }
            try await api.sql("UPDATE conversations SET status = 'BLOCKED' RETURNING id::text")
            let blocked = try await api.send(.post, path, ["template": ["name": "reminder", "language": "en"]])
            #expect(try blocked.status == .conflict && blocked.json()["reason"] == "blocked")
            let nowhere = "\(api.salon)/conversations/00000000-0000-7000-8000-000000000000/messages"
            #expect(try await api.send(.post, nowhere, ["text": ["body": "x"]]).status == .notFound)
            #expect(try await api.sql("SELECT count(*)::text FROM outbox WHERE topic = 'message.send'") == ["1"])
        }
    }

    @Test("A conversation shows since when its customer waits for a person, until it is given back")
    func handedOver() async throws {
        try await TestedAPI.run { api in
            let path = String(try await Self.conversation(api).path.dropLast("/messages".count))
            #expect(try await api.get(path).json()["handed_over_at"] == .null)
            try await api.sql("UPDATE conversations SET handed_over_at = now() RETURNING id::text")
            #expect(try await api.get(path).json()["handed_over_at"]?.text?.hasPrefix("20") == true)
            let owner = try await api.sql("SELECT id::text FROM users WHERE email = 'owner@example.com'")[0]
            try await api.send(.patch, path, ["assigned_to": .string(owner)])
            let given = try await api.send(.patch, path, ["assigned_to": .null])
            #expect(try given.status == .ok && given.json()["handed_over_at"] == .null)
        }
    }

    @Test("A search comes in pages, also through messages of one moment; it needs words")
    func search() async throws {
        try await TestedAPI.run { api in
            _ = try await Self.conversation(api)
            try await api.sql(
                """
                INSERT INTO messages (
                    salon_id, conversation_id, direction, message_type, content, language, status, created_at)
                SELECT salon_id, id, 'INBOUND', 'TEXT', 'A haircut, please', 'en', 'RECEIVED', now() - interval '1 hour'
                FROM conversations, generate_series(1, 5) WHERE salon_id = $1::uuid
                RETURNING id::text
                """, "\(api.salons[0])")
            var path: String? = "\(api.salon)/messages?q=haircut&limit=2"
            var found: [String] = []
            while let next = path {
                let page = try await api.get(next).json()
                found += page["items"]?.elements?.compactMap { $0["id"]?.text } ?? []
                path = page["next"]?.text
            }
            #expect(found.count == 6 && Set(found).count == 6)
            #expect(try await api.get("\(api.salon)/messages?q=beard").json()["items"] == [])
            let without = try await api.get("\(api.salon)/messages")
            #expect(try without.status == .badRequest && without.json()["errors"]?.elements?.count == 1)
        }
    }

    @Test("Deliveries are listed by their status and time")
    func deliveries() async throws {
        try await TestedAPI.run { api in
            try await api.sql(
                """
                INSERT INTO webhook_logs (salon_id, event_type, payload, status, created_at)
                SELECT $1::uuid, 'messages', '{}', status::"WebhookStatus", now() - age::interval
                FROM (VALUES ('FAILED', '1 hour'), ('PROCESSED', '2 hours'), ('FAILED', '3 hours')) AS v (status, age)
                RETURNING id::text
                """, "\(api.salons[0])")
            func count(_ query: String) async throws -> Int? {
                try await api.get("\(api.salon)/webhook-events?\(query)").json()["items"]?.elements?.count
            }
            let middle = (Timestamp.now() + .seconds(-9000)).rfc3339
            #expect(try await count("limit=10") == 3)
            #expect(try await count("status=FAILED") == 2)
            #expect(try await count("from=\(middle)") == 2)
            #expect(try await count("until=\(middle)") == 1)
            #expect(try await count("status=PROCESSED&until=\(middle)") == 0)
            let page = try await api.get("\(api.salon)/webhook-events?status=FAILED&limit=1").json()
            let next = try #require(page["next"]?.text)
            #expect(try await api.get(next).json()["items"]?.elements?.count == 1)
        }
    }

    @Test("Prices are set by the platform, the one of a day in the place of the one before")
    func prices() async throws {
        try await TestedAPI.run { api in
            let price: [JSON.Member] = [
                .init("valid_from", "2027-01-01"), .init("country", "BR"), .init("category", "utility"),
            ]
            for amount in ["0.0080", "0.0068"] {
                let set = try await api.send(
                    .put, "/v1/message-prices", as: .admin, .object(price + [.init("price", .string(amount))]))
                #expect(set.status == .ok)
            }
            let list = try await api.get("/v1/message-prices", as: .admin).json()["items"]?.elements
            #expect(list?.count == 1 && list?.first?["price"] == "0.006800" && list?.first?["currency"] == "USD")
            let wrong = try await api.send(
                .put, "/v1/message-prices", as: .admin, .object(price + [.init("price", "-1")]))
            #expect(wrong.status == .unprocessableContent)
        }
    }

    @Test("A salon that is made again just so is the same; another token lets it send again")
    func mends() async throws {
        try await TestedAPI.run { api in
            let salon: JSON = ["name": "Cleo", "phone_number_id": "1003", "handle": "cleo"]
            let made = try await api.send(.post, "/v1/salons", as: .admin, salon)
            let again = try await api.send(.post, "/v1/salons", as: .admin, salon)
            #expect(try made.status == .created && again.status == .created && again.json() == made.json())
            #expect(again.headers["Idempotent-Replayed"] == "true" && again.headers["Location"] != nil)
            let other: JSON = ["name": "Cleo II", "phone_number_id": "1003", "handle": "cleo"]
            #expect(try await api.send(.post, "/v1/salons", as: .admin, other).status == .conflict)
            #expect(try await api.sql("SELECT count(*)::text FROM salons") == ["3"])

            try await api.sql(
                "UPDATE salons SET sending_stopped_at = now(), sending_stopped_because = '190' RETURNING id::text")
            let shown = try await api.get(api.salon, as: .admin).json()
            #expect(shown["sending_stopped_at"] != .null && shown["sending_stopped_because"] == "190")
            let stopped = "SELECT (sending_stopped_at IS NOT NULL)::text FROM salons WHERE id = $1::uuid"
            try await api.send(.patch, api.salon, ["name": "Ada"], headers: ["If-Match": "*"])
            #expect(try await api.sql(stopped, "\(api.salons[0])") == ["true"], "the token is the same")
            try await api.send(.patch, api.salon, ["access_token": .null], headers: ["If-Match": "*"])
            #expect(try await api.sql(stopped, "\(api.salons[0])") == ["false"])
            #expect(try await api.get(api.salon, as: .admin).json()["sending_stopped_at"] == .null)
            #expect(try await api.sql(stopped, "\(api.salons[1])") == ["true"])
        }
    }
}
