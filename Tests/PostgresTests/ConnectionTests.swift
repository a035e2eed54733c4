import Basics
import Glibc
import Loop
import Postgres
import PostgresTestSupport
import Testing

@Suite struct ConnectionTests {
    /// Whether the session uses TLS, asked from the server.
    private func usesTLS(_ options: ConnectionOptions, _ loop: EventLoop) async throws -> Bool {
        let connection = try await PostgresSession.connect(options, on: loop)
        defer { connection.close() }
        let row = try await connection.query("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()").only
        return try row["ssl", as: Bool.self]
    }

    private func failure(_ options: ConnectionOptions, _ loop: EventLoop) async -> PostgresError? {
        await #expect(throws: PostgresError.self) { try await PostgresSession.connect(options, on: loop).close() }
    }

    private func overTCP(_ options: ConnectionOptions, host: String = "127.0.0.1") -> ConnectionOptions {
        var options = options
        options.host = host
        return options
    }

    @Test("A socket folder, an address and a name all lead to the server", arguments: [nil, "127.0.0.1", "localhost"])
    func places(host: String?) async throws {
        try await withDatabase { options, loop in
            let connection = try await PostgresSession.connect(
                overTCP(options, host: host ?? options.host), on: loop)
            defer { connection.close() }
            let row = try await connection.query(
                """
                SELECT current_database()::text AS database, current_setting('application_name') AS application,
                    pg_backend_pid() AS pid, host(inet_client_addr()) AS address
                """
            ).only
            #expect(try row["database", as: String.self] == options.database)
            #expect(try row["application", as: String.self] == options.applicationName)
            #expect(try row["pid", as: Int32.self] == connection.backendProcess)
            #expect(try row["address", as: String?.self] == host.map { _ in "127.0.0.1" })
            #expect(connection.serverVersion / 10_000 == 15)
            connection.close()
            connection.close()
            #expect(!connection.isOpen)
            let closed = await #expect(throws: PostgresError.self) { try await connection.query("SELECT 1") }
            #expect(closed?.explained.what == "the connection to PostgreSQL at \(connection.options.address) is closed")
        }
    }

    @Test("TLS is used as asked for, and a certificate is checked against the host's name")
    func tls() async throws {
        try await withDatabase { options, loop in
            var options = overTCP(options, host: "localhost")
            #expect(try await usesTLS(options, loop))
            options.sslMode = .disable
            #expect(try await !usesTLS(options, loop))
            options.sslMode = .verifyFull
            let unknown = await failure(options, loop)
            #expect(unknown?.kind == .refused)
            #expect(unknown?.explained.why == "root certificate file \"/dev/null/none\" does not exist")
            #expect(
                unknown?.explained.hint == "Name the authority's certificate with the parameter sslrootcert.")
            options.parameters["sslrootcert"] = try TestServer.shared().certificate
            #expect(try await usesTLS(options, loop))
            let misnamed = await failure(overTCP(options), loop)
            #expect(
                misnamed?.explained.why
                    == "server certificate for \"localhost\" (and 1 other name) does not match host name \"127.0.0.1\"")
            #expect(misnamed?.isTransient == false)
        }
    }

    @Test("When the server admits a role without TLS only, libpq's second socket is followed")
    func secondSocket() async throws {
        try await withDatabase { options, loop in
            let role = TestServer.roleWithoutTLS
            let administrator = try await PostgresSession.connect(options, on: loop)
            defer { administrator.close() }
            var other = overTCP(options)
            other.user = role
            other.password = .generate()
            let verifier = try administrator.passwordVerifier(other.password ?? Secret(""), user: role)
            try await administrator.execute("CREATE ROLE \(role) LOGIN PASSWORD \(quoteLiteral(verifier.reveal()))")
            #expect(try await !usesTLS(other, loop))
            other.sslMode = .require
            #expect(await failure(other, loop)?.sqlState == .invalidAuthorization)
            try await administrator.execute("DROP ROLE \(role)")
        }
    }

    @Test("A wrong password is refused with words and advice, and is shown nowhere")
    func wrongPassword() async throws {
        try await withDatabase { options, loop in
            var options = options
            options.password = Secret("open sesame")
            let error = await failure(options, loop)
            #expect(error?.kind == .refused)
            #expect(error?.sqlState == .invalidPassword)
            #expect(error?.isTransient == false)
            #expect(error?.explained.code == .connection)
            #expect(
                error?.description == """
                    PostgreSQL at \(options.address) refused the connection: \
                    password authentication failed for user "superuser"
                    HINT: Check the password of the role "superuser".
                    """)
            var dumped = ""
            dump(options, to: &dumped)
            dump(error, to: &dumped)
            let seen = dumped + "\(options)" + String(reflecting: options) + (error?.debugDescription ?? "")
            #expect(!seen.contains("sesame"))
            #expect("\(options)" == "superuser@\(options.address)/\(options.database)")

            options.password = nil
            let missing = await failure(options, loop)
            #expect(missing?.explained.why == "fe_sendauth: no password supplied")
            #expect(missing?.explained.hint == "Give a password for the role \"superuser\".")
        }
    }

    @Test("A missing database and a role without room are refused, the latter for now only")
    func refusals() async throws {
        try await withDatabase { options, loop in
            var absent = options
            absent.database = "nowhere"
            let missing = await failure(absent, loop)
            #expect(missing?.sqlState == .databaseMissing)
            #expect(missing?.explained.why == "database \"nowhere\" does not exist")
            #expect(missing?.explained.hint == "Create the database, or correct its name.")
            #expect(missing?.isTransient == false)

            let administrator = try await PostgresSession.connect(options, on: loop)
            defer { administrator.close() }
            let role = "full_\(RandomIdentifier.hex(bytes: 4))"
            var full = options
            full.user = role
            full.password = .generate()
            let verifier = try administrator.passwordVerifier(full.password ?? Secret(""), user: role)
            try await administrator.execute(
                "CREATE ROLE \(role) LOGIN CONNECTION LIMIT 0 PASSWORD \(quoteLiteral(verifier.reveal()))")
            let crowded = await failure(full, loop)
            #expect(crowded?.sqlState == .tooManyConnections)
            #expect(crowded?.isTransient == true)
            try await administrator.execute("ALTER ROLE \(role) CONNECTION LIMIT 1")
            try await PostgresSession.connect(full, on: loop).close()
            try await administrator.execute("DROP ROLE \(role)")
        }
    }

    @Test("A role logs in with the password whose verifier was stored, and no statement held the password")
    func verifier() async throws {
        try await withDatabase { options, loop in
            let administrator = try await PostgresSession.connect(options, on: loop)
            defer { administrator.close() }
            let role = "guest_\(RandomIdentifier.hex(bytes: 4))"
            let password = Secret("it's a \"pässwörd\"")
            let verifier = try administrator.passwordVerifier(password, user: role)
            #expect(verifier.reveal().hasPrefix("SCRAM-SHA-256$4096:"))
            #expect("\(verifier)" == Secret.mask)
            try await administrator.execute("CREATE ROLE \(role) LOGIN PASSWORD \(quoteLiteral(verifier.reveal()))")
            let stored = try await administrator.query("SELECT rolpassword FROM pg_authid WHERE rolname = $1", role)
                .only
            #expect(try stored["rolpassword", as: String.self] == verifier.reveal())
            var guest = options
            guest.user = role
            guest.password = password
            try await PostgresSession.connect(guest, on: loop).close()
            try await administrator.execute("DROP ROLE \(role)")
            #expect(throws: PostgresError.self) { try administrator.passwordVerifier(Secret(""), user: role) }
        }
    }

    @Test("Nobody at the address is an error with words and advice, and worth trying again")
    func nobodyThere() async throws {
        try await EventLoop.onThread { loop in
            let server = try ScriptedServer(on: loop)
            server.close()
            let refused = await failure(server.options, loop)
            #expect(refused?.kind == .unreachable)
            #expect(refused?.isTransient == true)
            #expect(
                refused?.description == """
                    no connection to PostgreSQL at \(server.options.address): connection refused
                    HINT: Check that PostgreSQL runs and listens at \(server.options.address).
                    """)
            let absent = ConnectionOptions(host: "/tmp/nowhere", database: "salon", user: "ada")
            let missing = await failure(absent, loop)
            #expect(missing?.isTransient == true)
            #expect(
                missing?.description == """
                    no connection to PostgreSQL at /tmp/nowhere/.s.PGSQL.5432: no such file or directory
                    HINT: Check that PostgreSQL runs and keeps its socket in /tmp/nowhere.
                    """)
            let unnamed = await failure(
                ConnectionOptions(host: "nowhere.invalid", database: "salon", user: "ada"), loop)
            #expect(unnamed?.kind == .unreachable)
            #expect(unnamed?.explained.why?.hasPrefix("the name nowhere.invalid has no address: ") == true)
            let faulty = ConnectionOptions(
                host: "/tmp", database: "salon", user: "ada", parameters: ["colour": "blue"])
            #expect(await failure(faulty, loop)?.explained.why == "invalid connection option \"colour\"")
            let cut = await failure(ConnectionOptions(host: "/tmp", database: "salon", user: "a\0b"), loop)
            #expect(cut?.explained.what == "the connection's user holds a zero byte")
        }
    }

    @Test("A server that starts says so, and one that stops too")
    func starting() async throws {
        try await EventLoop.onThread { loop in
            let server = try ScriptedServer(on: loop)
            defer { server.close() }
            let options = server.options
            for (words, kind) in [
                ("the database system is starting up", PostgresError.Kind.startingUp),
                ("the database system is shutting down", .refused),
            ] {
                let outcome = Task(executorPreference: loop) { await failure(options, loop) }
                let socket = try await server.greet(with: ScriptedServer.error("FATAL", "57P03", words))
                socket.close()
                let error = await outcome.value
                #expect(error?.kind == kind)
                #expect(error?.sqlState == .cannotConnectNow)
                #expect(error?.isTransient == true)
                #expect(error?.explained.why == words)
            }
        }
    }

    @Test("A connection that is reset or closed while it is made is worth trying again", arguments: [true, false])
    func brokenGreeting(isReset: Bool) async throws {
        try await EventLoop.onThread { loop in
            let server = try ScriptedServer(on: loop)
            defer { server.close() }
            let options = server.options
            let outcome = Task(executorPreference: loop) { await failure(options, loop) }
            let socket = try await server.accept()
            // What it did not read makes the system reset the connection.
            var greeting: [UInt8] = []
            _ = try await socket.read(appendingTo: &greeting, atMost: isReset ? 1 : 1000)
            socket.close()
            let error = await outcome.value
            #expect(error?.kind == .unreachable)
            #expect(error?.isTransient == true)
        }
    }

    @Test("A server that accepts and never answers ends with the deadline, or with the task")
    func silent() async throws {
        try await EventLoop.onThread { loop in
            let server = try ScriptedServer(on: loop)
            defer { server.close() }
            var options = server.options
            options.connectTimeout = .milliseconds(20)
            let error = await failure(options, loop)
            #expect(error?.kind == .unreachable)
            #expect(error?.explained.code == .timeout)
            #expect(error?.description == "no connection to PostgreSQL at \(options.address): no answer within 20 ms")

            let patient = server.options
            let waiting = Task(executorPreference: loop) {
                try await PostgresSession.connect(patient, on: loop).close()
            }
            let first = try await server.greet(with: [])
            let second = try await server.greet(with: [])
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
            first.close()
            second.close()
        }
    }

    @Test("The environment of libpq changes nothing")
    func environment() async throws {
        try await withDatabase { options, loop in
            setenv("PGTZ", "Pacific/Chatham", 1)
            let connection = try await PostgresSession.connect(options, on: loop)
            defer { connection.close() }
            #expect(try await connection.query("SHOW timezone").only[0, as: String.self] != "Pacific/Chatham")
        }
    }
}
