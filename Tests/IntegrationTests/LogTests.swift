import Basics
import Glibc
import JSONText
import Postgres
import Processes
import SystemTestSupport
import Testing

/// What the parts have written.
@Suite struct LogTests {
    @Test("The logs of all parts are shown, in the order in which they were written")
    func all() async throws {
        try await SharedSystem.with { system in
            let lines = try await system.succeed("logs", "--lines", "1000000").output.split(separator: "\n")
            for part in ["agent   ", "postgres", "service "] {
                #expect(lines.contains { $0.hasPrefix("\(part) | ") }, "\(part)")
            }
            let database = try #require(
                lines.firstIndex { $0.contains("database system is ready to accept connections") })
            let service = try #require(lines.firstIndex { $0.contains("\"message\":\"listening\"") })
            #expect(database < service)
        }
    }

    @Test("The log of one part is shown without its name, as many lines as wanted")
    func one() async throws {
        try await SharedSystem.with { system in
            let lines = try await system.succeed("logs", "agent", "--lines", "2").output.split(separator: "\n")
            #expect(lines.count == 2)
            for line in lines { #expect(try JSON(reading: String(line))["label"] == "agent") }
        }
    }

    @Test("A part that there is not is answered with the nearest one")
    func unknown() async throws {
        try await SharedSystem.with { system in
            expectRefusal(try await system.run("logs", "postgre"), .usage, "Did you mean \"postgres\"?")
        }
    }

    @Test("A followed log goes on with what is written then")
    func follow() async throws {
        try await SharedSystem.with { system in
            let following = try system.start("logs", "postgres", "--follow", "--lines", "1")
            try await following.says("\n")
            let word = "followed-\(RandomIdentifier.hex(bytes: 4))"
            try await system.withDatabase { try await $0.execute("DO $$BEGIN RAISE LOG '\(word)'; END$$") }
            try await following.says(word)
            #expect(try await following.end(SIGINT).status == .signalled(SIGINT))
        }
    }
}
