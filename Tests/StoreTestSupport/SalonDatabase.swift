import Basics
package import Loop
import Migrations
package import Postgres
import PostgresTestSupport

/// A database of a test's own with the product's schema in it, and the ways in.
package struct SalonDatabase: Sendable {
    /// As superuser.
    package let superuser: ConnectionOptions
    /// As the account of the service: without any rights until a transaction takes a role.
    package let service: ConnectionOptions

    /// The account's name.
    package static let account = "salon_service"
    /// The folder of the product's migrations.
    package static let migrations =
        "\(Files.parent(of: Files.parent(of: Files.parent(of: #filePath))))/schema/migrations"

    private static let template = "salon_template"
    private static let password = Secret.generate()

    /// The database that a superuser's connection leads to.
    package init(_ superuser: ConnectionOptions) {
        self.superuser = superuser
        var service = superuser
        service.user = Self.account
        service.password = Self.password
        self.service = service
    }

    /// Copies the schema into a new database; the first test makes what is copied.
    static func create(_ name: String, _ administrator: PostgresSession) async throws {
        if try await !exists(administrator) { try await makeTemplate(administrator.options, on: administrator.loop) }
        try await administrator.execute("CREATE DATABASE \(name) TEMPLATE \(template)")
        try await administrator.execute(SchemaFoundation(account: account).admission(to: name))
    }

    private static func exists(_ administrator: PostgresSession) async throws -> Bool {
        try await !administrator.query("SELECT FROM pg_database WHERE datname = $1", template).isEmpty
    }

    private static func makeTemplate(_ options: ConnectionOptions, on loop: EventLoop) async throws {
        let administrator = try await PostgresSession.connect(options, on: loop)
        // Tests begin together; whoever is second finds it made. The lock ends with the session.
        defer { administrator.close() }
        try await administrator.query("SELECT pg_advisory_lock(1)", fate: .own)
        if try await exists(administrator) { return }
        let verifier = try administrator.passwordVerifier(password, user: account).reveal()
        try await administrator.execute("CREATE ROLE \(account) LOGIN PASSWORD \(quoteLiteral(verifier))")
        try await administrator.execute("CREATE DATABASE salon_making")
        var inside = options
        inside.database = "salon_making"
        try await migrate(inside, on: loop)
        try await administrator.execute("ALTER DATABASE salon_making RENAME TO \(template)")
    }

    /// Puts the schema into an empty database, as its superuser; the account is there.
    package static func migrate(_ superuser: ConnectionOptions, on loop: EventLoop) async throws {
        let session = try await PostgresSession.connect(superuser, on: loop)
        defer { session.close() }
        try await SchemaFoundation(account: account).lay(session)
        try await session.execute("SET ROLE \(SchemaFoundation.owner)")
        for name in try Files.list(migrations).sorted() where !name.hasSuffix(".toml") {
            try await session.execute(Files.readText("\(migrations)/\(name)/migration.sql"))
        }
    }
}

/// Runs `body` on a loop of its own with a database that has the product's schema, which is dropped afterwards.
package func withSalonDatabase<Result: Sendable>(
    _ body: @escaping @Sendable (SalonDatabase, EventLoop) async throws -> Result
) async throws -> Result {
    try await withDatabase(creating: { try await SalonDatabase.create($1, $0) }) { options, loop in
        try await body(SalonDatabase(options), loop)
    }
}
