import Basics
import HTTP
import Loop
import SystemTestSupport
import Testing

/// What happens when somebody else listens where a part should.
@Suite struct PortTests {
    @Test("A port that is taken gives way to the next free one, which up says and status shows")
    func taken() async throws {
        try await ParlorSystem.with("ports", .stopped) { system in
            let other = try Listener(at: .tcp(host: "127.0.0.1", port: 0), on: system.loop)
            defer { other.close() }
            guard case .tcp(_, let port) = other.address else { throw Failure("no port") }
            // Both want the same port: the one that comes second moves past the first.
            let up = try await system.with(["PARLOR_DATABASE_PORT": "\(port)", "PARLOR_API_PORT": "\(port)"])
                .succeed("up", "--solo", "--detach")
            let status = try await system.status()
            let (database, service) = (try status.port("postgres"), try status.port("service"))
            #expect(port < database && database < service)
            #expect(up.output.contains("port \(port) is taken, so PostgreSQL listens on \(database)\n"))
            #expect(up.output.contains("port \(port) is taken, so the service listens on \(service)\n"))
            #expect(up.output.contains("http://127.0.0.1:\(service)\n"))
            #expect(try await system.get("/health").status.code == 200)
        }
    }

    @Test(
        "An address that is not this machine's is told as what it is",
        arguments: [
            ("192.0.2.1", "cannot assign requested address"), ("elsewhere.example", "is not a numeric address"),
        ])
    func foreignAddress(host: String, words: String) async throws {
        try await ParlorSystem.unlimited("address", .new, ["PARLOR_API_HOST": host]) { system in
            expectRefusal(
                try await system.run("up"), .configuration, "the service cannot use the address", words,
                "Set an address of this machine")
        }
    }

    @Test("When the neighbours are taken too, nothing is started")
    func allTaken() async throws {
        try await ParlorSystem.with("taken", .stopped) { system in
            // Whoever listens there, this test or somebody else: the last port has no neighbour.
            let last = try? Listener(at: .tcp(host: "127.0.0.1", port: 65_535), on: system.loop)
            defer { last?.close() }
            let outcome = try await system.with(["PARLOR_API_PORT": "65535"]).run("up", "--solo")
            expectRefusal(outcome, .portTaken, "no port is free for the service", "65535 to 65535 are all taken")
            #expect(ProcessReading.processes(of: system.state).isEmpty)
            try await system.succeed("up", "--solo", "--detach")
        }
    }
}
