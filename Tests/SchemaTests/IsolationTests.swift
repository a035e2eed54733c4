import Postgres
import StoreTestSupport
import Testing

@Suite("No salon sees another's rows") struct IsolationTests {
    @Test("Every table of a salon, and every leaf of one, has row-level security enabled, forced, and a policy")
    func everyTable() async throws {
        try await withCatalog { session in
            let bare = try await session.texts(
                """
                SELECT c.oid::regclass::text FROM pg_class AS c
                WHERE c.relkind IN ('r', 'p') AND c.relnamespace IN ('public'::regnamespace, 'archive'::regnamespace)
                    AND NOT (c.relrowsecurity AND c.relforcerowsecurity
                        AND EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid))
                """)
            #expect(bare.isEmpty)
        }
    }

    @Test("A leaf has its table's policies, word for word, and grants nobody anything")
    func leaves() async throws {
        try await withCatalog { session in
            let policies = """
                SELECT coalesce(i.inhparent, p.polrelid)::regclass || ' ' || string_agg(concat_ws(' ', polname, polcmd,
                    polroles::text, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)), ';'
                    ORDER BY polname)
                FROM pg_policy AS p LEFT JOIN pg_inherits AS i ON i.inhrelid = p.polrelid
                WHERE p.polrelid IN (SELECT partrelid FROM pg_partitioned_table UNION SELECT inhrelid FROM pg_inherits)
                GROUP BY p.polrelid, i.inhparent
                """
            let found = try await session.texts(policies)
            #expect(found.count > 16)
            #expect(Set(found).count == 4, "one list for each partitioned table and its leaves")
            #expect(
                try await session.texts(
                    "SELECT relname::text FROM pg_class WHERE relispartition AND relacl IS NOT NULL")
                    == [])
        }
    }

    @Test("References between tables of salons carry the salon, so that none leads to another's row")
    func references() async throws {
        try await withCatalog { session in
            let loose = try await session.texts(
                """
                SELECT conrelid::regclass || ' ' || conname FROM pg_constraint AS k
                JOIN pg_attribute AS one ON one.attrelid = conrelid AND one.attname = 'salon_id'
                JOIN pg_attribute AS other ON other.attrelid = confrelid AND other.attname = 'salon_id'
                WHERE contype = 'f' AND (array_position(conkey, one.attnum) IS NULL
                    OR confkey[array_position(conkey, one.attnum)] <> other.attnum)
                """)
            #expect(loose.isEmpty)
        }
    }

    @Test("Few functions act as the owner, each with a fixed search path, and nobody may call what was not granted")
    func definers() async throws {
        try await withCatalog { session in
            let own = "pronamespace = 'public'::regnamespace AND proowner = 'migrator'::regrole"
            let found = try await session.texts(
                """
                SELECT proname || ' ' || array_to_string(proconfig, ' ') FROM pg_proc
                WHERE prosecdef AND \(own) ORDER BY 1
                """
            )
            #expect(
                found
                    == ["audit", "claims_between", "count_ai_messages", "search_messages"].map {
                        "\($0) search_path=public, pg_temp"
                    })
            let open = try await session.texts(
                "SELECT proname::text FROM pg_proc WHERE \(own) AND has_function_privilege('public', oid, 'EXECUTE')")
            #expect(open.isEmpty)
            let views = try await session.texts(
                """
                SELECT relname::text FROM pg_class WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace
                    AND NOT coalesce(reloptions @> '{security_invoker=true}', false)
                """)
            #expect(views.isEmpty)
        }
    }

    @Test("A salon's transaction sees rows of its own in every table, and none of another's")
    func reading() async throws {
        try await withTwoSalons { salons in
            let tables = try await salons.tables(grantedTo: "app_user", "SELECT")
            #expect(tables.count >= 20)
            for salon in [TwoSalons.ada, TwoSalons.bea] {
                try await salons.session.acting(for: salon) {
                    for table in tables {
                        let seen = try await salons.session.texts("SELECT DISTINCT salon_id::text FROM \(table)")
                        #expect(seen == [salon], "\(table)")
                    }
                    #expect(try await salons.session.texts("SELECT id::text FROM salons") == [salon])
                    #expect(try await salons.session.number("SELECT count(id) FROM users") == 1)
                }
            }
        }
    }

    @Test("Without a salon, or after a transaction that had one, there are no rows")
    func nobody() async throws {
        try await withTwoSalons { salons in
            let tables = try await salons.tables(grantedTo: "app_user", "SELECT") + ["salons"]
            try await salons.session.acting(for: TwoSalons.ada) {}
            for role in ["app_user", "readonly_user"] {
                for table in tables
                where role == "app_user" || !["api_keys", "booking_requests", "idempotency_keys"].contains(table) {
                    guard !table.hasPrefix("message_") || role == "app_user" else { continue }
                    let count = try await salons.session.acting(as: role) {
                        try await salons.session.number("SELECT count(1) FROM \(table)")
                    }
                    #expect(count == 0, "\(role) \(table)")
                }
            }
        }
    }

    @Test("Rows of another salon cannot be written, moved there, changed or deleted")
    func writing() async throws {
        try await withTwoSalons { salons in
            let session = salons.session
            for table in try await salons.tables(grantedTo: "app_user", "INSERT") {
                let columns = try await session.texts(
                    """
                    SELECT quote_ident(attname) FROM pg_attribute
                    WHERE attrelid = '\(table)'::regclass AND attnum > 0 AND attgenerated = '' AND NOT attisdropped
                    """)
                let values = columns.map { $0 == "salon_id" ? "'\(TwoSalons.bea)'" : $0 }
                let copied = table == "outbox" ? "(VALUES (uuidv7(), 'x', '{}'::jsonb, now(), now(), 1, ''))" : table
                let rename =
                    table == "outbox"
                    ? " AS t (id, topic, payload, created_at, available_at, attempts, last_error)" : ""
                let insert =
                    "INSERT INTO \(table) (\(columns.joined(separator: ", "))) "
                    + "SELECT \(values.joined(separator: ", ")) FROM \(copied)\(rename)"
                #expect(try await salons.refusal(of: insert) == .insufficientPrivilege, "\(insert)")
            }
            for table in try await salons.tables(grantedTo: "app_user", "UPDATE") {
                let move = "UPDATE \(table) SET salon_id = '\(TwoSalons.bea)'"
                #expect(try await salons.refusal(of: move) == .insufficientPrivilege, "\(move)")
            }
            for table in try await salons.tables(grantedTo: "app_user", "DELETE") {
                let affected = try await session.acting(for: TwoSalons.ada) {
                    try await session.query("DELETE FROM \(table) WHERE salon_id = '\(TwoSalons.bea)'").affected
                }
                #expect(affected == 0)
            }
            #expect(try await salons.refusal(of: "UPDATE salons SET id = '\(TwoSalons.bea)'") != nil)
        }
    }

    @Test("A leaf that is read directly tells nothing, not even where somebody granted it by mistake")
    func direct() async throws {
        try await withTwoSalons { salons in
            let session = salons.session
            let leaves = try await session.texts(
                "SELECT relname::text FROM pg_class WHERE relispartition AND relkind = 'r'")
            #expect(leaves.count >= 20)
            for leaf in leaves {
                #expect(try await salons.refusal(of: "SELECT FROM \(leaf)") == .insufficientPrivilege)
                try await session.query("GRANT SELECT ON \(leaf) TO app_user")
                let foreign = try await session.acting(for: TwoSalons.ada) {
                    try await session.number(
                        "SELECT count(*) FROM \(leaf) WHERE salon_id IS DISTINCT FROM current_salon()")
                }
                #expect(foreign == 0, "\(leaf)")
            }
        }
    }

    @Test("The owner of the tables is bound by the policies too, once it may not pass them by")
    func forced() async throws {
        try await withTwoSalons { salons in
            let owner = "owner_\(salons.database.superuser.database)"
            try await salons.session.query("CREATE ROLE \(owner)")
            try await salons.session.query("GRANT USAGE ON SCHEMA public TO \(owner)")
            try await salons.session.query("GRANT EXECUTE ON FUNCTION current_salon() TO \(owner)")
            try await salons.session.query("ALTER TABLE customers OWNER TO \(owner)")
            let seen = try await salons.session.acting(as: owner, for: TwoSalons.bea) {
                try await salons.session.texts("SELECT salon_id::text FROM customers")
            }
            #expect(seen == [TwoSalons.bea])
            try await salons.session.query("ALTER TABLE customers OWNER TO migrator")
            try await salons.session.query("DROP OWNED BY \(owner)")
            try await salons.session.query("DROP ROLE \(owner)")
        }
    }
}

extension TwoSalons {
    /// The tables of salons on which a role has a privilege, at least for some columns; leaves left out.
    func tables(grantedTo role: String, _ privilege: String) async throws -> [String] {
        let check = privilege == "DELETE" ? "has_table_privilege" : "has_any_column_privilege"
        return try await session.texts(
            """
            SELECT c.relname::text FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
            WHERE a.attname = 'salon_id' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
                AND c.relnamespace = 'public'::regnamespace AND \(check)('\(role)', c.oid, '\(privilege)')
            ORDER BY 1
            """)
    }

    /// How a statement is refused to the service when it works for the first salon.
    func refusal(of statement: String, as role: String = "app_user") async throws -> SQLState? {
        try await session.refusal {
            try await session.acting(as: role, for: TwoSalons.ada) { try await session.query(statement) }
        }
    }
}
