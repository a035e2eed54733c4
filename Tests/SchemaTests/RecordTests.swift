import Postgres
import StoreTestSupport
import Testing

@Suite("Every change of business leaves a record") struct RecordTests {
    static let businessTables = [
        "api_keys", "bookings", "closures", "conversations", "customers", "files", "memberships", "opening_hours",
        "resources", "salons", "services", "templates", "users", "waiting_list",
    ]

    @Test("Business tables say who made and changed a row and when, are deleted softly, count versions, are audited")
    func fields() async throws {
        try await withCatalog { session in
            let complete = try await session.texts(
                """
                SELECT c.relname::text FROM pg_class AS c
                WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
                    AND (SELECT count(*) FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attname IN (
                        'created_at', 'updated_at', 'created_by', 'updated_by', 'deleted_at', 'version')) = 6
                    AND (SELECT count(DISTINCT t.tgfoid) FROM pg_trigger AS t WHERE t.tgrelid = c.oid AND t.tgenabled = 'O'
                        AND t.tgfoid IN ('count_version'::regproc, 'audit'::regproc)) = 2
                ORDER BY 1
                """)
            #expect(complete == Self.businessTables)
            // One that has some of this has all of it.
            let partial = try await session.texts(
                """
                SELECT DISTINCT attrelid::regclass::text FROM pg_attribute
                WHERE attname IN ('deleted_at', 'version') AND attrelid >= 16384
                    AND attrelid::regclass::text <> ALL ('{\(Self.businessTables.joined(separator: ","))}')
                """)
            #expect(partial.isEmpty)
        }
    }

    @Test("An update counts the version and keeps who did it, whatever the statement says")
    func versions() async throws {
        try await withTwoSalons { salons in
            let row = try await salons.session.acting(for: TwoSalons.ada, actor: "user:eve") {
                try await salons.session.query(
                    """
                    UPDATE customers SET name = 'Eva', version = 77, updated_by = 'nobody', updated_at = 'epoch'
                    RETURNING version, updated_by, updated_at = now()
                    """
                ).only
            }
            let (version, actor, isNow) = try row.values(as: Int.self, String.self, Bool.self)
            #expect(version == 2 && actor == "user:eve" && isNow)
        }
    }

    @Test("Whoever changes a row by the version that he read loses visibly to whoever was faster")
    func optimisticLocking() async throws {
        try await withTwoSalons { salons in
            let other = try await PostgresSession.connect(salons.database.superuser, on: salons.loop)
            defer { other.close() }
            let change = "UPDATE services SET price = 10 WHERE id = '\(key(TwoSalons.service))' AND version = 1"
            let session = salons.session
            @Sendable func slower() async throws -> Int {
                try await other.acting(for: TwoSalons.ada) { try await other.query(change).affected }
            }
            async let lost = slower()
            let won = try await session.acting(for: TwoSalons.ada) {
                let won = try await session.query(change).affected
                return won
            }
            let changed = [won, try await lost]
            #expect(changed == [1, 0] || changed == [0, 1])
        }
    }

    @Test("Each mutation is one row of the log: who, in which request, what it was and became; secrets sealed")
    func auditRows() async throws {
        try await withTwoSalons { salons in
            let session = salons.session
            try await session.acting(for: TwoSalons.ada, actor: "user:ada", request: "r-1") {
                try await session.query("UPDATE salons SET name = 'New', access_token = 'other'")
            }
            try await session.acting(for: TwoSalons.ada, actor: "worker", request: "r-2") {
                try await session.query("UPDATE salons SET name = 'New'")
                try await session.query(
                    "INSERT INTO closures (salon_id, starts_at, ends_at) VALUES ($1, 'epoch', now())",
                    PostgresUUID(TwoSalons.ada))
                try await session.query("UPDATE customers SET notes = 'else', email = 'C@example.org'")
                try await session.query("DELETE FROM files")
            }
            let rows = try await session.query(
                """
                SELECT operation, entity_type, actor, request_id, changes::text FROM audit_log
                WHERE request_id <> '' ORDER BY request_id, entity_type
                """
            ).map { try $0.values(as: String.self, String.self, String.self, String.self, String.self) }
            #expect(
                rows.map { "\($0.0) \($0.1) \($0.2) \($0.3)" } == [
                    "UPDATE salons user:ada r-1", "INSERT closures worker r-2", "UPDATE customers worker r-2",
                    "DELETE files worker r-2",
                ])
            #expect(rows[0].4 == #"{"name": ["Salon a", "New"], "access_token": "sealed"}"#)
            #expect(rows[1].4 == "{}")
            #expect(rows[2].4 == #"{"email": [null, "C@example.org"], "notes": "sealed"}"#)
            #expect(rows[3].4.contains(#""storage_key": ["f-a"]"#))
        }
    }

    @Test("Nothing sealed or secret stands in the log, not even of a deleted salon, whose rows stay")
    func secrets() async throws {
        try await withTwoSalons { salons in
            let session = salons.session
            try await session.query("UPDATE users SET password_hash = 'new secret'")
            try await session.query("UPDATE api_keys SET key_hash = sha256(id::text::bytea)")
            try await session.query("UPDATE bookings SET notes = 'new secret'")
            try await session.query("DELETE FROM salons WHERE id = '\(TwoSalons.ada)'")
            try await session.query("DELETE FROM users")
            let found = try await session.texts(
                """
                SELECT entity_type || ' ' || key FROM audit_log, jsonb_each(changes)
                WHERE key IN ('access_token', 'password_hash', 'key_hash', 'notes') AND value <> '"sealed"'
                """)
            #expect(found.isEmpty)
            let columns = try await session.texts(
                """
                SELECT attrelid::regclass || '.' || attname
                FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = attrelid
                WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace
                    AND attnum > 0 AND (atttypid = 'bytea'::regtype OR attname ~ 'password|secret|token$')
                    AND EXISTS (SELECT FROM pg_trigger AS t WHERE t.tgrelid = c.oid AND tgfoid = 'audit'::regproc
                        AND NOT encode(t.tgargs, 'escape') ~ ('(^|\\\\000)' || attname || '\\\\000'))
                """)
            #expect(columns == ["files.sha256"], "bytes that are neither sealed nor known to be harmless")
            #expect(
                try await session.number("SELECT count(*) FROM audit_log WHERE salon_id = '\(TwoSalons.ada)'") > 10)
        }
    }

    @Test("The log only grows, and only by its trigger")
    func onlyGrows() async throws {
        let statements = [
            "INSERT INTO audit_log (operation, entity_type, changes) VALUES ('UPDATE', 'bookings', '{}')",
            "UPDATE audit_log SET actor = 'somebody else'", "DELETE FROM audit_log", "TRUNCATE audit_log",
            "ALTER TABLE audit_log DISABLE TRIGGER audit_log_only_grows", "ALTER TABLE bookings DISABLE TRIGGER audit",
            "DROP TRIGGER audit ON bookings", "SET LOCAL session_replication_role = replica", "SELECT audit()",
            "CREATE TEMPORARY TABLE bookings (id uuid, salon_id uuid)",
        ]
        try await withTwoSalons { salons in
            for role in ["app_user", "platform_user", "readonly_user"] {
                for statement in statements {
                    let refusal = try await salons.refusal(of: statement, as: role)
                    #expect(refusal == .insufficientPrivilege, "\(role): \(statement)")
                }
            }
        }
    }

    private func key(_ kind: Int) -> String { TwoSalons.key(TwoSalons.ada, kind) }
}
