import Basics
import Postgres

/// A salon and a customer are made in a transaction that is rolled back, and another salon tries to get at them: all of
/// it as the service's role.
struct TenantTrial {
    let session: PostgresSession

    func run() async throws -> [Observation] {
        do {
            let found = try await look()
            try await session.execute("ROLLBACK")
            return found
        } catch {
            try? await session.execute("ROLLBACK")
            throw error
        }
    }

    private func look() async throws -> [Observation] {
        try await session.execute("BEGIN; SET LOCAL ROLE platform_user")
        let row = try await session.query(
            """
            INSERT INTO salons (name, phone_number_id) VALUES ('hardening check', gen_random_uuid()::text)
            RETURNING id::text, gen_random_uuid()::text
            """, within: HardenedSystem.limit
        ).only
        let (own, other) = try row.values(as: String.self, String.self)
        try await session.execute("SET LOCAL ROLE app_user")
        try await become(own)
        try await session.query("INSERT INTO customers (salon_id, name) VALUES ($1::text::uuid, 'canary')", own)
        guard try await count("SELECT FROM customers WHERE salon_id = $1::text::uuid", own) == 1 else {
            return [.untried("the salon does not see its own customer")]
        }
        var found: [Observation] = []
        for (who, salon) in [("another salon", other), ("nobody's transaction", "")] {
            try await become(salon)
            for (deed, statement) in Self.deeds {
                let count = try await count(statement, own)
                found.append(count == 0 ? .sound(deed) : .violation("\(who) can \(deed)"))
            }
        }
        try await become(other)
        found.append(try await insertion(own))
        return found
    }

    private static let deeds = [
        ("read a salon", "SELECT FROM salons WHERE id = $1::text::uuid"),
        ("read its customers", "SELECT FROM customers WHERE salon_id = $1::text::uuid"),
        ("change its customers", "UPDATE customers SET name = 'x' WHERE salon_id = $1::text::uuid RETURNING 1"),
        ("remove its customers", "DELETE FROM customers WHERE salon_id = $1::text::uuid RETURNING 1"),
    ]

    private func become(_ salon: String) async throws {
        try await session.query("SELECT set_config('app.salon_id', $1, true)", salon)
    }

    private func count(_ statement: String, _ salon: String) async throws -> Int {
        try await session.query(statement, salon, within: HardenedSystem.limit).count
    }

    private func insertion(_ salon: String) async throws -> Observation {
        do {
            try await session.query("INSERT INTO customers (salon_id, name) VALUES ($1::text::uuid, 'x')", salon)
            return .violation("another salon can write its customers")
        } catch let error as PostgresError where error.sqlState == .insufficientPrivilege {
            return .sound("write its customers")
        }
    }
}
