import Basics
import Postgres
import Store
import StoreTestSupport
import Tenants
import TestSupport
import Testing

@testable import WhatsApp

@Suite("Events are applied") struct EventApplierTests {
    /// A salon, and what applies its events.
    private struct Scene: Sendable {
        let salon: TestedSalon
        let applier: EventApplier
        let identity: Salon

        func apply(_ bodies: [UInt8]...) async throws -> EventApplier.Outcome {
            try await applier.apply(try bodies.map { try SalonEvent($0) }, of: identity)
        }

        /// Rows of one text each.
        func texts(_ sql: String) async throws -> [String] {
            try await salon.superuser.query(sql).map { try $0[0] }
        }
    }

    private func withScene(_ body: @escaping @Sendable (Scene) async throws -> Void) async throws {
        try await withTestedSalon { salon in
            let identity = try await #require(salon.store.read(SalonStatements.own, (), in: salon.scope).first)
            try await body(Scene(salon: salon, applier: EventApplier(salon.store), identity: identity))
        }
    }

    @Test("A message opens a conversation, is counted, and is to be answered; twice is as once")
    func message() async throws {
        try await withScene { scene in
            let body = Deliveries.body(
                Deliveries.news(
                    contacts: Deliveries.contact(phone: "33", name: "Ada"),
                    messages: Deliveries.message("wamid.1", phone: "33")))
            let first = try await scene.apply(body, body)
            #expect(first.messages == 1)
            #expect(try await scene.apply(body).messages == 0)
            #expect(
                try await scene.texts(
                    """
                    SELECT concat_ws(' ', c.name, c.phone_number, v.status, v.message_count, v.unread_count, m.content,
                        m.message_type, m.status, v.window_expires_at = m.created_at + interval '24 hours')
                    FROM customers c JOIN conversations v ON v.customer_id = c.id
                    JOIN messages m ON m.conversation_id = v.id WHERE m.direction = 'INBOUND'
                    """) == ["Ada 33 ACTIVE 1 1 hello TEXT RECEIVED t"])
            #expect(
                try await scene.texts(
                    "SELECT topic || (payload ->> 'message' = (SELECT id::text FROM messages)) FROM outbox")
                    == ["message.receivedtrue"])
        }
    }

    @Test("Messages are found again when nothing but the log and the messages themselves is left")
    func forgottenKeys() async throws {
        try await withScene { scene in
            let body = Deliveries.body(Deliveries.news(messages: Deliveries.message("wamid.1", user: "FR.1")))
            #expect(try await scene.apply(body).messages == 1)
            try await scene.salon.superuser.execute("DELETE FROM message_keys")
            #expect(try await scene.apply(body).messages == 0)
            #expect(try await scene.texts("SELECT count(*)::text FROM messages") == ["1"])
            #expect(try await scene.texts("SELECT count(*)::text FROM outbox") == ["1"])
        }
    }

    @Test("Every kind of message is kept, also those that nobody knows yet")
    func kinds() async throws {
        try await withScene { scene in
            let contents = [
                (#""type":"image","image":{"id":"1","caption":"my hair"}"#, "IMAGE my hair"),
                (#""type":"audio","audio":{"id":"2","voice":true}"#, "AUDIO"),
                (#""type":"video","video":{"id":"2"}"#, "VIDEO"),
                (#""type":"sticker","sticker":{"id":"3"}"#, "STICKER"),
                (#""type":"document","document":{"id":"4","caption":"c"}"#, "DOCUMENT c"),
                (#""type":"location","location":{"latitude":1.5,"longitude":2,"name":"here"}"#, "LOCATION here"),
                (#""type":"contacts","contacts":[{"name":{"formatted_name":"Bob"}}]"#, "CONTACTS"),
                (
                    #""type":"interactive","interactive":{"type":"list_reply","list_reply":{"id":"x","title":"Cut"}}"#,
                    "INTERACTIVE Cut"
                ),
                (
                    #""type":"interactive","interactive":{"type":"button_reply","button_reply":{"id":"y","title":"Yes"}}"#,
                    "INTERACTIVE Yes"
                ),
                (#""type":"button","button":{"payload":"p","text":"Confirm"}"#, "BUTTON Confirm"),
                (#""type":"reaction","reaction":{"message_id":"wamid.0","emoji":"👍"}"#, "REACTION 👍"),
                (#""type":"order","order":{"catalog_id":"c"}"#, "ORDER"),
                (#""type":"system","system":{"body":"changed"}"#, "SYSTEM changed"),
                (#""type":"unsupported","errors":[{"code":131051}]"#, "UNKNOWN"),
                (#""type":"hologram","hologram":{"id":"9"}"#, "UNKNOWN"),
            ]
            for (number, content) in contents.enumerated() {
                let message = Deliveries.message("wamid.\(number)", phone: "33", content.0)
                let outcome = try await scene.apply(Deliveries.body(Deliveries.news(messages: message)))
                #expect(outcome.messages == 1)
            }
            #expect(
                try await scene.texts(
                    """
                    SELECT concat_ws(' ', message_type, content) FROM messages
                    ORDER BY substr(whatsapp_id, 7)::integer
                    """) == contents.map(\.1))
            #expect(
                try await scene.texts("SELECT payload -> 'hologram' ->> 'id' FROM messages WHERE payload ? 'hologram'")
                    == ["9"])
        }
    }

    @Test("Two customers who are one keep their bookings and what was said")
    func union() async throws {
        try await withScene { scene in
            _ = try await scene.apply(
                Deliveries.body(Deliveries.news(messages: Deliveries.message("wamid.1", phone: "33"))),
                Deliveries.body(Deliveries.news(messages: Deliveries.message("wamid.2", user: "FR.1"))))
            try await scene.salon.superuser.execute(
                """
                INSERT INTO bookings (salon_id, booking_code, customer_id, service, start_ts, end_ts, local_start, timezone)
                SELECT salon_id, 'ABC234', id, 'Cut', now(), now() + interval '1 hour', now(), 'UTC'
                FROM customers WHERE phone_number = '33'
                """)
            _ = try await scene.apply(
                Deliveries.body(Deliveries.news(messages: Deliveries.message("wamid.3", phone: "33", user: "FR.1"))))
            #expect(
                try await scene.texts(
                    """
                    SELECT concat_ws(' ', c.phone_number, c.whatsapp_user_id, v.message_count, v.phone_number,
                        (SELECT count(*) FROM messages WHERE conversation_id = v.id AND customer_id = c.id),
                        (SELECT count(*) FROM bookings WHERE customer_id = c.id))
                    FROM customers c JOIN conversations v ON v.customer_id = c.id
                    WHERE c.deleted_at IS NULL AND c.whatsapp_user_id LIKE 'FR%'
                    """) == ["33 FR.1 3 33 3 1"])
        }
    }

    @Test("A number that changed hands begins a conversation of its own")
    func changedHands() async throws {
        try await withScene { scene in
            _ = try await scene.apply(
                Deliveries.body(Deliveries.news(messages: Deliveries.message("wamid.1", phone: "33", user: "FR.1"))))
            _ = try await scene.apply(
                Deliveries.body(Deliveries.news(messages: Deliveries.message("wamid.2", phone: "33", user: "FR.2"))))
            #expect(
                try await scene.texts(
                    """
                    SELECT concat_ws(' ', c.whatsapp_user_id, coalesce(v.phone_number, '-'), v.message_count)
                    FROM customers c JOIN conversations v ON v.customer_id = c.id
                    WHERE c.whatsapp_user_id LIKE 'FR%' ORDER BY 1
                    """) == ["FR.1 - 1", "FR.2 33 1"])
        }
    }

    @Test("States are merged in any order, and a template hears only the latest")
    func reports() async throws {
        try await withScene { scene in
            let message = try await scene.salon.putQueuedMessage()
            let callback = #","biz_opaque_callback_data":"\#(message)""#
            func states(_ states: String...) -> [UInt8] {
                let list = states.map { Deliveries.status("wamid.out", $0, callback) }
                return Deliveries.body(Deliveries.news(statuses: list.joined(separator: ",")))
            }
            _ = try await scene.apply(states("read", "invented"))
            _ = try await scene.apply(states("sent", "failed"), states("delivered"), states("sent"))
            #expect(try await scene.salon.state(of: message) == "READ")

            try await scene.salon.superuser.query(
                """
                INSERT INTO templates (salon_id, name, language, category, components)
                VALUES ($1, 'hello', 'en', 'UTILITY', '[]')
                """, scene.salon.id)
            func verdict(_ event: String, _ moment: Timestamp) throws -> SalonEvent {
                try SalonEvent(
                    Deliveries.body(
                        field: "message_template_status_update",
                        """
                        {"event":"\(event)","message_template_id":12,"message_template_name":"hello",\
                        "message_template_language":"en","reason":"NONE"}
                        """), at: moment)
            }
            let now = Timestamp.now()
            _ = try await scene.applier.apply([verdict("APPROVED", now)], of: scene.identity)
            _ = try await scene.applier.apply([verdict("REJECTED", now + .seconds(-60))], of: scene.identity)
            #expect(
                try await scene.texts("SELECT status || ' ' || whatsapp_template_id FROM templates") == ["APPROVED 12"])
        }
    }

    @Test("A message that is delivered costs what the list says for its day, country and category, once")
    func costs() async throws {
        try await withScene { scene in
            try await scene.salon.superuser.execute(
                """
                INSERT INTO message_prices (valid_from, country, category, price, currency) VALUES
                    ('2020-01-01', 'DE', 'utility', 0.05, 'USD'), ('2020-01-01', '*', 'utility', 0.01, 'USD'),
                    (current_date + 30, 'DE', 'utility', 0.99, 'USD'), ('2020-01-01', 'DE', 'utility', 9, 'EUR')
                """)
            let message = try await scene.salon.putQueuedMessage()
            let more =
                #","biz_opaque_callback_data":"\#(message)","recipient_id":"4915112345678","#
                + #""pricing":{"billable":true,"pricing_model":"PMP","category":"utility"}"#
            func states(_ names: String...) -> [UInt8] {
                Deliveries.body(
                    Deliveries.news(
                        statuses: names.map { Deliveries.status("wamid.out", $0, more) }.joined(separator: ",")))
            }
            _ = try await scene.apply(states("sent"))
            #expect(try await scene.texts("SELECT coalesce(cost::text, 'none') FROM messages") == ["none"])
            _ = try await scene.apply(states("delivered", "read"), states("delivered"))
            #expect(try await scene.texts("SELECT cost::text FROM messages") == ["0.050000"])
            #expect(
                try await scene.texts("SELECT sum(cost)::text FROM conversations") == ["0.050000"])
        }
    }

    @Test("One that cannot be applied is marked with the reason, and its neighbours are applied")
    func poison() async throws {
        try await withScene { scene in
            try await scene.salon.superuser.execute(
                "ALTER TABLE customers ADD CONSTRAINT picky CHECK (username IS DISTINCT FROM 'mallory')")
            var events: [SalonEvent] = []
            for number in 0..<20 {
                let username = number == 13 ? "mallory" : "user\(number)"
                let body = Deliveries.body(
                    Deliveries.news(
                        contacts: Deliveries.contact(user: "FR.\(number)", username: username),
                        messages: Deliveries.message("wamid.\(number)", user: "FR.\(number)")))
                let event = try SalonEvent(body)
                events.append(event)
                try await scene.salon.superuser.query(
                    """
                    INSERT INTO webhook_logs (id, created_at, salon_id, event_type, payload)
                    VALUES ($1, $2, $3, 'messages', $4)
                    """, event.log, event.received, scene.salon.id,
                    PostgresJSON(String(decoding: body, as: UTF8.self)))
            }
            let outcome = try await scene.applier.apply(events, of: scene.identity)
            #expect(outcome.applied == 19 && outcome.failed == 1 && outcome.messages == 19)
            let states = try await scene.texts(
                "SELECT concat_ws(' ', status, count(*), min(error)) FROM webhook_logs GROUP BY status ORDER BY 1")
            #expect(
                states == [
                    "FAILED 1 PostgreSQL answered with check_violation (23514): "
                        + "constraint \"picky\" of table \"public\".\"customers\"", "PROCESSED 19",
                ])
        }
    }
}
