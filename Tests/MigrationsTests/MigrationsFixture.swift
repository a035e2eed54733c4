import Basics
import Loop
import Migrations
import Postgres
import PostgresTestSupport
import Synchronization

/// A folder as `prisma migrate dev` leaves it.
func prismaFolder() throws -> MigrationFolder {
    try MigrationFolder(reading: "\(Files.parent(of: #filePath))/Fixtures/prisma/migrations")
}

/// A folder of migrations that stands nowhere.
func folder(_ texts: KeyValuePairs<String, String>, down: [String: String] = [:]) -> MigrationFolder {
    MigrationFolder(
        path: "migrations", migrations: texts.map { Migration(name: $0.key, text: $0.value, downText: down[$0.key]) })
}

/// What a migrator reported.
final class Reports: Sendable {
    private let events = Mutex<[MigrationEvent]>([])

    var all: [MigrationEvent] { events.withLock { $0 } }

    func add(_ event: MigrationEvent) { events.withLock { $0.append(event) } }
}

/// Settings that let a test end soon.
func quick(_ change: (inout MigrationSettings) -> Void = { _ in }) -> MigrationSettings {
    var settings = MigrationSettings()
    settings.reconnections = 0
    settings.seed = 1
    change(&settings)
    return settings
}

/// An empty database with a session to look at it by.
struct Workbench: Sendable {
    let options: ConnectionOptions
    let session: PostgresSession
    let loop: EventLoop
    let reports = Reports()

    func migrator(_ settings: MigrationSettings = quick(), schema: String = "public") -> Migrator {
        Migrator(options, schema: schema, settings: settings, on: loop) { [reports] in reports.add($0) }
    }

    /// The rows of the table, in the order of their beginnings.
    func rows(schema: String = "public") async throws -> [MigrationRecord] {
        try await session.query(
            """
            SELECT id, checksum, finished_at, migration_name, logs, rolled_back_at, started_at, applied_steps_count
            FROM \(quoteIdentifier(schema))._prisma_migrations ORDER BY started_at, id
            """
        ).map { row in
            MigrationRecord(
                id: try row[0], checksum: try row[1], finishedAt: try row[2], name: try row[3], logs: try row[4],
                rolledBackAt: try row[5], startedAt: try row[6], appliedSteps: Int(try row[7, as: Int32.self]))
        }
    }

    func value<Value: PostgresDecodable>(_ sql: String, as type: Value.Type = Value.self) async throws -> Value {
        try await session.query(sql).only[0]
    }

    /// Everything that stands in the schema, as text, to compare two databases by.
    func fingerprint(schema: String = "public") async throws -> [String] {
        try await session.query(
            """
            SELECT format('column %s.%s %s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
                a.attnotnull, pg_get_expr(d.adbin, d.adrelid))
            FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
            WHERE c.relnamespace = to_regnamespace($1) AND c.relkind IN ('r', 'p', 'v', 'S')
            UNION ALL
            SELECT format('index %s valid %s', pg_get_indexdef(i.indexrelid), i.indisvalid)
            FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relnamespace = to_regnamespace($1)
            UNION ALL
            SELECT format('constraint %s %s', conname, pg_get_constraintdef(oid)) FROM pg_constraint
            WHERE connamespace = to_regnamespace($1)
            UNION ALL
            SELECT format('enum %s %s', t.typname, e.enumlabel) FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid
            WHERE t.typnamespace = to_regnamespace($1)
            ORDER BY 1
            """, schema
        ).map { try $0[0] }
    }
}

/// Gives a test an empty database.
func withWorkbench(_ body: @escaping @Sendable (Workbench) async throws -> Void) async throws {
    try await withDatabase { options, loop in
        let session = try await PostgresSession.connect(options, SessionOptions(preparation: .unnamed), on: loop)
        defer { session.close() }
        try await body(Workbench(options: options, session: session, loop: loop))
    }
}
