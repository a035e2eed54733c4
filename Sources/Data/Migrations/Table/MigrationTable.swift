import Basics
import Postgres

/// The table `_prisma_migrations` of one schema, through a session; exactly Prisma's columns.
struct MigrationTable {
    static let name = "_prisma_migrations"

    let session: PostgresSession
    let schema: String

    private var table: String { "\(quoteIdentifier(schema)).\(Self.name)" }

    /// Whether it exists.
    func exists() async throws -> Bool {
        try await session.query("SELECT to_regclass($1) IS NOT NULL", table).only[0]
    }

    /// Makes it as Prisma does.
    func create() async throws {
        try await session.execute(
            """
            CREATE TABLE \(table) (
                id                      VARCHAR(36) PRIMARY KEY NOT NULL,
                checksum                VARCHAR(64) NOT NULL,
                finished_at             TIMESTAMPTZ,
                migration_name          VARCHAR(255) NOT NULL,
                logs                    TEXT,
                rolled_back_at          TIMESTAMPTZ,
                started_at              TIMESTAMPTZ NOT NULL DEFAULT now(),
                applied_steps_count     INTEGER NOT NULL DEFAULT 0
            )
            """)
    }

    /// Every row, the oldest first.
    func records() async throws -> [MigrationRecord] {
        let rows = try await session.query(
            """
            SELECT id, checksum, finished_at, migration_name, logs, rolled_back_at, started_at, applied_steps_count
            FROM \(table) ORDER BY started_at, id
            """)
        return try rows.map { row in
            MigrationRecord(
                id: try row[0], checksum: try row[1], finishedAt: try row[2], name: try row[3], logs: try row[4],
                rolledBackAt: try row[5], startedAt: try row[6], appliedSteps: Int(try row[7, as: Int32.self]))
        }
    }

    /// A migration begins; `mark` says how, nil when nobody could tell from it what became of a run cut short.
    func begin(_ id: String, _ migration: Migration, mark: RunMark?) async throws {
        try await session.query(
            """
            INSERT INTO \(table) (id, checksum, migration_name, logs, started_at)
            VALUES ($1, $2, $3, $4, clock_timestamp())
            """, id, migration.checksum.text, migration.name, mark?.words, fate: .own)
    }

    /// A run that was cut short begins once more, perhaps with a file that was corrected meanwhile.
    func beginAgain(_ id: String, _ migration: Migration, mark: RunMark?) async throws {
        try await changeOne(
            "UPDATE \(table) SET checksum = $2, logs = $3, started_at = clock_timestamp() WHERE id = $1", id,
            migration.checksum.text, mark?.words)
    }

    /// A migration has taken effect; inside of its transaction where it has one.
    func finish(_ id: String) async throws {
        try await changeOne(
            """
            UPDATE \(table) SET finished_at = clock_timestamp(), applied_steps_count = applied_steps_count + 1,
            logs = NULL WHERE id = $1
            """, id)
    }

    /// A migration failed for this reason.
    func fail(_ id: String, _ logs: String) async throws {
        try await changeOne("UPDATE \(table) SET logs = $2 WHERE id = $1", id, logs)
    }

    /// A migration counts as never run.
    func rollBack(_ id: String) async throws {
        try await changeOne("UPDATE \(table) SET rolled_back_at = clock_timestamp() WHERE id = $1", id)
    }

    /// A migration counts as applied, without being run.
    func adopt(_ id: String, _ migration: Migration) async throws {
        try await session.query(
            """
            INSERT INTO \(table) (id, checksum, migration_name, logs, started_at, finished_at)
            SELECT $1, $2, $3, '', now, now FROM clock_timestamp() AS now
            """, id, migration.checksum.text, migration.name, fate: .own)
    }

    private func changeOne<each Value: PostgresEncodable>(_ sql: String, _ values: repeat each Value) async throws {
        let changed = try await session.query(sql, repeat each values, fate: .own).affected
        guard changed == 1 else {
            throw ParlorError(
                .migration, "a row of \(Self.name) is gone while its migration runs",
                hint: "Look who else changes \(table).")
        }
    }
}
