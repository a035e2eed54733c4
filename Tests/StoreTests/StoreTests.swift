import Basics
import Loop
import Postgres
import StoreTestSupport
import Synchronization
import Testing

@testable import Store

/// A salon in a database, and its scope.
func addSalon(_ name: String, _ superuser: PostgresSession) async throws -> SalonScope {
    let id = try await superuser.query(
        "INSERT INTO salons (name, phone_number_id) VALUES ($1, 'number of ' || $1) RETURNING id", name
    ).only[0, as: PostgresUUID.self]
    return SalonScope(SalonIdentifier(id), by: .service("test"), request: "request of \(name)")
}

/// A store over a database of a test's own, with two salons.
func withStore<Result: Sendable>(
    _ body: @escaping @Sendable (Store, SalonScope, SalonScope, PostgresSession) async throws -> Result
) async throws -> Result {
    try await withSalonDatabase { database, loop in
        let superuser = try await PostgresSession.connect(database.superuser, on: loop)
        defer { superuser.close() }
        let (one, other) = (try await addSalon("Ada", superuser), try await addSalon("Eve", superuser))
        let store = Store(primary: database.service, on: loop)
        let outcome: Swift.Result<Result, any Error>
        do { outcome = .success(try await body(store, one, other, superuser)) } catch { outcome = .failure(error) }
        await store.stop(within: .seconds(60))
        return try outcome.get()
    }
}

enum ServiceStatements {
    static let names = Statement(
        "service_names", .reads, "SELECT name FROM services ORDER BY name",
        gives: RowShape(Column("name", String.self)) { $0 })
    static let add = Statement(
        "service_add", .writes,
        "INSERT INTO services (salon_id, name, duration_minutes) VALUES (current_salon(), $1, 30) RETURNING id",
        takes: String.self, gives: RowShape(Column("id", PostgresUUID.self)) { $0 })
    static let settings = Statement(
        "settings", .reads,
        """
        SELECT current_user::text AS role, current_setting('app.salon_id', true) AS salon,
            current_setting('app.actor', true) AS actor, current_setting('app.request_id', true) AS request
        """,
        gives: RowShape(
            Column("role", String.self), Column("salon", String.self), Column("actor", String.self),
            Column("request", String.self)
        ) { [$0, $1, $2, $3] })
}

@Suite("The store") struct StoreTests {
    @Test("A statement works for its scope: as its role, for its salon, in the name of who acts")
    func scope() async throws {
        try await withStore { store, ada, _, _ in
            let salon = ada.salon.value.description
            let written = try await store.transaction(in: ada) { transaction in
                try await transaction.run(ServiceStatements.settings, ())
            }
            #expect(written.value == [["app_user", salon, "service:test", "request of Ada"]])
            // Nobody notes down who reads.
            let read = try await store.read(ServiceStatements.settings, (), in: ada)
            #expect(read == [["app_user", salon, "", ""]])
            let platform = PlatformScope(by: .service("relay"))
            let own = try #require(try await store.read(ServiceStatements.settings, (), in: platform).first)
            #expect(own == ["platform_user", "", "service:relay", ""])
        }
    }

    @Test("Each salon sees its own rows, whoever asks in between on the same connections")
    func salons() async throws {
        try await withStore { store, ada, eve, _ in
            try await store.write(ServiceStatements.add, "Cut", in: ada)
            try await store.write(ServiceStatements.add, "Nails", in: eve)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<400 {
                    group.addTask(executorPreference: store.loop) {
                        if number % 3 == 0 {
                            let platform = PlatformScope(by: .service("\(number)"))
                            let own = try await store.read(ServiceStatements.settings, (), in: platform, .deciding)
                            #expect(own == [["platform_user", "", "service:\(number)", ""]])
                            return
                        }
                        let (scope, name) = number.isMultiple(of: 2) ? (ada, "Cut") : (eve, "Nails")
                        let names = try await store.read(ServiceStatements.names, (), in: scope, .deciding)
                        #expect(names == [name])
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("A transaction keeps its scope to the end, and what fails in it undoes all of it")
    func transaction() async throws {
        try await withStore { store, ada, eve, superuser in
            let written = try await store.transaction(in: ada) { transaction in
                try await transaction.run(ServiceStatements.add, "Cut")
                try? await transaction.savepoint {
                    try await transaction.run(ServiceStatements.add, "Undone")
                    throw CancellationError()
                }
                return try await transaction.run(ServiceStatements.names, ())
            }
            #expect(written.value == ["Cut"])
            #expect(written.position != nil)
            await #expect(throws: PostgresError.self) {
                try await store.transaction(in: eve) { transaction in
                    try await transaction.run(ServiceStatements.add, "Nails")
                    try await transaction.run(ServiceStatements.add, "Nails")
                }
            }
            #expect(try await store.read(ServiceStatements.names, (), in: eve, .deciding) == [])
            let actors = try await superuser.query(
                "SELECT DISTINCT actor, request_id FROM audit_log WHERE entity_type = 'services'")
            let (actor, request) = try actors.only.values(as: String.self, String.self)
            #expect(actor == "service:test" && request == "request of Ada")
        }
    }

    @Test("A repeatable transaction runs again when others made the server roll it back")
    func conflicts() async throws {
        try await withStore { store, ada, _, _ in
            try await store.write(ServiceStatements.add, "Cut", in: ada)
            let lengthen = Statement(
                "lengthen", .writes, "UPDATE services SET duration_minutes = $1", takes: Int32.self, gives: .none)
            let duration = Statement(
                "duration", .reads, "SELECT duration_minutes FROM services",
                gives: RowShape(Column("duration_minutes", Int32.self)) { $0 })
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask(executorPreference: store.loop) {
                        try await store.transaction(in: ada, isolation: .repeatableRead, repeatable: true) {
                            let now = try await $0.run(duration, ())[0]
                            try await $0.run(lengthen, now + 1)
                        }
                    }
                }
                // Those that met all others three times give up, which is no lost update either.
                var done = 0
                while let result = await group.nextResult() { if case .success = result { done += 1 } }
                let minutes = try await store.read(duration, (), in: ada, .deciding)
                #expect(minutes == [Int32(30 + done)])
                #expect(done > 0)
            }
        }
    }

    @Test("A read goes on when its connection is ended, and a write says that nobody knows")
    func lostConnections() async throws {
        try await withStore { store, ada, _, superuser in
            let terminate = """
                SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                WHERE usename = '\(SalonDatabase.account)' AND datname = current_database()
                """
            _ = try await store.read(ServiceStatements.names, (), in: ada)
            try await superuser.query(terminate)
            #expect(try await store.read(ServiceStatements.names, (), in: ada) == [])

            let slow = Statement(
                "slow", .writes, "SELECT pg_sleep(60)::text", gives: RowShape(Column("pg_sleep", String.self)) { $0 })
            async let outcome = store.write(slow, (), in: ada)
            var ended = 0
            while ended == 0 {
                ended = try await superuser.query(
                    terminate + " AND state = 'active' AND query LIKE '%pg_sleep%'"
                ).only[0, as: Int.self]
            }
            do {
                _ = try await outcome
                Issue.record("the write succeeded")
            } catch let error as PostgresError {
                #expect(error.kind == .lost || error.kind == .statement)
            }
        }
    }

    @Test("Lookups of one tick are one statement, and what was found is remembered")
    func lookups() async throws {
        try await withStore { store, ada, _, _ in
            var ids: [PostgresUUID] = []
            for number in 0..<50 {
                ids += try await store.write(ServiceStatements.add, "service \(number)", in: ada).value
            }
            let byKeys = Statement(
                "services_by_keys", .reads, "SELECT id, name FROM services WHERE id = ANY ($1)",
                takes: [PostgresUUID].self,
                gives: RowShape(Column("id", PostgresUUID.self), Column("name", String.self)) { (id: $0, name: $1) })
            let lookup = KeyedLookup(byKeys, store, in: ada) { $0.id }
            let wanted = ids + ids + [PostgresUUID.random()]
            let names = try await withThrowingTaskGroup(of: String?.self) { group in
                for id in wanted {
                    group.addTask(executorPreference: store.loop) { try await lookup[id]?.name }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(names.compactMap { $0 }.count == 100)
            #expect(names.filter { $0 == nil }.count == 1)
            _ = try await lookup[ids[0]]
            #expect(lookup.statements == 1)
        }
    }
}
