import Basics
import Processes
import SystemTestSupport
import Testing

/// What a mistake in the configuration gets, and how one looks at it.
@Suite struct ConfigurationTests {
    private static let faulty = """
        databse:
          port: 5433
        database:
          max_connections: 5
          ssl:
            enabled: true
            certificate: missing.pem
            key: missing.key
        api:
          port: three thousand
        log:
          level: loud

        """

    /// The place and a part of the message of each fault above.
    private static let faults = [
        (1, "did you mean \"database\"?"), (4, "database.max_connections is \"5\""),
        (7, "database.ssl.certificate is"), (8, "database.ssl.key is"), (10, "api.port is \"three thousand\""),
        (12, "log.level is \"loud\""),
    ]

    private static func write(_ text: String, _ system: ParlorSystem) throws {
        try Files.writeAtomically(text, to: "\(system.place)/parlor.yaml", mode: 0o644)
    }

    @Test(
        "All faults are told together, with file, line and expectation, and nothing is made",
        arguments: [
            ["up"], ["up", "--solo", "--detach"], ["agent"], ["serve"], ["status"], ["down"], ["config", "show"],
            ["config", "check"],
        ])
    func faults(command: [String]) async throws {
        try await ParlorSystem.unlimited("faults", .new) { system in
            try Self.write(Self.faulty, system)
            let outcome = try await system.start(command).outcome()
            expectRefusal(outcome, .configuration, "the configuration has 6 faults", "parlor config check")
            let lines = outcome.error.split(separator: "\n").map(String.init)
            for (line, words) in Self.faults {
                #expect(lines.contains { $0.contains("parlor.yaml:\(line):") && $0.contains(words) }, "\(outcome)")
            }
            #expect(try Files.status(system.state) == nil)
        }
    }

    @Test("A check for programs lists every fault with what was given and expected")
    func checkJSON() async throws {
        try await ParlorSystem.unlimited("check", .new) { system in
            try Self.write(Self.faulty, system)
            let outcome = try await system.run("config", "check", "--json")
            #expect(outcome.code == ErrorCode.configuration.exitStatus)
            let faults = try #require(try outcome.json["faults"]?.elements)
            #expect(faults.compactMap { $0["line"]?.int }.sorted() == Self.faults.map(\.0))
            let port = try #require(faults.first { $0["key"] == "api.port" })
            #expect(port["value"] == "three thousand")
            #expect(port["expected"] == "a whole number from 1 to 65535")
        }
    }

    @Test("A system that runs is not touched by a file that became faulty")
    func runningSystem() async throws {
        try await SharedSystem.with { system in
            let before = try await system.status()
            let faulty = system.with(["PARLOR_API_PORT": "no port"])
            expectRefusal(try await faulty.run("up"), .configuration, "PARLOR_API_PORT", "api.port")
            expectRefusal(
                try await system.run("up", "--set", "api.prt=1"), .configuration, "did you mean \"api.port\"?")
            #expect(try await system.status().parts.map(\.pid) == before.parts.map(\.pid))
        }
    }

    @Test("A file that cannot be read and one that is no YAML are told with their place")
    func unreadable() async throws {
        try await ParlorSystem.unlimited("yaml", .new) { system in
            try Self.write("api:\n  port: [3000\n", system)
            expectRefusal(try await system.run("up"), .configuration, "parlor.yaml:")
            expectRefusal(try await system.run("up", "--config", "nowhere.yaml"), .configuration, "nowhere.yaml")
            #expect(try Files.status(system.state) == nil)
        }
    }

    @Test("What is well is shown with where it came from, for people and for programs")
    func show() async throws {
        try await ParlorSystem.unlimited("show", .new, ["DATABASE_POOL_SIZE": "20"]) { system in
            try Self.write("log:\n  level: debug\n", system)
            #expect(try await system.succeed("config", "check").output.contains("can be used"))
            #expect(try await system.succeed("config", "check", "--json").json == ["faults": [], "warnings": []])
            let text = try await system.succeed("config", "show", "--set", "api.host=::1").output
            let rows = text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
            #expect(rows.first == ["KEY", "VALUE", "FROM"])
            #expect(
                rows.contains { $0.prefix(2) == ["log.level", "debug"] && $0.last?.contains("parlor.yaml:2") == true })
            #expect(
                rows.contains { $0.prefix(2) == ["database.pool_size", "20"] && $0.contains("DATABASE_POOL_SIZE") })
            #expect(rows.contains { $0.prefix(2) == ["api.host", "::1"] && $0.contains("--set") })
            #expect(rows.contains { $0 == ["log.keep", "5", "default"] })
            let values = try #require(try await system.succeed("config", "show", "--json").json["values"]?.elements)
            #expect(values.count == rows.count - 1)
            let level = try #require(values.first { $0["key"] == "log.level" })
            #expect(level["value"] == "debug" && level["line"] == 2)
        }
    }

    @Test("Each of PostgreSQL's settings is shown with its reason, and with who decided on it")
    func showServer() async throws {
        let environment = ["PARLOR_DATABASE_MEMORY": "8GB", "PARLOR_DATABASE_SETTINGS": "work_mem=64MB"]
        try await ParlorSystem.unlimited("show-server", .new, environment) { system in
            let text = try await system.succeed("config", "show", "--postgresql").output
            #expect(text.hasPrefix("8 GB of memory (database.memory), ") && text.contains("  a quarter of 8 GB\n"))
            let json = try await system.succeed("config", "show", "--postgresql", "--json").json
            let work = try #require(json["settings"]?.elements?.first { $0["name"] == "work_mem" })
            #expect(work["value"] == "64MB" && work["derived"] == "16MB" && work["change"] == "reload")
            #expect(
                work["reason"]?.text?.hasPrefix("set by you with PARLOR_DATABASE_SETTINGS; would be 16MB: ") == true)
            #expect(try Files.status(system.state) == nil)
            let foreign = try await system.run("config", "show", "--postgresql", "--set", "database.managed=false")
            expectRefusal(foreign, .configuration, "the database is not Parlor's", "pg_settings")
        }
    }

    @Test("A setting that PostgreSQL would not start with is found before anything starts")
    func serverSettings() async throws {
        try await ParlorSystem.unlimited("server-settings", .new) { system in
            try Self.write("database:\n  settings:\n    wrok_mem: 64MB\n", system)
            let words = "unrecognized configuration parameter \"wrok_mem\""
            expectRefusal(try await system.run("config", "check"), .configuration, "parlor.yaml:3:15", words)
            expectRefusal(try await system.run("up"), .configuration, "database.settings.wrok_mem", words)
            try Self.write("database:\n  settings:\n    fsync: off\n", system)
            expectRefusal(
                try await system.run("config", "check"), .configuration, "database.settings.fsync is refused",
                "what the server has acknowledged must last")
            try Self.write("database:\n  settings:\n    work_mem: 64MB\n", system)
            #expect(try await system.succeed("config", "check").output.contains("can be used"))
        }
    }

    @Test(
        "As root, a user to run as that is missing or is root itself is refused", .enabled(if: Machine.isRoot),
        arguments: [
            ("nobody-of-this-name", "there is no user nobody-of-this-name"), ("root", "run_as names root"),
        ])
    func runAs(user: String, words: String) async throws {
        try await ParlorSystem.unlimited("user", .new, ["PARLOR_RUN_AS": user]) { system in
            expectRefusal(try await system.run("up"), .configuration, words)
            #expect(try Files.status(system.state) == nil)
        }
    }

    @Test(
        "A mistyped command or option is answered with the nearest one",
        arguments: [
            (["upp"], "did you mean \"parlor up\"?"), (["up", "--dettach"], "did you mean \"--detach\"?"),
            (["config", "chek"], "did you mean \"parlor config check\"?"),
            (["status", "--jsn"], "did you mean \"--json\"?"),
            (["--solo", "up"], "--solo"), (["down", "--timeout"], "--timeout"),
            (["down", "--timeout", "soon"], "--timeout"),
        ])
    func commandLine(words: [String], answer: String) async throws {
        try await ParlorSystem.unlimited("words", .new) { system in
            expectRefusal(try await system.start(words).outcome(), .usage, answer, "--help")
        }
    }
}
