import Basics
import Glibc
import HTTP
import Processes
import SystemTestSupport
import Testing

/// Where secrets may stand: in their files, and nowhere else.
@Suite struct SecretTests {
    @Test("No secret stands in a log, a command line, an answer or an error")
    func secrets() async throws {
        try await ParlorSystem.with("secrets", .new) { system in
            let planted = (0..<3).map { _ in "planted-\(RandomIdentifier.hex(bytes: 12))" }
            let talkative = system.with(["PARLOR_LOG_LEVEL": "debug", "PARLOR_DATABASE_LOGGING": "true"])
            var said: [String] = []
            var words: [String] = []
            // The second password takes the place of the first.
            for password in planted.prefix(2) {
                let system = talkative.with(["PARLOR_DATABASE_PASSWORD": password])
                said += try await Self.live(with: system)
                words += ProcessReading.processes(of: system.state).flatMap { ProcessReading.commandLine(of: $0) }
                said.append("\(try await system.succeed("down"))")
            }
            said += try await Self.mistakes(talkative, planted[2])
            #expect(words.contains("serve"))

            let stored = try Files.list("\(system.state)/secrets")
            #expect(stored.contains("postgres_superuser"))
            let logs = try Machine.files(below: "\(system.state)/logs")
            #expect(logs.count >= 3)
            let places =
                try logs.map { try Files.readText($0) } + words + said
                + ["postgresql.conf", "pg_hba.conf"].map { try Files.readText("\(system.state)/postgres/\($0)") }
            for secret in try planted + stored.map({ try system.secret($0) }) + ["SCRAM-SHA-256$"] {
                #expect(secret.utf8.count > 10)
                for place in places where place.contains(secret) {
                    Issue.record("a secret stands in \(place.prefix(2000))")
                }
            }
        }
    }

    /// What a system says from its start through its daily life.
    private static func live(with system: ParlorSystem) async throws -> [String] {
        var said = ["\(try await system.succeed("up", "--solo", "--detach"))"]
        let commands = [
            ["status"], ["status", "--json"], ["health"], ["health", "--json"], ["logs", "--lines", "10000"],
            ["config", "show"], ["config", "show", "--json"], ["config", "check"], ["up"],
            ["reset", "--debug", "--yes"],
        ]
        for command in commands { said.append("\(try await system.start(command).outcome())") }
        for target in ["/health", "/health/ready", "/metrics", "/nothing"] {
            said.append(try await system.get(target).text)
        }
        kill(try await system.status().pid("service"), SIGKILL)
        try await system.status { $0.isHealthy && $0.parts.contains { $0.restarts == 1 } }
        return said
    }

    /// What is said about configurations that hold a secret and cannot be used.
    private static func mistakes(_ system: ParlorSystem, _ password: String) async throws -> [String] {
        let url = "postgresql://whatsapp_app:\(password)@127.0.0.1"
        let surroundings = [
            ["DATABASE_URL": "\(url):port/x"], ["DATABASE_URL": "\(url)/x?sslmode=\(password)"],
            ["PARLOR_DATABASE_PASSWORD": "\(password)\n"], ["REDIS_PASSWORD": password, "REDIS_DB": "99"],
            ["PARLOR_DATABASE_PASSWORD": password, "PARLOR_API_PORT": "0"],
        ]
        var said: [String] = []
        for variables in surroundings {
            for command in [["up", "--debug"], ["config", "show"], ["config", "check", "--json"]] {
                let outcome = try await system.with(variables).start(command).outcome()
                #expect(outcome.code == ErrorCode.configuration.exitStatus, "\(variables.keys)")
                said.append("\(outcome)")
            }
        }
        return said
    }
}
