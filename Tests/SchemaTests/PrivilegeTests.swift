import Postgres
import StoreTestSupport
import TestSupport
import Testing

@Suite("Each role may do what its work takes, and nothing else") struct PrivilegeTests {
    static let roles = [
        "app_user", "platform_user", "readonly_user", "monitor", "backup_user", "replicator", SalonDatabase.account,
    ]

    @Test("The table of privileges is the one that was agreed on")
    func matrix() async throws {
        try await withCatalog { session in
            let verbs = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"]
            let cells = verbs.map { verb in
                """
                CASE WHEN has_table_privilege(r, c.oid, '\(verb)') THEN '\(verb.prefix(1))'
                    WHEN '\(verb)' IN ('SELECT', 'INSERT', 'UPDATE') AND has_any_column_privilege(r, c.oid, '\(verb)')
                    THEN (SELECT '\(verb.prefix(1).lowercased())(' || string_agg(attname, ' ' ORDER BY attnum) || ')'
                        FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum > 0
                        AND has_column_privilege(r, c.oid, a.attnum, '\(verb)'))
                    ELSE '' END
                """
            }
            let lines = try await session.texts(
                """
                SELECT rpad(c.relname, 18) || ' ' || rpad(r, 14)
                    || coalesce(nullif(\(cells.joined(separator: " || ")), ''), '-')
                FROM pg_class AS c,
                    unnest('{\(Self.roles.joined(separator: ","))}'::text[]) WITH ORDINALITY AS _ (r, position)
                WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S') AND NOT c.relispartition
                    AND c.relnamespace = 'public'::regnamespace
                ORDER BY c.relname, position
                """)
            expectGolden(lines.joined(separator: "\n") + "\n", "privileges")
        }
    }

    @Test("The roles have no more attributes than they need, and belong to nobody who would give them more")
    func attributes() async throws {
        try await withCatalog { session in
            let found = try await session.texts(
                """
                SELECT rolname || CASE WHEN rolsuper THEN ' super' ELSE '' END
                    || CASE WHEN rolcreaterole THEN ' createrole' ELSE '' END
                    || CASE WHEN rolcreatedb THEN ' createdb' ELSE '' END
                    || CASE WHEN rolreplication THEN ' replication' ELSE '' END
                    || CASE WHEN rolbypassrls THEN ' bypassrls' ELSE '' END
                    || CASE WHEN rolinherit THEN '' ELSE ' noinherit' END
                    || coalesce((SELECT ' < ' || string_agg(roleid::regrole::text, ' ' ORDER BY roleid::regrole::text)
                        FROM pg_auth_members WHERE member = r.oid), '')
                FROM pg_roles AS r WHERE rolname = ANY ('{migrator,\(Self.roles.joined(separator: ","))}')
                ORDER BY rolname
                """)
            #expect(
                found == [
                    "app_user", "backup_user replication bypassrls < pg_read_all_data", "migrator bypassrls",
                    "monitor < pg_monitor", "platform_user", "readonly_user", "replicator replication",
                    "salon_service noinherit < app_user platform_user",
                ])
        }
    }

    private static let forbiddenToAll = [
        "COPY (SELECT 1) TO PROGRAM 'true'", "COPY (SELECT 1) TO '/tmp/never'", "SELECT pg_read_file('PG_VERSION')",
        "SELECT pg_ls_dir('.')", "SELECT lo_import('/etc/passwd')", "SELECT lo_create(0)",
        "CREATE TABLE public.x (i int)", "CREATE TEMPORARY TABLE x (i int)", "CREATE SCHEMA x",
        "CREATE FUNCTION public.x() RETURNS int LANGUAGE sql AS 'SELECT 1'", "CREATE EXTENSION hstore SCHEMA public",
        "ALTER TABLE public.bookings ADD x int", "ALTER TABLE public.bookings DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE public.bookings DISABLE TRIGGER ALL", "DROP TABLE public.bookings", "TRUNCATE public.bookings",
        "CREATE INDEX ON public.bookings (notes)", "CREATE POLICY x ON public.bookings USING (true)",
        "DROP POLICY tenant ON public.bookings", "SET ROLE migrator",
        "SET ROLE superuser", "CREATE ROLE x",
        "ALTER ROLE app_user BYPASSRLS", "SET session_replication_role = replica",
        "SELECT pg_reload_conf()",
        "DELETE FROM public.audit_log", "UPDATE public.audit_log SET actor = ''", "CREATE PUBLICATION x",
        "INSERT INTO public.audit_log (operation, entity_type, changes) VALUES ('', '', '{}')",
        "SELECT public.add_partition('messages', (now() + interval '5 months')::date)",
        "SELECT public.isolate('public.bookings')",
        "SELECT public.archive_partition('messages', now()::date)",
        "SELECT pg_create_restore_point('x')",
    ]

    @Test("What is everybody's ruin is nobody's right")
    func forbidden() async throws {
        try await withTwoSalons { salons in
            for role in Self.roles {
                for statement in Self.forbiddenToAll {
                    let refusal = try await salons.refusal(of: statement, as: role)
                    #expect(refusal == .insufficientPrivilege, "\(role): \(statement)")
                }
            }
        }
    }

    @Test("What is not a role's own work is refused to it")
    func foreign() async throws {
        let work = [
            ("app_user", "SELECT password_hash FROM users"), ("app_user", "SELECT * FROM users"),
            ("app_user", "UPDATE users SET name = ''"), ("app_user", "SELECT FROM sessions"),
            ("app_user", "SELECT id FROM outbox"), ("app_user", "DELETE FROM outbox"),
            ("app_user", "INSERT INTO salons (name, phone_number_id) VALUES ('', '')"),
            ("app_user", "DELETE FROM salons"), ("app_user", "DELETE FROM messages"),
            ("app_user", "UPDATE ai_messages SET cost = 0"), ("app_user", "UPDATE webhook_logs SET payload = '{}'"),
            ("app_user", "DELETE FROM webhook_logs"), ("app_user", "UPDATE intent_analytics SET message_count = 0"),
            ("platform_user", "SELECT FROM customers"), ("platform_user", "SELECT FROM bookings"),
            ("platform_user", "SELECT FROM messages"), ("platform_user", "SELECT FROM ai_messages"),
            ("platform_user", "UPDATE api_keys SET scopes = '{admin}'"), ("platform_user", "DELETE FROM users"),
            ("readonly_user", "SELECT access_token FROM salons"), ("readonly_user", "SELECT * FROM salons"),
            ("readonly_user", "SELECT password_hash FROM users"), ("readonly_user", "SELECT key_hash FROM api_keys"),
            ("readonly_user", "SELECT token_hash FROM sessions"),
            ("readonly_user", "INSERT INTO files SELECT FROM files"),
            ("readonly_user", "UPDATE bookings SET notes = ''"), ("readonly_user", "DELETE FROM bookings"),
            ("readonly_user", "SELECT FROM bookings FOR UPDATE"), ("readonly_user", "SELECT FROM outbox"),
            ("readonly_user", "SELECT FROM idempotency_keys"), ("monitor", "SELECT FROM public.salons"),
            ("monitor", "SELECT public.uuidv7()"), ("replicator", "SELECT FROM public.salons"),
            ("backup_user", "UPDATE public.salons SET name = ''"), ("backup_user", "DELETE FROM public.sessions"),
            ("app_user", "SELECT rolpassword FROM pg_authid"),
            ("readonly_user", "SELECT rolpassword FROM pg_authid"),
            ("salon_service", "SELECT FROM public.salons"),
            ("salon_service", "INSERT INTO public.outbox DEFAULT VALUES"),
            ("salon_service", "SELECT public.uuidv7()"), ("salon_service", "SET ROLE readonly_user"),
            ("salon_service", "SET ROLE backup_user"), ("migrator", "SET ROLE superuser"),
            ("migrator", "COPY (SELECT 1) TO PROGRAM 'true'"), ("migrator", "SELECT pg_read_file('PG_VERSION')"),
            ("migrator", "ALTER ROLE migrator SUPERUSER"), ("migrator", "CREATE ROLE x"),
            ("migrator", "SET session_replication_role = replica"), ("migrator", "DELETE FROM audit_log"),
            ("migrator", "UPDATE audit_log SET actor = ''"),
        ]
        try await withTwoSalons { salons in
            for (role, statement) in work {
                let refusal = try await salons.refusal(of: statement, as: role)
                #expect(refusal == .insufficientPrivilege, "\(role): \(statement)")
            }
        }
    }

    @Test("What is a role's work, it can do")
    func allowed() async throws {
        let work: [(String, String)] = [
            ("app_user", "UPDATE salons SET name = 'Other'"), ("app_user", "SELECT id, name, email FROM users"),
            ("app_user", "INSERT INTO outbox (salon_id, topic, payload) VALUES (current_salon(), 't', '{}')"),
            ("app_user", "DELETE FROM bookings"), ("app_user", "SELECT * FROM audit_log"),
            ("app_user", "SELECT * FROM search_messages('hello', now(), 10)"),
            ("app_user", "UPDATE webhook_logs SET status = 'PROCESSED', processed_at = now()"),
            ("app_user", "UPDATE messages SET status = 'READ', read_at = now()"),
            ("app_user", "SELECT pg_notify('cache', 'x')"), ("app_user", "SELECT * FROM intent_analytics"),
            ("platform_user", "SELECT id, password_hash FROM users WHERE email = 'a@example.org'"),
            ("platform_user", "SELECT id FROM salons WHERE phone_number_id = 'phone-a'"),
            ("platform_user", "UPDATE users SET failed_attempts = failed_attempts + 1"),
            ("platform_user", "DELETE FROM sessions WHERE expires_at < now()"),
            ("platform_user", "INSERT INTO webhook_logs (event_type, payload) VALUES ('unknown', '{}')"),
            ("platform_user", "UPDATE webhook_logs SET salon_id = '\(TwoSalons.ada)'"),
            ("platform_user", "DELETE FROM outbox"), ("platform_user", "UPDATE api_keys SET last_used_at = now()"),
            ("readonly_user", "SELECT id, name, settings FROM salons"), ("readonly_user", "SELECT * FROM bookings"),
            ("readonly_user", "SELECT * FROM claims_between('{}', now(), now())"),
            ("monitor", "SELECT query FROM pg_stat_activity"),
            ("monitor", "SELECT pg_database_size(current_database())"),
            ("monitor", "SELECT * FROM pg_stat_replication"), ("backup_user", "SELECT * FROM public.salons"),
            ("backup_user", "SELECT * FROM public.messages"), ("backup_user", "SELECT * FROM public.sessions"),
            ("migrator", "ALTER TABLE bookings ADD extra text"),
            ("migrator", "SELECT add_partition('messages', (now() + interval '5 months')::date)"),
            ("migrator", "SELECT pg_create_restore_point('x')"), ("migrator", "UPDATE bookings SET source = 'x'"),
            ("migrator", "CREATE TEMPORARY TABLE x (i int)"), ("salon_service", "SET LOCAL ROLE app_user"),
            ("salon_service", "SET LOCAL ROLE platform_user"),
        ]
        try await withTwoSalons { salons in
            for (role, statement) in work {
                try await salons.session.acting(as: role, for: TwoSalons.ada) {
                    try await salons.session.query(statement)
                }
            }
        }
    }

    @Test("By its own password the service reaches both of its roles and none beside them")
    func service() async throws {
        try await withSalonDatabase { database, loop in
            let session = try await PostgresSession.connect(database.service, on: loop)
            defer { session.close() }
            for role in ["app_user", "platform_user"] {
                _ = try await session.transaction { try await session.query("SET LOCAL ROLE \(role)") }
            }
            for role in ["migrator", "readonly_user", "backup_user", "monitor", "replicator", "superuser"] {
                #expect(
                    try await session.refusal { try await session.query("SET ROLE \(role)") } == .insufficientPrivilege)
                #expect(
                    try await session.refusal { try await session.query("SET SESSION AUTHORIZATION \(role)") }
                        == .insufficientPrivilege)
            }
            #expect(
                try await session.refusal { try await session.query("SELECT FROM public.salons") }
                    == .insufficientPrivilege)
        }
    }
}
