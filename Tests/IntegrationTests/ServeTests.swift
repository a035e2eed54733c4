import Basics
import Glibc
import HTTP
import Loop
import Processes
import SystemTestSupport
import Testing

/// The service alone, against a database that is not its own.
@Suite struct ServeTests {
    private static func freePort(_ loop: EventLoop) throws -> Int {
        let listener = try Listener(at: .tcp(host: "127.0.0.1", port: 0), on: loop)
        defer { listener.close() }
        guard case .tcp(_, let port) = listener.address else { throw Failure("no port") }
        return port
    }

    @Test("The service says when its database is gone and when it is back, and stays alive meanwhile")
    func external() async throws {
        try await ParlorSystem.with("external", .stopped) { system in
            try await system.succeed("up", "--solo", "--detach")
            let password = try system.secret("database_whatsapp_app")
            let database = try await system.status().port("postgres")
            let port = try Self.freePort(system.loop)
            let serving = try system.with([
                "DATABASE_URL": "postgresql://whatsapp_app:\(password)@127.0.0.1:\(database)/whatsapp_saas",
                "PARLOR_DATABASE_PORT": "", "PARLOR_DATABASE_MANAGED": "false", "PARLOR_API_PORT": "\(port)",
            ]).start("serve")
            try await serving.says("\"message\":\"listening\"", on: .error)
            try await system.waitUntilDatabase(is: .ok, port: port)

            try await system.succeed("down")
            try await system.waitUntilDatabase(is: .serviceUnavailable, port: port)
            let health = try await system.get("/health", port: port).json()
            #expect(health["status"] == "unhealthy")
            #expect(health["checks"]?["database"]?["error"]?.text?.contains("127.0.0.1:\(database)") == true)
            #expect(try await system.get("/health/live", port: port).status == .ok)

            try await system.succeed("up", "--solo", "--detach")
            try await system.waitUntilDatabase(is: .ok, port: port)
            let outcome = try await serving.end(SIGTERM)
            #expect(outcome.code == 0)
            #expect(!outcome.error.contains(password))
        }
    }

    @Test("A port that is taken ends it with the status for that")
    func portTaken() async throws {
        try await SharedSystem.with { system in
            let port = try await system.status().port("service")
            expectRefusal(try await system.with(["PARLOR_API_PORT": "\(port)"]).run("serve"), .portTaken, "\(port)")
        }
    }
}
