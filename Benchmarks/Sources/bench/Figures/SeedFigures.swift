import Basics
import JSONText
import Loop
import Postgres
import Processes

/// `parlor seed` against psql, which copies the very same rows from files into the same tables with the same indexes,
/// without triggers and foreign keys as well.
struct SeedFigures: MeasuredRoom {
    private let workshop: Workshop
    private let database: BenchDatabase
    private let program: String
    private let password = Secret.generate()
    /// The tables in the order in which they are copied.
    private let tables: [String]
    private let rows: Int

    private static let scale = "0.002"
    private static let until = "2026-03-01"
    /// The schema with the partitions of the year, to copy databases from.
    private static let template = "seed_template"
    private static let settings = "-c session_replication_role=replica -c synchronous_commit=off"

    init(in workshop: Workshop, program: String) async throws {
        self.workshop = workshop
        self.program = program
        database = try await BenchDatabase(in: workshop, password: password)
        let maker = SeedMaker(workshop: workshop, database: database)
        try await maker.makeTemplate(Self.template, until: Self.until)
        try await maker.renew("source", from: Self.template)
        let made = try await Self.seed(program, "source", 2, workshop, database, password)
        guard case .object(let members)? = made["tables"], let rows = made["rows"]?.whole else {
            throw ParlorError(.programFailed, "what parlor seed printed has no figures in it")
        }
        tables = members.map(\.name)
        self.rows = rows
        try await maker.writeFiles(of: tables, in: "source")
    }

    func stop() async { await database.stop() }

    var comparisons: [Comparison] {
        [
            Comparison(
                name: "seed.one", parlor: parlor(connections: 1),
                yardsticks: [.init(psql, .rate(floor: 0.8, aim: 1))]),
            Comparison(
                name: "seed.two", parlor: parlor(connections: 2),
                yardsticks: [.init(psql, .rate(floor: 0.8, aim: 1.3))]),
        ]
    }

    // MARK: - Turns

    /// Both begin with empty tables, and only the copying counts.
    private func parlor(connections: Int) -> Contender {
        let maker = SeedMaker(workshop: workshop, database: database)
        let (workshop, database, program, password) = (workshop, database, program, password)
        return Contender("parlor") { _ in
            try await maker.renew("ours", from: Self.template)
            let made = try await Self.seed(program, "ours", connections, workshop, database, password)
            guard let rows = made["rows"]?.whole, let seconds = made["loading_seconds"]?.decimal else {
                throw ParlorError(.programFailed, "what parlor seed printed has no figures in it")
            }
            return Sample(rows, in: .seconds(seconds))
        }
    }

    private var psql: Contender {
        let maker = SeedMaker(workshop: workshop, database: database)
        let rows = rows
        return Contender("psql \\copy") { _ in
            try await maker.renew("theirs", from: Self.template)
            let start = ContinuousClock.now
            try await maker.psql("theirs", ["-f", maker.script], options: Self.settings)
            return Sample(rows, in: .now - start)
        }
    }

    private static func seed(
        _ program: String, _ name: String, _ connections: Int, _ workshop: Workshop, _ database: BenchDatabase,
        _ password: Secret
    ) async throws -> JSON {
        let words = [
            "seed", "--scale", scale, "--until", until, "--connections", "\(connections)", "--json",
        ]
        let text = try await workshop.output(
            of: Program(
                program, words,
                environment: [
                    "PARLOR_DATABASE_MANAGED": "false", "PARLOR_DATABASE_HOST": "127.0.0.1",
                    "PARLOR_DATABASE_PORT": "\(database.port)", "PARLOR_DATABASE_NAME": name,
                    "PARLOR_DATABASE_USER": "bench", "PARLOR_DATABASE_PASSWORD": password.reveal(),
                    "PARLOR_STATE": "\(workshop.folder)/state", "PATH": "/usr/bin:/bin",
                ], folder: workshop.folder))
        return try JSON(reading: text)
    }
}

/// Makes what both contenders begin with.
struct SeedMaker: Sendable {
    let workshop: Workshop
    let database: BenchDatabase

    /// The script that copies all files.
    var script: String { "\(workshop.folder)/copy.sql" }

    /// A database with the schema of this checkout, and the partitions of a year.
    func makeTemplate(_ name: String, until: String) async throws {
        try await psql("postgres", ["-c", "CREATE DATABASE \(name)"])
        let migrations = "\(Files.parent(of: Files.parent(of: workshop.peers)))/schema/migrations"
        let files = try Files.list(migrations).sorted().filter { !$0.hasSuffix(".toml") }
        try await psql(name, files.flatMap { ["-f", "\(migrations)/\($0)/migration.sql"] })
        try await psql(
            name,
            [
                "-c",
                """
                SELECT add_partition(parent, month::date)
                FROM generate_series('\(until)'::date - interval '13 months', '\(until)', '1 month') AS month,
                    unnest(ARRAY['messages', 'ai_messages', 'webhook_logs']) AS parent
                """,
            ])
    }

    /// A new database in the place of an old one, with nothing left to be written of it.
    func renew(_ name: String, from template: String) async throws {
        try await psql(
            "postgres",
            [
                "-c", "DROP DATABASE IF EXISTS \(name)", "-c", "CREATE DATABASE \(name) TEMPLATE \(template)",
                "-c", "CHECKPOINT",
            ])
    }

    /// Writes the rows of some tables into files, and the script that copies them.
    func writeFiles(of tables: [String], in name: String) async throws {
        var lines = ""
        for table in tables {
            let session = try await PostgresSession.connect(options(name), on: workshop.loop)
            defer { session.close() }
            let columns = try await session.query(
                """
                SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
                WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
                """, table
            ).only.values(as: String.self)
            let file = "\(workshop.folder)/\(table).txt"
            try await psql(name, ["-c", "\\copy (SELECT \(columns) FROM \(table)) TO '\(file)'"])
            lines += "\\copy \(table) (\(columns)) FROM '\(file)'\n"
        }
        try Files.writeAtomically(lines, to: script)
    }

    private func options(_ name: String) -> ConnectionOptions {
        var options = database.options
        options.database = name
        return options
    }

    func psql(_ name: String, _ arguments: [String], options: String = "") async throws {
        let words = [
            "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", database.folder, "-p", "\(database.port)", "-U", "bench", "-d",
            name,
        ]
        _ = try await workshop.output(
            of: Program(
                "/usr/lib/postgresql/15/bin/psql", words + arguments,
                environment: ["PATH": "/usr/bin:/bin", "HOME": workshop.folder, "PGOPTIONS": options]))
    }
}

extension JSON {
    fileprivate var whole: Int? { if case .integer(let number) = self { number } else { nil } }

    fileprivate var decimal: Double? { if case .number(let number) = self { number } else { whole.map(Double.init) } }
}
