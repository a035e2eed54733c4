import Basics
import Loop
import Postgres
import PostgresTestSupport
import Redis
import RedisTestSupport
import Store
import Telemetry
import TestSupport
import Testing

/// The examples of docs/sealing-cache-statistics.md, as code that is compiled and run.
@Suite struct ExampleTests {
    private let tenant = SalonIdentifier(.random())

    @Test("The examples of sealed fields do what they say")
    func sealing() async throws {
        let (oldSecret, newSecret) = (Secret.generate(), Secret.generate())
        try await withSession { [tenant] session, _ in
            try await session.execute(
                "CREATE TABLE salon (id uuid, access_token bytea); CREATE TABLE customer (salon_id uuid, name text, phone_index bytea)"
            )
            try await session.query("INSERT INTO salon VALUES ($1, NULL)", tenant.value)

            let keyring = try SealingKeyring([1: oldSecret, 2: newSecret])
            let sealer = FieldSealer(keyring)
            let token = SealedField("salon", "access_token")

            let sealed = sealer.seal("EAAG…", for: token, of: tenant)
            try await session.query("UPDATE salon SET access_token = $1 WHERE id = $2", sealed, tenant.value)
            let row = try await session.query("SELECT access_token FROM salon WHERE id = $1", tenant.value).only
            let text = try sealer.open(row["access_token"], for: token, of: tenant)
            #expect(text == "EAAG…")

            let phones = BlindIndex(SealedField("customer", "phone"), .phone, with: keyring)
            let entry = phones.entry(for: "+49 30 901820", of: tenant)
            try await session.query(
                "INSERT INTO customer (salon_id, name, phone_index) VALUES ($1, 'Ada', $2)", tenant.value, entry)
            let found = try await session.query(
                "SELECT name FROM customer WHERE salon_id = $1 AND phone_index = ANY($2)", tenant.value,
                phones.candidates(for: "0049 30 901820", of: tenant))
            #expect(found.count == 1)
        }
    }

    @Test("The examples of the cache do what they say")
    func cache() async throws {
        try await withRedisConnection { [tenant] redis, loop in
            let (registry, logger) = (MetricsRegistry(), Logger(label: "example", sink: MemorySink()))
            @Sendable func loadName() async throws -> String? { "Ada's" }

            let cache = TenantCache(redis, registry: registry, logger: logger, on: loop)
            let profile = CacheKey("profile", "7")
            let name = try await cache.value(for: profile, in: tenant, ttl: .seconds(60, absent: 5)) {
                try await loadName()
            }
            #expect(name == "Ada's")

            // After the commit that changed it; false says that Redis did not hear of it, and the outbox says it again.
            let isForgotten = await cache.forget([profile], in: tenant)
            // A busy machine may take longer than the limit of a command.
            #expect(isForgotten || registry.exposition().contains("overdue"))
            try await RedisRole.queue.check(redis)
        }
    }

    @Test("The example of statement statistics does what it says")
    func statistics() async throws {
        try await withDatabase { options, loop in
            let (registry, logger) = (MetricsRegistry(), Logger(label: "example", sink: MemorySink()))
            let session = try await PostgresSession.connect(options, on: loop)
            defer { session.close() }
            try await session.execute("CREATE TABLE guest (id int, name text); INSERT INTO guest VALUES (1, 'Ada')")

            let explainer = StatementExplainer(options, on: loop)
            let statistics = StatementStatistics(registry: registry, logger: logger, explainer: explainer)
            let statement = MeasuredStatement("guest_by_name", "SELECT id FROM guest WHERE name = $1")
            let byName = statistics.meter(for: statement)
            let rows = try await byName.measure { try await session.query(byName.statement.sql, "Ada") }
            #expect(rows.count == 1)
            #expect(registry.exposition().contains("parlor_statement_rows_total{statement=\"guest_by_name\"} 1"))
            await explainer.stop()
        }
    }

    @Test("Every line of Swift on the page stands in this file")
    func lines() throws {
        let page = try DocumentedCode("sealing-cache-statistics.md")
        #expect(page.count == 5)
        #expect(try page.linesMissing() == [])
    }
}
