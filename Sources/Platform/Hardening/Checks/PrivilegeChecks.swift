import Basics
import Loop
import Postgres

extension HardeningCheck {
    /// What those may do who got in.
    static let privilegeChecks = [
        serviceAttributes, superusers, publicConnection, publicPrivileges, schemaChanges, auditLog, serverFiles,
        otherRoles, tenants, rowSecurity, definerFunctions,
    ]

    private static let grantHint =
        "See in psql who has what with \"\\du\", \"\\l\" and \"\\dp\", and REVOKE it; no migration of Parlor's grants that."

    /// Runs `body` in a session on the primary; nobody to ask is no proof.
    private static func onLeader(
        _ system: HardenedSystem, _ loop: EventLoop, to database: String? = nil,
        _ body: (PostgresSession) async throws -> [Observation]
    ) async throws -> [Observation] {
        guard let node = system.leadingNode else { return [.untried("nobody leads the cluster")] }
        let options = system.superuser(of: node, database ?? system.database)
        let session = try await PostgresSession.connect(options, on: loop)
        defer { session.close() }
        return try await body(session)
    }

    /// Runs `body` as the service's role on the primary, where the database is the product's.
    private static func asService(
        _ system: HardenedSystem, _ loop: EventLoop, _ body: (PostgresSession) async throws -> [Observation]
    ) async throws -> [Observation] {
        guard let node = system.leadingNode else { return [.untried("nobody leads the cluster")] }
        let options = system.options(system.serviceRole, at: node.database, system.database)
        let session = try await PostgresSession.connect(options, on: loop)
        defer { session.close() }
        let product = try await session.query(
            "SELECT count(*)::int8 FROM pg_tables WHERE schemaname = 'public' AND tablename IN ('salons', 'audit_log')",
            within: HardenedSystem.limit
        ).only
        guard try product[0, as: Int.self] == 2 else {
            return [.inapplicable("the database \(system.database) is not the product's")]
        }
        return try await body(session)
    }

    private static func refusals(
        _ name: String, _ promise: String, _ trials: [StatementTrial]
    ) -> HardeningCheck {
        HardeningCheck(name, .privileges, promise, hint: grantHint) { system, loop in
            try await asService(system, loop) { session in
                var found: [Observation] = []
                for trial in trials { found.append(try await trial.run(in: session)) }
                return found
            }
        }
    }

    // MARK: - Refused by trying

    private static let schemaChanges = refusals(
        "schema_changes", "the service's role can change no schema",
        [
            StatementTrial("make a table", "CREATE TABLE public.hardening_check (a int)"),
            StatementTrial("make a table as its member role", as: "app_user", "CREATE TABLE public.hardening_check ()"),
            StatementTrial("make a schema", "CREATE SCHEMA hardening_check"),
            StatementTrial("drop a table", as: "app_user", "DROP TABLE public.salons CASCADE"),
            StatementTrial(
                "change a table", as: "app_user", "ALTER TABLE public.salons ADD COLUMN hardening_check int"),
            StatementTrial(
                "switch row-level security off", as: "app_user", "ALTER TABLE public.salons DISABLE ROW LEVEL SECURITY"),
            StatementTrial("empty a table", as: "app_user", "TRUNCATE public.bookings"),
            StatementTrial("make an extension", "CREATE EXTENSION file_fdw"),
        ])

    private static let auditLog = refusals(
        "audit_log", "the service's role cannot write, change or empty the audit log",
        ["app_user", "platform_user"].flatMap { (role: String) in
            [
                StatementTrial(
                    "write the audit log as \(role)", as: role,
                    "INSERT INTO audit_log (operation, entity_type, changes) VALUES ('a', 'b', '{}')"),
                StatementTrial("change the audit log as \(role)", as: role, "UPDATE audit_log SET operation = 'a'"),
                StatementTrial("delete from the audit log as \(role)", as: role, "DELETE FROM audit_log"),
                StatementTrial("empty the audit log as \(role)", as: role, "TRUNCATE audit_log"),
            ]
        })

    private static let serverFiles = refusals(
        "server_files", "the service's role reads no file and starts no program of the server's",
        [
            StatementTrial("start a program", "COPY (SELECT 1) TO PROGRAM 'true'"),
            StatementTrial("write a file", "COPY (SELECT 1) TO '/dev/null'"),
            StatementTrial("read a file", "SELECT pg_read_file('PG_VERSION')"),
            StatementTrial("list a folder", "SELECT pg_ls_dir('.')"),
            StatementTrial("have the server read its settings again", "SELECT pg_reload_conf()"),
            StatementTrial("read the verifiers of passwords", "SELECT rolpassword FROM pg_authid"),
            StatementTrial("ask for the pooler's verifiers", "SELECT pooler.verifier('pooler')"),
        ])

    private static let otherRoles = refusals(
        "other_roles", "the service's role can become no mightier one",
        [
            StatementTrial("become the superuser", "SET ROLE postgres"),
            StatementTrial("become the owner of the tables", "SET ROLE migrator"),
            StatementTrial("become the backup's role", "SET ROLE backup_user"),
            StatementTrial("make a role", "CREATE ROLE hardening_check"),
            StatementTrial("give itself a membership", "GRANT migrator TO CURRENT_USER"),
        ])

    private static let publicConnection = HardeningCheck(
        "public_connection", .privileges, "a role that was granted nothing cannot enter the service's database",
        hint: "Run \"REVOKE ALL ON DATABASE … FROM PUBLIC\" as the superuser."
    ) { system, loop in
        var found: [Observation] = []
        for place in system.nodes.map(\.database) + system.poolers {
            let isPooler = system.poolers.contains(place)
            let intruder = await Attempt.signIn(system.options(system.rewinder, at: place, system.database), on: loop)
            // The pooler knows no other database that anybody could be admitted to.
            let control = await Attempt.signIn(
                isPooler
                    ? system.options(system.serviceRole, at: place, system.database)
                    : system.options(system.rewinder, at: place, "postgres"), on: loop)
            found.append(
                Observation(
                    "\(system.rewinder.name) in \(system.database) at \(place)", intruder: intruder, control: control))
        }
        return found
    }

    private static let tenants = HardeningCheck(
        "tenants", .privileges, "no salon reads, changes or writes another's rows",
        hint: "Do not serve anybody before you know why: see docs/schema.md about row-level security."
    ) { system, loop in
        try await asService(system, loop) { try await TenantTrial(session: $0).run() }
    }

    // MARK: - Read from the catalogue

    private static let serviceAttributes = HardeningCheck(
        "service_role", .privileges, "the service's role has no attribute, owns nothing, and inherits nothing",
        hint: grantHint
    ) { system, loop in
        try await onLeader(system, loop) { session in
            let row = try await session.query(
                """
                SELECT r.rolsuper, r.rolcreatedb, r.rolcreaterole, r.rolreplication, r.rolbypassrls, r.rolinherit,
                    EXISTS (SELECT FROM pg_class WHERE relowner = r.oid)
                        OR EXISTS (SELECT FROM pg_namespace WHERE nspowner = r.oid)
                        OR EXISTS (SELECT FROM pg_proc WHERE proowner = r.oid)
                FROM pg_roles AS r WHERE r.rolname = $1
                """, system.serviceRole.name, within: HardenedSystem.limit
            ).only
            let names = [
                "is a superuser", "makes databases", "makes roles", "replicates", "sees past row-level security",
                "inherits", "owns something",
            ]
            return try names.enumerated().map { index, name in
                try row[index, as: Bool.self] ? .violation("it \(name)") : .sound(name)
            }
        }
    }

    private static let superusers = HardeningCheck(
        "superusers", .privileges, "there is one superuser, and nobody else sees past row-level security and signs in",
        hint: grantHint
    ) { system, loop in
        try await onLeader(system, loop) { session in
            let rows = try await session.query(
                """
                SELECT rolname::text, rolsuper, (rolsuper OR rolbypassrls) AND rolcanlogin FROM pg_roles
                WHERE rolsuper OR rolbypassrls ORDER BY 1
                """, within: HardenedSystem.limit)
            return try rows.map { row in
                let (name, isSuperuser, signsIn) = try row.values(as: String.self, Bool.self, Bool.self)
                if name == system.superuser.name { return .sound(name) }
                if isSuperuser { return .violation("\(name) is a superuser") }
                return signsIn ? .violation("\(name) sees past row-level security") : .sound(name)
            }
        }
    }

    private static let publicPrivileges = HardeningCheck(
        "public_privileges", .privileges, "PUBLIC has nothing in the service's database", hint: grantHint
    ) { system, loop in
        try await onLeader(system, loop) { session in
            let rows = try await session.query(
                """
                WITH ours AS (SELECT oid, nspname FROM pg_namespace
                    WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema')
                SELECT 'the schema ' || nspname FROM pg_namespace AS n, aclexplode(n.nspacl) AS a
                    WHERE a.grantee = 0 AND n.oid IN (SELECT oid FROM ours)
                        AND NOT (n.nspname = 'public' AND a.privilege_type = 'USAGE')
                UNION SELECT c.oid::regclass::text FROM pg_class AS c, aclexplode(c.relacl) AS a
                    WHERE a.grantee = 0 AND c.relnamespace IN (SELECT oid FROM ours)
                        AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = c.oid AND deptype = 'e')
                UNION SELECT 'the database ' || datname FROM pg_database AS d,
                    aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) AS a
                    WHERE a.grantee = 0 AND datname = current_database()
                """, within: HardenedSystem.limit)
            return try rows.map { .violation("PUBLIC has something in \(try $0[0, as: String.self])") }
                + [.sound("looked")]
        }
    }

    private static let rowSecurity = HardeningCheck(
        "row_security", .privileges, "every table with a salon has row-level security, for its owner too",
        hint: "Call \"isolate\" for the table in a migration, and give it a policy: see docs/schema.md."
    ) { system, loop in
        try await onLeader(system, loop) { session in
            let rows = try await session.query(
                """
                SELECT c.oid::regclass::text, c.relrowsecurity AND c.relforcerowsecurity
                    AND EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid)
                FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
                WHERE a.attname = 'salon_id' AND NOT a.attisdropped AND c.relkind IN ('r', 'p') AND NOT c.relispartition
                    AND c.relnamespace = 'public'::regnamespace
                ORDER BY 1
                """, within: HardenedSystem.limit)
            guard !rows.isEmpty else { return [.inapplicable("no table of \(system.database) has salons")] }
            return try rows.map { row in
                let (name, isSecure) = try row.values(as: String.self, Bool.self)
                return isSecure ? .sound(name) : .violation("\(name) has none")
            }
        }
    }

    private static let definerFunctions = HardeningCheck(
        "definer_functions", .privileges,
        "every function that acts as its owner has a fixed search_path, and PUBLIC cannot call it",
        hint: "Give it \"SET search_path = …, pg_temp\" and REVOKE EXECUTE FROM PUBLIC in a migration."
    ) { system, loop in
        try await onLeader(system, loop) { session in
            let rows = try await session.query(
                """
                SELECT p.oid::regprocedure::text, coalesce(p.proconfig::text LIKE '%search_path=%', false),
                    EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS a
                        WHERE a.grantee = 0 AND a.privilege_type = 'EXECUTE')
                FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
                WHERE p.prosecdef AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
                ORDER BY 1
                """, within: HardenedSystem.limit)
            return try rows.map { row in
                let (name, isPinned, isPublic) = try row.values(as: String.self, Bool.self, Bool.self)
                if !isPinned { return .violation("\(name) has no fixed search_path") }
                return isPublic ? .violation("PUBLIC can call \(name)") : .sound(name)
            }
        }
    }
}
