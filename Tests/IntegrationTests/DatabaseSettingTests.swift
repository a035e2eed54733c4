import Basics
import Postgres
import SystemTestSupport
import Testing

/// Whether the server of a running system is set up as the specification wants.
@Suite struct DatabaseSettingTests {
    private static let wanted = [
        "data_checksums": "on", "password_encryption": "scram-sha-256", "server_encoding": "UTF8", "TimeZone": "UTC",
        "listen_addresses": "127.0.0.1", "max_connections": "200", "checkpoint_completion_target": "0.9",
        "shared_preload_libraries": "pg_stat_statements", "fsync": "on", "full_page_writes": "on",
        "synchronous_commit": "on", "recovery_init_sync_method": "syncfs",
        // Logging
        "log_min_duration_statement": "1s", "log_lock_waits": "on", "log_connections": "on", "log_disconnections": "on",
        "log_checkpoints": "on", "log_statement": "ddl", "log_parameter_max_length": "0",
        // Tuned for 256 MB
        "shared_buffers": "64MB", "effective_cache_size": "192MB", "work_mem": "524kB", "maintenance_work_mem": "32MB",
        "wal_buffers": "2MB", "max_wal_size": "512MB",
    ]

    @Test("Every setting of the specification holds in the server")
    func settings() async throws {
        try await SharedSystem.with { system in
            try await system.withDatabase { database in
                var found: [String: String] = [:]
                for row in try await database.query("SELECT name, current_setting(name) AS value FROM pg_settings") {
                    found[try row["name", as: String.self]] = try row["value"]
                }
                for (name, value) in Self.wanted { #expect(found[name] == value, "\(name)") }
            }
        }
    }

    @Test("The service's role can do nothing but use its database")
    func role() async throws {
        try await SharedSystem.with { system in
            try await system.withDatabase { database in
                let role = try await database.query(
                    "SELECT *, substr(rolpassword, 1, 14) AS verifier FROM pg_authid WHERE rolname = 'whatsapp_app'"
                ).only
                for right in ["rolsuper", "rolcreatedb", "rolcreaterole", "rolreplication", "rolbypassrls"] {
                    #expect(try !role[right, as: Bool.self], "\(right)")
                }
                #expect(try role["verifier"] == "SCRAM-SHA-256$")
                let owned = try await database.query(
                    "SELECT pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname = 'whatsapp_saas'")
                #expect(try owned.only["owner"] == "postgres")
                let extensions = try await database.query(
                    "SELECT 1 FROM pg_extension WHERE extname = 'pg_stat_statements'")
                #expect(extensions.count == 1)
            }
        }
    }

    @Test("Nobody gets in without the password, on the socket or over TCP", arguments: [true, false])
    func passwords(overSocket: Bool) async throws {
        try await SharedSystem.with { system in
            let options = ConnectionOptions(
                host: overSocket ? "\(system.state)/run" : "127.0.0.1",
                port: try await system.status().port("postgres"),
                database: "whatsapp_saas", user: "whatsapp_app", password: Secret("not the password"))
            await #expect { try await PostgresSession.connect(options, on: system.loop) } throws: { error in
                (error as? PostgresError)?.kind == .refused
            }
        }
    }
}
