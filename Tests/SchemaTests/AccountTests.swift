import Postgres
import StoreTestSupport
import Testing

@Suite("The schema") struct SchemaTests {
    @Test("The account of the service has no rights until a transaction takes a role")
    func account() async throws {
        try await withSalonDatabase { database, loop in
            let session = try await PostgresSession.connect(database.service, on: loop)
            defer { session.close() }
            await #expect(throws: PostgresError.self) { try await session.query("SELECT FROM public.salons") }
            try await session.transaction {
                try await session.query("SET LOCAL ROLE app_user")
                #expect(try await session.query("SELECT FROM salons").isEmpty)
            }
        }
    }
}
