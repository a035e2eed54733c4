import Basics
import Foundation
import Loop
import Migrations
import Postgres
import PostgresTestSupport
import ServerTestSupport
import StoreTestSupport

/// A server with pgvector, started by the first test that wants it. It has none of PostgreSQL's own additional modules.
final class VectorServer: Sendable {
    private let process: ServerProcess
    /// The superuser's connection.
    let superuser: ConnectionOptions

    private static let kind = ServerKind(
        "vectors", user: "postgres", group: "postgres", ending: .quit,
        readyWords: "database system is ready to accept connections")
    private static let started = Result { try VectorServer() }

    /// The server, installed and started when it does not run yet.
    static func shared() throws -> VectorServer { try started.get() }

    private init() throws {
        let programs = try Self.install()
        let folder = try ServerFolder(for: Self.kind)
        try folder.run(
            "\(programs)/initdb",
            ["-D", folder.path("data"), "-U", "superuser", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"])
        let (process, port) = try ServerProcess.ready("\(programs)/postgres", in: folder) { port in
            [
                "-D", folder.path("data"), "-c", "port=\(port)", "-c", "listen_addresses=127.0.0.1", "-c",
                "unix_socket_directories=\(folder.path)", "-c", "fsync=off", "-c", "autovacuum=off",
            ]
        }
        self.process = process
        superuser = ConnectionOptions(host: "127.0.0.1", port: port, database: "postgres", user: "superuser")
    }

    /// Runs the script beside this file, which keeps what it fetched.
    private static func install() throws -> String {
        let here = Files.parent(of: #filePath)
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = ["\(here)/vector-server", "\(here)/../../.build/vector-server"]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw ParlorError(
                .programFailed, "no server with pgvector could be installed",
                hint: "Let Tests/SchemaTests/vector-server reach a package index.")
        }
        return String(decoding: output, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

/// Runs `body` with a superuser's session to a database that has the schema and the vectors.
func withVectors(_ body: @escaping @Sendable (PostgresSession) async throws -> Void) async throws {
    let server = try VectorServer.shared()
    try await EventLoop.onThread { loop in
        let administrator = try await PostgresSession.connect(server.superuser, on: loop)
        defer { administrator.close() }
        // Tests begin together; whoever is second finds the template made.
        try await administrator.query("SELECT pg_advisory_lock(1)", fate: .own)
        if try await administrator.query("SELECT FROM pg_database WHERE datname = 'template'").isEmpty {
            try await makeTemplate(administrator)
        }
        let name = "test_\(RandomIdentifier.hex(bytes: 6))"
        try await administrator.execute("CREATE DATABASE \(name) TEMPLATE template")
        try await administrator.query("SELECT pg_advisory_unlock(1)", fate: .own)
        var options = server.superuser
        options.database = name
        let session = try await PostgresSession.connect(options, on: loop)
        defer { session.close() }
        try await body(session)
    }
}

private func makeTemplate(_ administrator: PostgresSession) async throws {
    try await administrator.execute("CREATE ROLE \(SalonDatabase.account)")
    try await administrator.execute("CREATE DATABASE making")
    var options = administrator.options
    options.database = "making"
    let session = try await PostgresSession.connect(options, on: administrator.loop)
    defer { session.close() }
    try await session.execute("CREATE DOMAIN citext AS text")
    let foundation = SchemaFoundation(account: SalonDatabase.account)
    try await foundation.lay(session)
    guard try await foundation.layVectors(session) else { throw Undone() }
    try await session.query("SET ROLE \(SchemaFoundation.owner)", fate: .own)
    let vectors = "\(Files.parent(of: SalonDatabase.migrations))/vectors/migrations"
    for folder in [SalonDatabase.migrations, vectors] {
        for migration in try Files.list(folder).sorted() where !migration.hasSuffix(".toml") {
            let text = try Files.readText("\(folder)/\(migration)/migration.sql")
            try await session.execute(withoutModules(text))
        }
    }
    session.close()
    try await administrator.execute("ALTER DATABASE making RENAME TO template")
}

/// A migration without the three places that need a module that this server lacks; none of them has to do with vectors.
private func withoutModules(_ migration: String) -> String {
    let constraint = #/,\s+CONSTRAINT booking_claims_no_overlap\s+EXCLUDE [^;]*?WHERE \(is_active\)/#
    let lines = migration.replacing(constraint, with: "").split(separator: "\n").filter { line in
        !line.hasPrefix("CREATE EXTENSION") && !line.hasPrefix("CREATE INDEX idx_message_search ")
    }
    return lines.joined(separator: "\n")
}
