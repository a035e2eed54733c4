import Basics
import Loop
import Postgres
import PostgresTestSupport
import Testing

@testable import Migrations

@Suite("A shadow database is always dropped") struct ShadowDatabaseTests {
    private func shadows(_ bench: Workbench) async throws -> [String] {
        try await bench.session.query(
            "SELECT datname::text FROM pg_database WHERE starts_with(datname, current_database() || '_shadow_')"
        ).map { try $0[0] }
    }

    @Test("After its work")
    func afterwards() async throws {
        try await withWorkbench { bench in
            let name = try await ShadowDatabase.with(beside: bench.options, on: bench.loop) { shadow in
                let there = try await shadows(bench)
                #expect(there == [shadow.database])
                return shadow.database
            }
            #expect(name.hasPrefix("\(bench.options.database)_shadow_"))
            let left = try await shadows(bench)
            #expect(left == [])
        }
    }

    @Test("After a failure, even with sessions that are still open")
    func failure() async throws {
        try await withWorkbench { bench in
            await #expect(throws: CancellationError.self) {
                try await ShadowDatabase.with(beside: bench.options, on: bench.loop) { shadow in
                    _ = try await PostgresSession.connect(shadow, on: bench.loop)
                    throw CancellationError()
                }
            }
            let left = try await shadows(bench)
            #expect(left == [])
        }
    }

    @Test("When the task is cancelled in the middle of a statement")
    func cancelled() async throws {
        try await withWorkbench { bench in
            let (began, signal) = AsyncStream.makeStream(of: Void.self)
            let task = Task(executorPreference: bench.loop) {
                try await ShadowDatabase.with(beside: bench.options, on: bench.loop) { shadow in
                    let session = try await PostgresSession.connect(shadow, on: bench.loop)
                    signal.yield()
                    try await session.query("SELECT pg_sleep(600)")
                }
            }
            for await _ in began { break }
            task.cancel()
            await #expect(throws: (any Error).self) { try await task.value }
            let left = try await shadows(bench)
            #expect(left == [])
        }
    }

    @Test("One that a killed run left is dropped by the next, and one that is in use is not")
    func leftovers() async throws {
        try await withWorkbench { bench in
            let base = bench.options.database
            try await bench.session.execute("CREATE DATABASE \(base)_shadow_0123456789ab")
            try await bench.session.execute("CREATE DATABASE \(base)_shadow_other")
            try await ShadowDatabase.with(beside: bench.options, on: bench.loop) { first in
                try await ShadowDatabase.with(beside: bench.options, on: bench.loop) { second in
                    let there = try await shadows(bench)
                    #expect(Set(there) == [first.database, second.database, "\(base)_shadow_other"])
                }
            }
            try await bench.session.execute("DROP DATABASE \(base)_shadow_other")
        }
    }

    @Test("It sorts texts as the database beside it")
    func locale() async throws {
        try await withWorkbench { bench in
            let same = try await ShadowDatabase.with(beside: bench.options, on: bench.loop) { shadow in
                try await bench.session.query(
                    """
                    SELECT count(DISTINCT (encoding, datcollate, datctype))::bigint FROM pg_database
                    WHERE datname IN ($1, $2)
                    """, shadow.database, bench.options.database
                ).only[0, as: Int.self]
            }
            #expect(same == 1)
        }
    }

    @Test("A role that may not create databases is told how it may")
    func rights() async throws {
        try await withWorkbench { bench in
            let role = "r_\(RandomIdentifier.hex(bytes: 6))"
            try await bench.session.execute("CREATE ROLE \(role) LOGIN PASSWORD 'secret'")
            var options = bench.options
            (options.user, options.password) = (role, Secret("secret"))
            let thrown = await #expect(throws: ParlorError.self) {
                try await ShadowDatabase.with(beside: options, on: bench.loop) { _ in }
            }
            #expect(thrown?.description.contains("the shadow database could not be made") == true)
            #expect(thrown?.hint == "Let a superuser run ALTER ROLE \"\(role)\" CREATEDB.")
            try await bench.session.execute("DROP ROLE \(role)")
        }
    }
}
