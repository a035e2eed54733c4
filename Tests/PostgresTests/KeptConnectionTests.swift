import Basics
import Loop
import Postgres
import PostgresTestSupport
import Testing

@Suite struct KeptConnectionTests {
    @Test("Asking again uses the same connection, and those who ask at once share one question")
    func sameConnection() async throws {
        try await withDatabase { options, loop in
            let kept = KeptConnection(options, on: loop)
            for _ in 0..<5 { _ = try await kept.check(within: .seconds(30)) }
            try await withThrowingTaskGroup(of: Duration.self) { group in
                for _ in 0..<50 { group.addTask { try await kept.check(within: .seconds(30)) } }
                try await group.waitForAll()
            }
            let observer = try await PostgresSession.connect(options, on: loop)
            let sessions = try await observer.query(
                "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
            #expect(sessions.count == 1)
            observer.close()
            await kept.close()
        }
    }

    @Test("Everything about it happens on the loop: no job comes from another thread")
    func staysOnLoop() async throws {
        try await withDatabase { options, loop in
            var options = options
            options.host = "127.0.0.1"
            let kept = KeptConnection(options, on: loop)
            let before = loop.hops
            _ = try await kept.check(within: .seconds(30))
            _ = try await kept.check(within: .seconds(30))
            await kept.close()
            #expect(loop.hops == before)
        }
    }

    @Test("A connection that the server ended is replaced without anybody hearing of it")
    func replaced() async throws {
        try await withDatabase { options, loop in
            let kept = KeptConnection(options, on: loop)
            _ = try await kept.check(within: .seconds(30))
            let other = try await PostgresSession.connect(options, on: loop)
            try await other.query(
                """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()
                """)
            other.close()
            _ = try await kept.check(within: .seconds(30))
            await kept.close()
        }
    }

    @Test("A server that is not there is a connection error, each time anew")
    func nobodyThere() async throws {
        try await withDatabase { options, loop in
            var options = options
            options.host = "127.0.0.1"
            options.port = 1
            let kept = KeptConnection(options, on: loop)
            for _ in 0..<2 {
                let error = await #expect(throws: PostgresError.self) { try await kept.check(within: .seconds(30)) }
                #expect(error?.kind == .unreachable)
            }
        }
    }
}
