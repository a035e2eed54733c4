import Basics
import Glibc
import Loop
import Processes
import SystemTestSupport
import Testing

/// How a system ends.
@Suite struct StopTests {
    /// The positions of these lines in a text, in the order of the lines.
    private static func expect(_ lines: [String], inThisOrderIn text: String) {
        let all = text.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        let positions = lines.map { line in all.lastIndex { $0.hasPrefix(line) } }
        #expect(
            !positions.contains(nil) && positions.compactMap(\.self) == positions.compactMap(\.self).sorted(), "\(text)"
        )
    }

    @Test("Ctrl-C stops everything in order", arguments: [SIGINT, SIGTERM, SIGHUP])
    func interrupt(signal: Int32) async throws {
        try await ParlorSystem.with("interrupt", .stopped) { system in
            let up = try system.start("up", "--solo")
            try await up.says("Ctrl-C stops it in order.")
            let outcome = try await up.end(signal)
            #expect(outcome.code == 0)
            #expect(outcome.error == "")
            Self.expect(
                [
                    "stopping; once more to hurry", "service stopping", "service stopped", "postgres stopping",
                    "postgres stopped",
                ],
                inThisOrderIn: outcome.output)
            #expect(ProcessReading.processes(of: system.state).isEmpty)
            let log = try Files.readText("\(system.state)/logs/postgres.log")
            #expect(log.contains("received fast shutdown request"))
            #expect(log.hasSuffix("database system is shut down\n"))
        }
    }

    /// Holds a request open that the service waits for before it ends.
    private static func holdRequest(_ system: ParlorSystem) async throws -> Socket {
        let port = try await system.status().port("service")
        let socket = try await Socket.connect(
            to: .tcp(host: "127.0.0.1", port: port), within: .seconds(5), on: system.loop)
        try await socket.write(Array("POST /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n1".utf8))
        // One that comes later and is answered shows that the first has arrived.
        _ = try await system.get("/health/live", port: port)
        return socket
    }

    @Test("Ctrl-C for the second time hurries")
    func hurry() async throws {
        try await ParlorSystem.with("hurry", .stopped) { system in
            let up = try system.start("up", "--solo")
            try await up.says("Ctrl-C stops it in order.")
            let request = try await Self.holdRequest(system)
            defer { request.close() }
            up.child.signal(SIGINT)
            try await up.says("service    stopping")
            #expect(try await system.status().part("service").state == .stopping)
            let (outcome, time) = try await measured("end of a system that is hurried") { try await up.end(SIGINT) }
            #expect(outcome.code == 0)
            // The request alone would be waited for ten seconds.
            #expect(time < .seconds(8))
            #expect(ProcessReading.processes(of: system.state).isEmpty)
        }
    }

    @Test("A down that waits too long says so, and the next one waits on")
    func impatientDown() async throws {
        try await ParlorSystem.with("impatient", .stopped) { system in
            try await system.succeed("up", "--solo", "--detach")
            let request = try await Self.holdRequest(system)
            let impatient = try await system.run("down", "--timeout", "100ms")
            expectRefusal(impatient, .timeout, "did not stop within 100 ms")
            request.close()
            try await system.succeed("down")
            #expect(ProcessReading.processes(of: system.state).isEmpty)
        }
    }

    @Test("A start that is called off before it was ready ends everything and says so by its status")
    func calledOff() async throws {
        try await ParlorSystem.with("off", .new) { system in
            let up = try system.start("up", "--solo")
            try await up.says("postgres   starting")
            let outcome = try await up.end(SIGINT)
            #expect(outcome.code == ErrorCode.cancelled.exitStatus || outcome.output.contains("everything is ready"))
            #expect(ProcessReading.processes(of: system.state).isEmpty)
        }
    }

    @Test("Where nothing ever ran, down and reset say so and make nothing")
    func nothing() async throws {
        try await ParlorSystem.unlimited("nothing", .new) { system in
            #expect(try await system.succeed("down").output == "nothing runs\n")
            #expect(try await system.succeed("reset", "--yes").output.contains("nothing to delete"))
            #expect(try await system.succeed("status").output == "nothing runs; \"./parlor up\" starts it\n")
            expectRefusal(try await system.run("health"), .notRunning, "nothing runs")
            expectRefusal(try await system.run("logs"), .notRunning, "there are no logs yet")
            #expect(try Files.status(system.state) == nil)
        }
    }

    @Test("A down stops a system that runs in front or behind, and says that nothing runs when nothing does")
    func down() async throws {
        try await ParlorSystem.with("down", .stopped) { system in
            let up = try system.start("up", "--solo")
            try await up.says("Ctrl-C stops it in order.")
            #expect(try await system.succeed("down").output.hasPrefix("stopped after "))
            #expect(try await up.outcome().code == 0)
            #expect(ProcessReading.processes(of: system.state).isEmpty)
            #expect(try await system.succeed("down").output == "nothing runs\n")

            try await system.succeed("up", "--solo", "--detach")
            let (_, _) = try await measured("down") { try await system.succeed("down") }
            #expect(ProcessReading.processes(of: system.state).isEmpty)
            let status = try await system.succeed("status", "--json").json
            #expect(status == ["parts": [], "healthy": false])
            #expect(try await system.succeed("status").output == "nothing runs; \"./parlor up\" starts it\n")
            expectRefusal(try await system.run("health"), .notRunning, "nothing runs")
        }
    }

    @Test("A reset wants a yes, refuses while the system runs, and then deletes everything")
    func reset() async throws {
        try await ParlorSystem.with("reset", .stopped) { system in
            try await system.succeed("up", "--solo", "--detach")
            let password = try system.secret("postgres_superuser")
            let before = try await system.status()
            expectRefusal(try await system.run("reset", "--yes"), .alreadyRunning, "nothing was deleted", "parlor down")
            #expect(try await system.status().parts.map(\.pid) == before.parts.map(\.pid))
            try await system.succeed("down")

            expectRefusal(try await system.run("reset"), .notConfirmed, "nothing was deleted", "with --yes")
            #expect(try system.secret("postgres_superuser") == password)
            #expect(Files.exists("\(system.state)/postgres/data/PG_VERSION"))

            #expect(try await system.succeed("reset", "--yes").output == "everything in \(system.state) is deleted\n")
            #expect(try Files.list(system.state) == [])
            try await system.succeed("up", "--solo", "--detach")
            #expect(try system.secret("postgres_superuser") != password)
        }
    }
}
