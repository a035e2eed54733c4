import Basics
import Loop
import Postgres
import PostgresTestSupport
import Store
import StoreTestSupport
import Telemetry
import Testing

@testable import Agent

@Suite("The agent's keeping of the schema") struct SchemaKeepingTests {
    private struct Silence: LogSink {
        func write(_ record: LogRecord) {}
    }

    @Test("A month that is missing is made, in the role that owns the tables")
    func product() async throws {
        try await withSalonDatabase { database, loop in
            let session = try await PostgresSession.connect(database.superuser, on: loop)
            defer { session.close() }
            let partitions = """
                SELECT c.relname::text, pg_get_userbyid(c.relowner)::text FROM pg_inherits AS i
                JOIN pg_class AS c ON c.oid = i.inhrelid WHERE i.inhparent = 'messages'::regclass ORDER BY 1
                """
            let before = try await session.query(partitions).map { try $0[0, as: String.self] }
            let month = try #require(before.first)
            try await session.execute("DROP TABLE \(month)")
            let keeping = SchemaKeeping(
                options: { database.superuser }, logger: Logger(label: "test", sink: Silence()), loop: loop)
            let report = try #require(try await keeping.keep())
            #expect(!report.done.isEmpty && report.postponed.isEmpty)
            let after = try await session.query(partitions).map { try $0.values(as: String.self, String.self) }
            #expect(Set(after.map(\.0)).isSuperset(of: before))
            #expect(after.allSatisfy { $0.1 == "migrator" })
        }
    }

    @Test("A database that is not the product's is left alone")
    func foreign() async throws {
        try await withDatabase { options, loop in
            let keeping = SchemaKeeping(
                options: { options }, logger: Logger(label: "test", sink: Silence()), loop: loop)
            let report = try await keeping.keep()
            #expect(report == nil)
        }
    }
}
