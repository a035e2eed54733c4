import Postgres
import StoreTestSupport
import Testing

@Suite("What goes, and what is the same") struct DeletionTests {
    @Test("A salon that is deleted leaves no row in any of its tables, archived ones included, and others untouched")
    func salon() async throws {
        try await withTwoSalons { salons in
            let session = salons.session
            let month = try await session.texts("SELECT date_trunc('month', now() AT TIME ZONE 'UTC')::date::text")[0]
            for table in ["messages", "ai_messages", "webhook_logs"] {
                try await session.query("SELECT archive_partition('\(table)', '\(month)')")
            }
            let tables = try await session.texts(
                """
                SELECT c.oid::regclass::text FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
                WHERE a.attname = 'salon_id' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
                    AND c.relnamespace IN ('public'::regnamespace, 'archive'::regnamespace)
                """)
            #expect(tables.filter { $0.hasPrefix("archive.") }.count == 3)
            let partitioned = ["messages", "ai_messages", "webhook_logs"]
            for table in tables where !partitioned.contains(table) {
                #expect(
                    try await session.number("SELECT count(*) FROM \(table) WHERE salon_id = '\(TwoSalons.ada)'") > 0)
            }
            try await session.query("DELETE FROM salons WHERE id = '\(TwoSalons.ada)'")
            for table in tables where table != "audit_log" && !partitioned.contains(table) {
                let left = try await session.texts("SELECT DISTINCT salon_id::text FROM \(table)")
                #expect(left == [TwoSalons.bea], "\(table)")
            }
        }
    }

    @Test("A customer who is deleted takes along what was booked and said")
    func customer() async throws {
        try await withTwoSalons { salons in
            let session = salons.session
            try await session.acting(for: TwoSalons.ada) { try await session.query("DELETE FROM customers") }
            for table in ["bookings", "booking_claims", "conversations", "messages", "ai_conversations", "ai_messages"]
            {
                #expect(try await session.texts("SELECT DISTINCT salon_id::text FROM \(table)") == [TwoSalons.bea])
            }
        }
    }

    @Test("What is still in use is not deleted: a service or a resource that is booked, a template that was sent")
    func inUse() async throws {
        try await withTwoSalons { salons in
            for table in ["services", "resources"] {
                let refusal = try await salons.refusal(of: "DELETE FROM \(table)")
                #expect(refusal == .foreignKeyViolation, "\(table)")
            }
        }
    }

    @Test("Addresses and handles are the same however they are written, and a deleted customer's number is free")
    func sameness() async throws {
        try await withTwoSalons { salons in
            let session = salons.session
            #expect(try await salons.refusal(of: "UPDATE salons SET handle = 'SALON-B'") == .uniqueViolation)
            let email = "UPDATE users SET email = 'B@EXAMPLE.org' WHERE email = 'A@Example.ORG'"
            #expect(try await salons.refusal(of: email, as: "platform_user") == .uniqueViolation)
            let customer = "INSERT INTO customers (salon_id, phone_number) VALUES (current_salon(), '+1555')"
            #expect(try await salons.refusal(of: customer) == .uniqueViolation)
            try await session.query("UPDATE customers SET deleted_at = now()")
            #expect(try await salons.refusal(of: customer) == nil)
        }
    }
}
