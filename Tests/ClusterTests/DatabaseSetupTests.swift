import Basics
import Loop
import Postgres
import Testing

@testable import Cluster

@Suite struct DatabaseSetupTests {
    @Test("Role, database and extension are made once, with no right too many, and no secret in the server's log")
    func setup() async throws {
        try await withFolderAndLoop { folder, loop in
            let tested = try await TestedServer(in: folder, logsEveryStatement: true, on: loop)
            // The strictest log that an operator can ask for.
            try Files.writeAtomically("log_min_duration_statement = 0\n", to: "\(folder)/custom.conf")
            var secrets: [String] = []
            func setup(_ password: String, role: String = "app", database: String = "salons") -> DatabaseSetup {
                secrets.append(password)
                return DatabaseSetup(database: database, role: role, password: Secret(password), schema: "public")
            }
            let log = try await tested.run {
                let first = setup("first-password-4711")
                try await first.apply(as: tested.server.superuser, on: loop)
                let made = try await self.state(tested)
                #expect(
                    made.rights == "superuser f, creates f f, owner postgres, connect t f, schema t f, extensions 1")
                secrets.append(made.verifier)

                try await first.apply(as: tested.server.superuser, on: loop)
                #expect(try await self.state(tested) == made, "a second time changes nothing")

                try await setup("second-password-4712").apply(as: tested.server.superuser, on: loop)
                let changed = try await self.state(tested)
                #expect(changed.verifier != made.verifier && changed.rights == made.rights)
                secrets.append(changed.verifier)
                #expect(try await self.signIn(tested, "second-password-4712") == "app")
                await #expect(throws: PostgresError.self) {
                    try await self.signIn(tested, "first-password-4711")
                }

                let quoted = setup("third'password", role: "o'hara \"x\"", database: "my \"db\"")
                try await quoted.apply(as: tested.server.superuser, on: loop)
                let encoding = "SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = $1"
                #expect(try await tested.text(encoding, "my \"db\"") == "UTF8")

                // A statement that fails is logged for itself.
                await #expect(throws: PostgresError.self) {
                    try await setup("fourth-password-4714", role: "pg_reserved").apply(
                        as: tested.server.superuser, on: loop)
                }
                try await self.expectNoVerifierInStatistics(tested)
            }
            #expect(log.contains("CREATE DATABASE \"salons\""), "other statements are logged")
            let traces = (secrets + ["SCRAM-SHA-256$"]).map { trace in
                log.split(separator: "\n").first { $0.contains(trace) }
            }
            #expect(traces.allSatisfy { $0 == nil }, "\(traces.compactMap(\.self))")
        }
    }

    private struct State: Equatable {
        var rights: String
        var verifier: String
    }

    /// What stands in the catalogue about the role and the database.
    private func state(_ tested: TestedServer) async throws -> State {
        try await tested.connected(to: "salons") { connection in
            let rights = try await connection.text(
                """
                SELECT format('superuser %s, creates %s %s, owner %s, connect %s %s, schema %s %s, extensions %s',
                    rolsuper, rolcreatedb, rolcreaterole, pg_get_userbyid(datdba),
                    has_database_privilege(rolname, datname, 'CONNECT'), has_database_privilege(rolname, datname, 'TEMP'),
                    has_schema_privilege(rolname, 'public', 'USAGE'), has_schema_privilege(rolname, 'public', 'CREATE'),
                    (SELECT count(*) FROM pg_extension WHERE extname = 'pg_stat_statements'))
                FROM pg_roles, pg_database WHERE rolname = 'app' AND datname = 'salons'
                """)
            let verifier = try await connection.text("SELECT rolpassword FROM pg_authid WHERE rolname = 'app'")
            return State(rights: rights ?? "", verifier: verifier ?? "")
        }
    }

    private func signIn(_ tested: TestedServer, _ password: String) async throws -> String? {
        let change = { (options: inout ConnectionOptions) in
            options.host = "127.0.0.1"
            options.user = "app"
            options.password = Secret(password)
        }
        return try await tested.connected(to: "salons", change) { try await $0.text("SELECT current_user") }
    }

    private func expectNoVerifierInStatistics(_ tested: TestedServer) async throws {
        let seen = "SELECT count(*)::text FROM pg_stat_statements WHERE query LIKE $1"
        #expect(try await tested.text(seen, in: "salons", "%PASSWORD 'SCRAM%") == "0")
        #expect(try await tested.text(seen, in: "salons", "%CREATE DATABASE%") != "0", "other statements are counted")
    }
}
