import Assistant
import Basics
import Bookings
import Glibc
import JSONText
import Loop
import Messaging
import Postgres
import Seed
import StoreTestSupport
import Testing
import WhatsApp

@testable import Store

/// The queries that the specification names, on the specification's workload at two sizes. `PARLOR_SEED_SCALES=0.005,0.05`
/// makes them larger.
@Suite("Named queries") struct PlanTests {
    /// What one run of a query took.
    private struct Cost {
        var indexes: Set<String> = []
        var pages = 0
        /// How many trees it went down into.
        var descents = 0
    }

    /// A query with the index that the specification made for it.
    private struct Named: Sendable {
        let index: String
        let cost: @Sendable (SalonSight) async throws -> Cost
    }

    /// A salon of a seeded database, and things in it.
    private struct SalonSight: Sendable {
        let session: PostgresSession
        let scope: SalonScope
        let phone: String
        let conversation: PostgresUUID
        let now: Timestamp

        func cost<Input, Row>(_ statement: Statement<Input, Row>, _ input: Input, in scope: (any Scope)? = nil)
            async throws -> Cost
        {
            let scope = scope ?? self.scope
            let text: String = try await session.query(
                "EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) \(statement.sql)",
                parameters: try statement.encode(input),
                context: try scope.context
            ).only[0, as: PostgresJSON.self].text
            guard case .array(let plans) = try JSON(reading: text), let plan = plans.first?["Plan"] else {
                throw ParlorError(.malformed, "there is no plan")
            }
            var cost = Cost()
            for key in ["Shared Hit Blocks", "Shared Read Blocks"] {
                if case .integer(let pages)? = plan[key] { cost.pages += pages }
            }
            gather(plan, into: &cost)
            return cost
        }

        private func gather(_ node: JSON, into cost: inout Cost) {
            if case .string(let name)? = node["Index Name"] {
                cost.indexes.insert(name)
                if case .integer(let loops)? = node["Actual Loops"] { cost.descents += loops }
            }
            if case .array(let plans)? = node["Plans"] { for plan in plans { gather(plan, into: &cost) } }
        }
    }

    private static let all: [Named] = [
        Named(index: "idx_booking_salon_start") {
            try await $0.cost(BookingStatements.beginning, ($0.now, $0.now + .seconds(86_400), 20))
        },
        Named(index: "idx_booking_salon_status_start") {
            try await $0.cost(BookingStatements.ofStatus, (.confirmed, $0.now + .seconds(-86_400), 20))
        },
        Named(index: "idx_booking_customer_salon") { try await $0.cost(BookingStatements.ofCustomer, ($0.phone, 20)) },
        Named(index: "idx_message_salon_created") { try await $0.cost(MessageStatements.ofSalon, ($0.now, 20)) },
        Named(index: "idx_message_conversation_created") {
            try await $0.cost(MessageStatements.ofConversation, ($0.conversation, $0.now, 20))
        },
        Named(index: "idx_message_phone_salon_created") {
            try await $0.cost(MessageStatements.ofNumber, ($0.phone, $0.now, 20))
        },
        Named(index: "idx_conversation_salon_status") {
            try await $0.cost(ConversationStatements.ofStatus, (.active, $0.now, 20))
        },
        Named(index: "idx_conversation_salon_last_message") {
            try await $0.cost(ConversationStatements.recent, ($0.now, 20))
        },
        Named(index: "idx_ai_conv_salon_activity") { try await $0.cost(AssistantStatements.active, ($0.now, 20)) },
        Named(index: "idx_ai_msg_conversation_created") {
            try await $0.cost(AssistantStatements.history, ($0.conversation, $0.now, 10))
        },
        Named(index: "idx_ai_msg_salon_created") { try await $0.cost(AssistantStatements.ofSalon, ($0.now, 20)) },
        Named(index: "idx_webhook_salon_created") { try await $0.cost(WebhookLogStatements.ofSalon, ($0.now, 20)) },
        Named(index: "idx_webhook_status_created") {
            try await $0.cost(
                WebhookLogStatements.ofStatus, (.failed, $0.now, 20), in: PlatformScope(by: .service("test")))
        },
    ]

    private static var scales: (small: Double, large: Double) {
        let given = getenv("PARLOR_SEED_SCALES").map { String(cString: $0) }?.split(separator: ",").compactMap {
            Double($0)
        }
        return given?.count == 2 ? (given?[0] ?? 0, given?[1] ?? 0) : (0.0005, 0.005)
    }

    /// The median cost of each query over the salons of a seeded database, and the indexes that were used.
    private static func costs(scale: Double) async throws -> [String: Cost] {
        try await withSalonDatabase { database, loop in
            let until = Timestamp(seconds: Timestamp.now().microseconds / 86_400_000_000 * 86_400)
            let request = SeedRequest(number: 1, size: .workload(scale: scale), until: until)
            _ = try await Seeder(database.superuser, on: loop) { _ in }.seed(request)
            let session = try await PostgresSession.connect(database.superuser, on: loop)
            defer { session.close() }
            try await session.query("VACUUM ANALYZE", fate: .own)
            let parents = try await session.query(
                """
                SELECT c.relname::text, coalesce(p.relname, c.relname)::text FROM pg_class AS c
                LEFT JOIN pg_inherits AS i ON i.inhrelid = c.oid LEFT JOIN pg_class AS p ON p.oid = i.inhparent
                WHERE c.relkind = 'i'
                """)
            let parent = Dictionary(
                uniqueKeysWithValues: try parents.map { try $0.values(as: String.self, String.self) })
            // The largest, the smallest, and what lies between them.
            let salons = try await session.query(
                """
                SELECT c.salon_id, (array_agg(c.phone_number ORDER BY c.message_count DESC))[1],
                    (array_agg(c.id ORDER BY c.message_count DESC))[1]
                FROM conversations AS c GROUP BY c.salon_id ORDER BY sum(c.message_count)
                """)
            var runs: [String: [Cost]] = [:]
            for row in salons {
                let (salon, phone, conversation) = try row.values(as: PostgresUUID.self, String.self, PostgresUUID.self)
                let sight = SalonSight(
                    session: session, scope: SalonScope(SalonIdentifier(salon), by: .service("test")), phone: phone,
                    conversation: conversation, now: until)
                for query in all {
                    // The second run finds what the first one brought in.
                    _ = try await query.cost(sight)
                    var cost = try await query.cost(sight)
                    cost.indexes = Set(cost.indexes.map { parent[$0] ?? $0 })
                    runs[query.index, default: []].append(cost)
                }
            }
            return runs.mapValues { costs in
                let sorted = costs.sorted { $0.pages < $1.pages }
                var median = sorted[sorted.count / 2]
                median.indexes = costs.reduce(into: []) { $0.formUnion($1.indexes) }
                return median
            }
        }
    }

    @Test("Each uses the index that was made for it, and costs no more when there is ten times as much")
    func growth() async throws {
        let scales = Self.scales
        let small = try await Self.costs(scale: scales.small)
        let large = try await Self.costs(scale: scales.large)
        for query in Self.all {
            let (before, after) = (try #require(small[query.index]), try #require(large[query.index]))
            print("\(query.index): \(before.pages) pages at \(scales.small), \(after.pages) at \(scales.large)")
            #expect(after.indexes.contains(query.index), "\(query.index) is not used, but \(after.indexes)")
            // A tree may be a level deeper. Twenty rows may lie on twenty pages, which small tables do not have.
            let most = max(before.pages, 24) + after.descents
            #expect(after.pages <= most, "\(query.index): \(before.pages), \(after.pages), \(after.descents) trees")
        }
    }
}
