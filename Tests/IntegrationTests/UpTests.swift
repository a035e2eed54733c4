import Basics
import JSONText
import Postgres
import Processes
import SystemTestSupport
import Testing

/// What one sees of a system that runs.
@Suite struct UpTests {
    @Test("The status of a healthy system has exactly the documented members")
    func status() async throws {
        try await SharedSystem.with { system in
            let json = try await system.succeed("status", "--json").json
            #expect(json.names == ["parts", "healthy"])
            #expect(json["healthy"] == true)
            let parts = try #require(json["parts"]?.elements)
            #expect(parts.map { $0["name"]?.text } == ["postgres", "service"])
            #expect(parts.map { $0["kind"]?.text } == ["database", "service"])
            for part in parts {
                #expect(
                    part.names == [
                        "name", "kind", "state", "pid", "port", "since", "memory_bytes", "restarts",
                        "last_restart_reason",
                    ])
                #expect(part["state"] == "ready")
                #expect(try #require(part["pid"]?.int) > 1)
                #expect((1...65_535).contains(try #require(part["port"]?.int)))
                let since = try #require(part["since"]?.text.flatMap { Timestamp(rfc3339: $0) })
                #expect(since <= .now())
                #expect(try #require(part["memory_bytes"]?.int) > 1 << 20)
                #expect(part["restarts"] == 0)
                #expect(part["last_restart_reason"] == JSON.null)
            }
        }
    }

    @Test("The status for people names every part, its process and its port")
    func statusTable() async throws {
        try await SharedSystem.with { system in
            let status = try await system.status()
            let lines = try await system.succeed("status").output.split(separator: "\n")
            #expect(lines.first?.hasPrefix("NAME ") == true)
            for part in status.parts {
                let line = try #require(lines.first { $0.hasPrefix("\(part.name) ") })
                let words = line.split(separator: " ").map(String.init)
                #expect(words.contains("ready"))
                #expect(try words.contains("\(status.pid(part.name))"))
                #expect(try words.contains("\(status.port(part.name))"))
            }
            #expect(lines.last == "all 2 parts are ready")
        }
    }

    @Test("A watched status goes on until it is interrupted")
    func watchedStatus() async throws {
        try await SharedSystem.with { system in
            let watching = try system.start("status", "--watch", "--json")
            let text = try await watching.says("}\n")
            let line = try #require(text.split(separator: "\n").first)
            #expect(try Status(JSON(reading: String(line))).isHealthy)
            #expect(try await watching.end(2).status == .signalled(2))
        }
    }

    @Test("The health command says that all is well and exits with 0")
    func health() async throws {
        try await SharedSystem.with { system in
            #expect(try await system.succeed("health").output == "all is well: all 2 parts are ready\n")
            let json = try await system.succeed("health", "--json").json
            #expect(json["healthy"] == true)
            #expect(json["problems"] == [])
        }
    }

    @Test(
        "A second up, in front or behind, says what runs, changes nothing and succeeds", arguments: [[], ["--detach"]])
    func secondUp(options: [String]) async throws {
        try await SharedSystem.with { system in
            let (before, agent) = (try await system.status(), try system.agent())
            let outcome = try await system.start(["up", "--solo"] + options).outcome()
            #expect(outcome.code == 0)
            #expect(outcome.error.isEmpty)
            #expect(outcome.output.hasPrefix("already running (process \(agent)); nothing was changed\n"))
            #expect(outcome.output.hasSuffix("all 2 parts are ready\n"))
            let after = try await system.status()
            #expect(try system.agent() == agent)
            #expect(after.parts.map(\.pid) == before.parts.map(\.pid))
            #expect(after.parts.map(\.since) == before.parts.map(\.since))
        }
    }

    @Test("A dry run says what would be, and changes nothing")
    func dryRun() async throws {
        try await ParlorSystem.unlimited("dry", .new) { system in
            let cluster = try await system.succeed("up", "--dry-run").output
            for part in ["etcd", "node1", "node3", "pooler", "redis", "service"] {
                #expect(cluster.contains("\n\(part) ") || cluster.hasPrefix("\(part) "))
            }
            let outcome = try await system.succeed("up", "--solo", "--dry-run")
            #expect(outcome.output.contains("a private PostgreSQL at postgresql://whatsapp_app@127.0.0.1:"))
            #expect(outcome.output.contains("in \(system.state), which will be made"))
            #expect(try Files.status(system.state) == nil)
        }
    }

    @Test("No part runs as root, and all of the state belongs to the user of the parts", .enabled(if: Machine.isRoot))
    func unprivileged() async throws {
        try await SharedSystem.with { system in
            let account = ParlorSystem.account
            let processes = ProcessReading.processes(of: system.state)
            let agent = try system.agent()
            #expect(processes.contains(agent))
            #expect(processes.count > 4)
            #expect(ProcessReading.users(of: agent) == Array(repeating: account.user, count: 4))
            // Sessions of the database come and go: one that has ended meanwhile has no user any more.
            for pid in processes {
                let users = ProcessReading.users(of: pid)
                #expect(users.isEmpty || users == Array(repeating: account.user, count: 4))
            }
            #expect(try Machine.owners(of: system.state) == [account.user])
        }
    }
}
