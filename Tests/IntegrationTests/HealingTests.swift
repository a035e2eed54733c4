import Basics
import Glibc
import HTTP
import Postgres
import Processes
import SystemTestSupport
import Testing

/// What happens when a part ends or hangs.
@Suite struct HealingTests {
    /// Well above the two seconds that are promised, for a machine that has much else to do.
    private static let limit = Duration.seconds(5)

    @Test("Each part that is killed is ready again at once, and the status says why it was restarted")
    func killed() async throws {
        try await ParlorSystem.with("killed", .new) { system in
            try await system.succeed("up", "--solo", "--detach")
            // What a first start leaves to be written is not what healing is about.
            try await system.withDatabase { try await $0.execute("CHECKPOINT") }
            var before = try await system.status()
            for name in ["service", "postgres"] {
                let old = try before.pid(name)
                let (after, time) = try await measured("healing of \(name) after kill -9") {
                    kill(old, SIGKILL)
                    return try await system.status {
                        $0.isHealthy && $0.parts.contains { $0.name == name && $0.pid != old }
                    }
                }
                #expect(time < Self.limit)
                let part = try after.part(name)
                #expect(part.restarts == 1)
                #expect(part.lastRestartReason == "killed by signal 9 (SIGKILL)")
                let others = after.parts.filter { $0.name != name }
                #expect(others.map(\.pid) == before.parts.filter { $0.name != name }.map(\.pid))
                before = after
            }
            #expect(try await system.succeed("health").code == 0)
            #expect(try await system.get("/health").status == .ok)
            #expect(try await system.succeed("status").output.contains("killed by signal 9 (SIGKILL)"))
        }
    }

    @Test("A database session that is killed takes no part with it")
    func killedSession() async throws {
        try await ParlorSystem.with("session", .stopped) { system in
            try await system.succeed("up", "--solo", "--detach")
            let before = try await system.status()
            try await system.withDatabase { database in
                kill(database.backendProcess, SIGKILL)
                await #expect(throws: (any Error).self) { try await database.query("SELECT pg_sleep(60)") }
            }
            // The server ends all sessions and recovers by itself.
            let deadline = ContinuousClock.now + .seconds(30)
            while try await system.run("health").code != 0 { try #require(.now < deadline) }
            let after = try await system.status()
            #expect(after.parts.map(\.pid) == before.parts.map(\.pid))
            #expect(after.parts.map(\.restarts) == [0, 0])
        }
    }

    @Test("A service that hangs is killed and replaced")
    func hanging() async throws {
        try await ParlorSystem.unlimited("hanging", .stopped) { system in
            try await system.succeed("up", "--solo", "--detach")
            let old = try await system.status().pid("service")
            let (after, _) = try await measured("healing of a service that was stopped with SIGSTOP") {
                kill(old, SIGSTOP)
                // The agent is asked for its change of state by the log, so that the wait costs nothing.
                try await system.start("logs", "service", "--follow", "--lines", "0").says("listening")
                return try await system.status { $0.isHealthy }
            }
            let service = try after.part("service")
            #expect(service.pid != old)
            #expect(service.restarts == 1)
            #expect(service.lastRestartReason?.hasPrefix("did not answer: ") == true)
            #expect(try after.part("postgres").restarts == 0)
            #expect(kill(old, 0) != 0)
        }
    }
}
