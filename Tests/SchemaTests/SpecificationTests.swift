import Postgres
import StoreTestSupport
import Testing

@Suite("The schema holds what the specification names") struct SpecificationTests {
    @Test("Every model has its table, and every key field its column")
    func columns() async throws {
        let models: [String: String] = [
            "salons": "id, name, phone_number_id, access_token, is_active, created_at, updated_at",
            "bookings": """
            id, booking_code, salon_id, customer_phone, service, start_ts, status, created_at, updated_at
            """,
            "messages": """
            id, salon_id, direction, phone_number, message_type, content, status, whatsapp_id, created_at, updated_at
            """,
            "templates": "id, salon_id, name, language, category, status, created_at, updated_at",
            "conversations": """
            id, salon_id, phone_number, status, message_count, cost, started_at, last_message_at
            """,
            "ai_conversations": """
            id, salon_id, conversation_id, phone_number, ai_model, total_tokens, total_cost, last_activity
            """,
            "ai_messages": "id, conversation_id, salon_id, direction, content, ai_model, tokens_used, cost, created_at",
            "webhook_logs": "id, salon_id, event_type, payload, status, error, created_at",
            "intent_analytics": "salon_id, intent",
        ]
        try await withCatalog { session in
            for (table, columns) in models {
                let found = try await session.texts(
                    "SELECT attname::text FROM pg_attribute WHERE attrelid = '\(table)'::regclass AND attnum > 0")
                let missing = Set(words(columns)).subtracting(found)
                #expect(missing.isEmpty, "\(table) lacks \(missing)")
            }
        }
    }

    @Test("The specification's labels begin each enumeration, in its order")
    func enumerations() async throws {
        let expected = [
            ("BookingStatus", "CONFIRMED, CANCELLED, COMPLETED, NO_SHOW"),
            ("MessageDirection", "INBOUND, OUTBOUND"),
            ("MessageType", "TEXT, TEMPLATE, IMAGE, DOCUMENT, AUDIO, VIDEO"),
            ("MessageStatus", "SENT, DELIVERED, READ, FAILED"),
            ("TemplateStatus", "PENDING, APPROVED, REJECTED"),
            ("ConversationStatus", "ACTIVE, EXPIRED, BLOCKED"),
        ]
        try await withCatalog { session in
            for (name, labels) in expected {
                let found = try await session.texts(
                    """
                    SELECT enumlabel::text FROM pg_enum WHERE enumtypid = '"\(name)"'::regtype ORDER BY enumsortorder
                    """)
                #expect(found.starts(with: words(labels)), "\(name) has \(found)")
            }
        }
    }

    @Test("What the specification calls unique is unique")
    func uniqueness() async throws {
        let expected = [
            ("salons", "phone_number_id"), ("bookings", "booking_code, salon_id"),
            ("templates", "name, salon_id, language"), ("conversations", "salon_id, phone_number"),
            ("ai_conversations", "conversation_id"), ("ai_conversations", "salon_id, phone_number"),
            // That of messages stands beside them, because they are partitioned.
            ("message_keys", "salon_id, whatsapp_id"),
        ]
        try await withCatalog { session in
            for (table, columns) in expected {
                let found = try await session.indexes(of: table, "indisunique AND indpred IS NULL")
                #expect(found.contains(columns), "\(table) (\(columns))")
            }
        }
    }

    @Test("The named indexes are there and begin with their columns")
    func namedIndexes() async throws {
        let expected = [
            ("idx_booking_salon_start", "bookings", "salon_id, start_ts"),
            ("idx_booking_salon_status_start", "bookings", "salon_id, status, start_ts"),
            ("idx_booking_customer_salon", "bookings", "customer_phone, salon_id, start_ts"),
            ("idx_message_salon_created", "messages", "salon_id, created_at"),
            ("idx_message_conversation_created", "messages", "conversation_id, created_at"),
            ("idx_message_phone_salon_created", "messages", "phone_number, salon_id, created_at"),
            ("idx_ai_conv_salon_activity", "ai_conversations", "salon_id, last_activity"),
            ("idx_ai_msg_salon_created", "ai_messages", "salon_id, created_at"),
        ]
        try await withCatalog { session in
            for (name, table, columns) in expected {
                let found = try await session.indexes(of: table, "i.indexrelid = '\(name)'::regclass")
                #expect(found == [columns], "\(name)")
            }
        }
    }

    @Test("What was missing an index has one that begins with it")
    func missingIndexes() async throws {
        let expected = [
            ("bookings", "salon_id, start_ts"), ("bookings", "salon_id, status"), ("bookings", "customer_phone"),
            ("messages", "salon_id, created_at"), ("messages", "conversation_id"), ("messages", "phone_number"),
            ("conversations", "salon_id, status"), ("conversations", "salon_id, last_message_at"),
            ("ai_conversations", "salon_id, last_activity"), ("ai_messages", "conversation_id, created_at"),
            ("webhook_logs", "salon_id, created_at"), ("webhook_logs", "status, created_at"),
        ]
        try await withCatalog { session in
            for (table, columns) in expected {
                let found = try await session.indexes(of: table, "indpred IS NULL")
                #expect(found.contains { "\($0),".hasPrefix("\(columns),") }, "\(table) has \(found)")
            }
        }
    }

    @Test("Each leaf has every index of its table, and none of them is invalid")
    func leafIndexes() async throws {
        try await withCatalog { session in
            let short = try await session.texts(
                """
                SELECT p.inhrelid::regclass::text FROM pg_inherits AS p JOIN pg_class AS c ON c.oid = p.inhrelid
                WHERE c.relkind = 'r' AND (SELECT count(*) FROM pg_index WHERE indrelid = p.inhrelid)
                    <> (SELECT count(*) FROM pg_index WHERE indrelid = p.inhparent)
                """)
            #expect(short.isEmpty)
            #expect(
                try await session.texts("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid") == [])
        }
    }

    @Test("Whatever refers to a salon goes with it, and nothing else stops it")
    func cascades() async throws {
        try await withCatalog { session in
            let others = try await session.texts(
                """
                SELECT conrelid::regclass || ' ' || conname FROM pg_constraint
                WHERE contype = 'f' AND confrelid = 'salons'::regclass AND confdeltype <> 'c'
                """)
            #expect(others.isEmpty)
            let without = try await session.texts(
                """
                SELECT c.relname::text FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
                WHERE a.attname = 'salon_id' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
                    AND c.relnamespace = 'public'::regnamespace
                    AND NOT EXISTS (SELECT FROM pg_constraint WHERE contype = 'f' AND conrelid = c.oid)
                ORDER BY 1
                """)
            #expect(without == ["audit_log"], "only the audit log outlives a salon")
        }
    }

    private func words(_ list: String) -> [String] {
        list.split { ", \n".contains($0) }.map(String.init)
    }
}

/// Runs `body` with a superuser's session to a migrated database.
func withCatalog(_ body: @escaping @Sendable (PostgresSession) async throws -> Void) async throws {
    try await withSalonDatabase { database, loop in
        let session = try await PostgresSession.connect(database.superuser, on: loop)
        defer { session.close() }
        try await body(session)
    }
}

extension PostgresSession {
    /// The columns of a table's indexes, each list as one text.
    fileprivate func indexes(of table: String, _ condition: String) async throws -> [String] {
        try await texts(
            """
            SELECT (SELECT string_agg(a.attname::text, ', ' ORDER BY position)
                FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (number, position)
                JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.number)
            FROM pg_index AS i WHERE i.indrelid = '\(table)'::regclass AND \(condition)
            """)
    }
}
