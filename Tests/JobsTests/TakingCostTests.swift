import Basics
import Jobs
import Postgres
import Store
import StoreTestSupport
import Testing

@Suite("What taking a job costs") struct TakingCostTests {
    /// The pages that taking one job touches, in a transaction that is undone.
    private static func pages(_ tested: TestedPostgresQueue) async throws -> Int {
        try await tested.superuser.execute("BEGIN")
        let rows = try await tested.superuser.query(
            "EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, SUMMARY OFF) "
                + JobStatements.take.sql.replacing("$1", with: "'work'").replacing("$2", with: "1")
                .replacing("$3", with: "100").replacing("$4", with: "60").replacing("$5", with: "'{}'")
                .replacing("$6", with: "'{}'"))
        try await tested.superuser.execute("ROLLBACK")
        let lines = try rows.map { try $0[0, as: String.self] }
        let buffers = lines.first { $0.contains("Buffers:") } ?? ""
        let match = buffers.firstMatch(of: /shared hit=(\d+)/)
        return match.flatMap { Int($0.1) } ?? -1
    }

    @Test("It does not grow with what was done, with what was put aside, nor with what waits")
    func same() async throws {
        try await withPostgresQueue { tested in
            func add(_ first: Int, _ count: Int, _ columns: String = "", _ values: String = "") async throws {
                try await tested.superuser.execute(
                    """
                    INSERT INTO jobs (queue, key, payload\(columns))
                    SELECT 'work', 'k' || n, '{}'\(values) FROM generate_series(\(first), \(first + count - 1)) AS n
                    """)
            }
            try await add(0, 100)
            try await tested.superuser.execute("VACUUM ANALYZE jobs")
            let few = try await Self.pages(tested)
            try await add(1000, 20_000)
            try await tested.superuser.execute("DELETE FROM jobs WHERE key >= 'k1000' AND length(key) > 4")
            try await add(100_000, 20_000, ", quarantined_at", ", now()")
            try await add(200_000, 20_000)
            // What is gone stays for as long as a transaction of another test could still see it.
            let deadline = ContinuousClock.now + .seconds(60)
            var many: Int
            repeat {
                try await tested.superuser.execute("VACUUM ANALYZE jobs")
                many = try await Self.pages(tested)
            } while many > few + 15 && ContinuousClock.now < deadline
            #expect(few > 0)
            #expect(many <= few + 15, "\(few) pages with a hundred jobs, \(many) with forty thousand")
        }
    }
}
