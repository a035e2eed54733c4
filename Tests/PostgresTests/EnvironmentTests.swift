import Basics
import Glibc
import Loop
import Postgres
import PostgresTestSupport
import Testing

@Suite struct EnvironmentTests {
    /// A folder for the files of a test.
    private func withFolder<Value>(_ body: (String) async throws -> Value) async throws -> Value {
        let folder = "/tmp/parlor-environment-\(RandomIdentifier.hex(bytes: 6))"
        try Files.makeFolder(folder)
        defer { try? Files.remove(folder) }
        return try await body(folder)
    }

    @Test("The usual variables lead where libpq's programs go, and lists become alternatives")
    func variables() throws {
        let options = try ConnectionOptions(environment: [
            "PGHOST": "one.example,two.example", "PGPORT": "5433,5434", "PGDATABASE": "salon", "PGUSER": "ada",
            "PGPASSWORD": "open sesame", "PGSSLMODE": "verify-full", "PGAPPNAME": "mine", "PGCONNECT_TIMEOUT": "7",
            "PGTARGETSESSIONATTRS": "prefer-standby", "PGCHANNELBINDING": "require", "PATH": "/bin",
        ])
        #expect(options.host == "one.example" && options.port == 5433)
        #expect(options.alternatives == [.init(host: "two.example", port: 5434)])
        #expect(options.database == "salon" && options.user == "ada" && options.password?.reveal() == "open sesame")
        #expect(options.sslMode == .verifyFull && options.applicationName == "mine")
        #expect(options.connectTimeout == .seconds(7) && options.target == .preferStandby)
        #expect(options.parameters == ["channel_binding": "require"])
        let plain = try ConnectionOptions(environment: [:])
        #expect(plain.isLocalSocket && plain.port == 5432 && plain.database == plain.user)
        for (name, value) in [("PGPORT", "no"), ("PGPORT", "1,2"), ("PGTARGETSESSIONATTRS", "both")] {
            #expect(throws: PostgresError.self) { try ConnectionOptions(environment: [name: value]) }
        }
    }

    @Test("A service file wins over variables, and one that does not define the service is named")
    func services() async throws {
        try await withFolder { folder in
            try Files.writeAtomically(
                "# ours\n[other]\nhost=nowhere\n\n[salon]\nhost=db.example\nport = 6000\n dbname=salon\nuser=ada\n",
                to: "\(folder)/.pg_service.conf")
            var environment = ["HOME": folder, "PGSERVICE": "salon", "PGHOST": "elsewhere", "PGSYSCONFDIR": folder]
            #expect(throws: PostgresError.self) { try ConnectionOptions(environment: environment) }
            try Files.writeAtomically(
                "# ours\n[other]\nhost=nowhere\n\n[salon]\nhost=db.example\nport=6000\n dbname=salon\nuser=ada\n",
                to: "\(folder)/.pg_service.conf")
            let options = try ConnectionOptions(environment: environment)
            #expect(options.address == "db.example:6000" && options.database == "salon" && options.user == "ada")
            environment["PGSERVICE"] = "absent"
            let absent = #expect(throws: PostgresError.self) { try ConnectionOptions(environment: environment) }
            #expect(
                absent?.description == """
                    the service "absent" is not defined
                    HINT: Define it in \(folder)/.pg_service.conf or \(folder)/pg_service.conf.
                    """)
        }
    }

    @Test("A password file and the user's certificates are used where they are")
    func files() async throws {
        try await withFolder { folder in
            let server = try TestServer.shared()
            let password = server.superuser.password?.reveal() ?? ""
            try Files.writeAtomically(
                "elsewhere:*:*:*:wrong\nlocalhost:\(server.port):*:superuser:\(password)\n", to: "\(folder)/.pgpass",
                mode: 0o600)
            try Files.makeFolder("\(folder)/.postgresql")
            try Files.writeAtomically(Files.readText(server.certificate), to: "\(folder)/.postgresql/root.crt")
            let options = try ConnectionOptions(environment: [
                "HOME": folder, "PGHOST": "localhost", "PGPORT": "\(server.port)", "PGUSER": "superuser",
                "PGDATABASE": "postgres", "PGSSLMODE": "verify-full", "PGCHANNELBINDING": "require",
            ])
            try await EventLoop.onThread { loop in
                let session = try await PostgresSession.connect(options, on: loop)
                defer { session.close() }
                let row = try await session.query("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()").only
                #expect(try row[0, as: Bool.self])
                var open = options
                open.sslMode = .disable
                let error = await #expect(throws: PostgresError.self) {
                    try await PostgresSession.connect(open, on: loop)
                }
                #expect(error?.explained.why?.contains("channel binding") == true)
            }
        }
    }
}
