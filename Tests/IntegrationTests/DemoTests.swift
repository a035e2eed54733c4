import Basics
import FaultTestSupport
import Postgres
import Processes
import SystemTestSupport
import Testing

/// A system with something to look at.
@Suite struct DemoTests {
    private static let folder = "\(Files.parent(of: Files.parent(of: Files.parent(of: #filePath))))/schema/migrations"
    private static let environment = ["PARLOR_DATABASE_MIGRATIONS": folder]

    @Test("A demo has salons and customers, whom the service answers, and comes back with both")
    func demo() async throws {
        try await ParlorSystem.with("demo", .new, Self.environment) { system in
            let said = try await system.succeed("up", "--solo", "--demo", "--detach").output
            #expect(said.contains("logs whatsapp --follow"), "\(said)")
            #expect(try await system.status().parts.map(\.name) == ["postgres", "service", "whatsapp"])
            let log = try system.start("logs", "whatsapp", "--follow", "--lines", "5000")
            // The first line is a customer's; the answer went from the outbox over HTTP to the simulated WhatsApp.
            let text = try await log.says(" [")
            #expect(text.contains(" -> "))
            #expect(try await log.end(2).status == .signalled(2))
            let rows = try await system.withDatabase { database in
                try await database.query(
                    "SELECT count(*), (SELECT count(*) FROM salons) FROM messages WHERE created_by <> 'seed:1'"
                ).only.values(as: Int.self, Int.self)
            }
            #expect(rows.0 >= 2 && rows.1 == 3)
            try await system.succeed("down")
            // What was seeded stays as it is, and the tokens are new ones.
            try await system.succeed("up", "--solo", "--demo", "--detach")
            #expect(try await system.status().isHealthy)
        }
    }

    @Test("A demo does not go where salons of somebody's own are")
    func occupied() async throws {
        try await ParlorSystem.with("occupied-demo", .new, Self.environment) { system in
            try await system.succeed("up", "--solo", "--detach")
            try await system.withDatabase { database in
                try await database.execute("INSERT INTO salons (name, phone_number_id) VALUES ('Own', '77')")
            }
            try await system.succeed("down")
            expectRefusal(
                try await system.run("up", "--solo", "--demo"), .usage, "a database without salons of your own")
        }
    }

    @Test("In a demo customers get what they want by chat", .longFault)
    func conversations() async throws {
        try await ParlorSystem.with("demo-chat", .new, Self.environment) { system in
            try await system.succeed("up", "--solo", "--demo", "--detach")
            let log = try system.start("logs", "whatsapp", "--follow", "--lines", "5000")
            // Words of thanks, in one of the languages, come from those who have what they wanted.
            try await log.says("🙏", within: .seconds(400))
            #expect(try await log.end(2).status == .signalled(2))
            let booked = try await system.withDatabase { database in
                try await database.query("SELECT count(*) FROM bookings WHERE source = 'chat'").only
                    .values(as: Int.self)
            }
            #expect(booked >= 1)
        }
    }
}
