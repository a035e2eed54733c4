import Basics
import Loop
import Postgres
import PostgresTestSupport
import StoreTestSupport
import Testing

@testable import Store

/// A primary, a standby that follows it, and a store over both.
@Suite("With a standby", .serialized) struct StandbyTests {
    private struct Pair: Sendable {
        let primary: PrivateCluster
        let standby: PrivateCluster
        let store: Store
        let ada: SalonScope
        let onPrimary: PostgresSession
        let onStandby: PostgresSession

        /// Waits until the store sees the standby as fresh, or not.
        func waitForRoute(_ freshness: Freshness, _ server: ReadRoute.Server) async throws {
            while store.route(for: freshness) != server { try await store.loop.sleep(for: .milliseconds(5)) }
        }
    }

    private func withPair(_ body: @escaping @Sendable (Pair) async throws -> Void) async throws {
        let primary = try PrivateCluster()
        try await EventLoop.onThread { loop in
            let onPrimary = try await PostgresSession.connect(primary.options, on: loop)
            defer { onPrimary.close() }
            try await onPrimary.execute("CREATE ROLE \(SalonDatabase.account) LOGIN")
            try await SalonDatabase.migrate(primary.options, on: loop)
            let ada = try await addSalon("Ada", onPrimary)
            let standby = try primary.standby()
            let onStandby = try await PostgresSession.connect(standby.options, on: loop)
            defer { onStandby.close() }
            func service(_ cluster: PrivateCluster) -> ConnectionOptions {
                var options = cluster.options
                options.user = SalonDatabase.account
                return options
            }
            let store = Store(primary: service(primary), standbys: [service(standby)], on: loop)
            try await body(
                Pair(
                    primary: primary, standby: standby, store: store, ada: ada, onPrimary: onPrimary,
                    onStandby: onStandby))
            await store.stop(within: .seconds(60))
        }
    }

    private static let isStandby = Statement(
        "is_standby", .reads, "SELECT pg_is_in_recovery()",
        gives: RowShape(Column("pg_is_in_recovery", Bool.self)) { $0 })

    @Test("Reads go there while it keeps up, to the primary while it does not, and back again")
    func lag() async throws {
        try await withPair { pair in
            let (store, bound) = (pair.store, Freshness.atMost(.seconds(2)))
            try await pair.waitForRoute(bound, .standby(0))
            #expect(try await store.read(Self.isStandby, (), in: pair.ada, bound) == [true])
            #expect(try await store.read(Self.isStandby, (), in: pair.ada, .deciding) == [false])

            try await pair.onStandby.query("SELECT pg_wal_replay_pause()")
            try await store.write(ServiceStatements.add, "Cut", in: pair.ada)
            try await pair.waitForRoute(bound, .primary)
            #expect(try await store.read(ServiceStatements.names, (), in: pair.ada, bound) == ["Cut"])

            try await pair.onStandby.query("SELECT pg_wal_replay_resume()")
            try await pair.waitForRoute(bound, .standby(0))
            #expect(try await store.read(ServiceStatements.names, (), in: pair.ada, bound) == ["Cut"])
        }
    }

    @Test("Whoever wrote sees it in every later read, and a control without the place in the log would not")
    func ownWrites() async throws {
        try await withPair { pair in
            let (store, bound) = (pair.store, Freshness.atMost(.seconds(3600)))
            try await pair.waitForRoute(bound, .standby(0))
            try await pair.onStandby.query("SELECT pg_wal_replay_pause()")
            let written = try await store.write(ServiceStatements.add, "Cut", in: pair.ada)
            #expect(written.position != nil)
            #expect(try await store.read(ServiceStatements.names, (), in: pair.ada, bound) == [])
            let own = bound.showing(written.position)
            #expect(try await store.read(ServiceStatements.names, (), in: pair.ada, own) == ["Cut"])
            try await pair.onStandby.query("SELECT pg_wal_replay_resume()")
            try await pair.waitForRoute(own, .standby(0))
            #expect(try await store.read(ServiceStatements.names, (), in: pair.ada, own) == ["Cut"])
        }
    }

    @Test("When it is killed, reads that were on their way there are answered by the primary, without an error")
    func killed() async throws {
        try await withPair { pair in
            let (store, bound) = (pair.store, Freshness.atMost(.seconds(3600)))
            try await pair.waitForRoute(bound, .standby(0))
            let slow = Statement(
                "slow", .reads,
                "SELECT pg_is_in_recovery() AS there FROM pg_sleep(CASE WHEN pg_is_in_recovery() THEN 60 ELSE 0 END)",
                gives: RowShape(Column("there", Bool.self)) { $0 })
            async let answer = store.read(slow, (), in: pair.ada, bound)
            var running = 0
            while running == 0 {
                running = try await pair.onStandby.query(
                    "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep(CASE%' AND pid <> pg_backend_pid()"
                ).only[0, as: Int.self]
            }
            pair.standby.kill()
            let where_ = try await answer
            #expect(where_ == [false])
            #expect(try await store.read(Self.isStandby, (), in: pair.ada, bound) == [false])
        }
    }
}
