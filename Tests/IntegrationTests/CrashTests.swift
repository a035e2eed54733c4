import Basics
import Glibc
import Loop
import Processes
import SystemTestSupport
import TestSupport
import Testing

/// What a supervisor that was killed leaves, and what the next start makes of it.
@Suite struct CrashTests {
    /// Waits until no process of the state folder is left.
    private static func expectNobody(_ system: ParlorSystem) async throws {
        let deadline = ContinuousClock.now + .seconds(10)
        while !ProcessReading.processes(of: system.state).isEmpty, .now < deadline {
            _ = try await system.status()
        }
        let left = ProcessReading.processes(of: system.state).map { ProcessReading.commandLine(of: $0) }
        #expect(left == [])
    }

    @Test("A killed agent takes every process with it, and the next start finds all data")
    func killedAgent() async throws {
        try await ParlorSystem.with("agent", .stopped) { system in
            try await system.succeed("up", "--solo", "--detach")
            try await system.keep(["acknowledged"])
            kill(try system.agent(), SIGKILL)
            _ = try await measured("end of all processes after kill -9 of the agent") {
                try await Self.expectNobody(system)
            }
            #expect(try await system.status().parts.isEmpty)
            #expect(try await system.run("health").code == 4)
            let (outcome, _) = try await measured("start after a crash") {
                try await system.succeed("up", "--solo", "--detach")
            }
            #expect(outcome.output.contains("everything is ready"))
            #expect(try await system.kept() == ["acknowledged"])
            #expect(try await system.status().parts.map(\.restarts) == [0, 0])
        }
    }

    @Test("What a killed agent left because it could not react is ended by the next start")
    func stoppedService() async throws {
        try await ParlorSystem.with("stopped", .stopped) { system in
            try await system.succeed("up", "--solo", "--detach")
            try await system.keep(["acknowledged"])
            let service = try await system.status().pid("service")
            kill(service, SIGSTOP)
            kill(try system.agent(), SIGKILL)
            let (outcome, time) = try await measured("start that has to end a stopped service") {
                try await system.succeed("up", "--solo", "--detach")
            }
            #expect(outcome.output.contains("ended what a killed agent had left: "))
            #expect(outcome.output.contains("service"))
            // Waiting for its end in vain would take twice as long.
            #expect(time < .seconds(20))
            #expect(ProcessReading.commandLine(of: service).isEmpty)
            #expect(try await system.kept() == ["acknowledged"])
        }
    }

    @Test("A down ends what a killed agent left")
    func downAfterCrash() async throws {
        try await ParlorSystem.with("down", .stopped) { system in
            try await system.succeed("up", "--solo", "--detach")
            kill(try await system.status().pid("service"), SIGSTOP)
            kill(try system.agent(), SIGKILL)
            let outcome = try await system.succeed("down")
            #expect(outcome.output.hasPrefix("stopped after "))
            #expect(ProcessReading.processes(of: system.state).isEmpty)
        }
    }

    @Test("A start that is killed at any moment is made good by the next one, and loses nothing")
    func killedStarts() async throws {
        try await ParlorSystem.with("moments", .new) { system in
            var generator = SeededGenerator()
            print("killed starts: \(generator.note.rawValue)")
            // The first one tells how long a start takes.
            let (_, whole) = try await measured("start of a new system") {
                let first = try system.with(["PARLOR_STATE": "\(system.place)/first"]).start("up", "--solo")
                try await first.says("everything is ready")
                #expect(try await first.end(SIGINT).code == 0)
            }
            for _ in 0..<8 { try await Self.killedStart(system, atMost: whole, &generator) }
            try await system.succeed("up", "--solo", "--detach")
            try await system.keep(["acknowledged"])
            try await system.succeed("down")
            for _ in 0..<4 { try await Self.killedStart(system, atMost: whole / 4, &generator) }
            let (_, _) = try await measured("start of an existing system") {
                try await system.succeed("up", "--solo", "--detach")
            }
            #expect(try await system.kept() == ["acknowledged"], generator.note)
            #expect(try await system.succeed("health").code == 0)
            let left = try Files.list("\(system.state)/postgres").filter {
                $0.contains("partial") || $0.hasSuffix(".new")
            }
            #expect(left == [], generator.note)
        }
    }

    private static func killedStart(
        _ system: ParlorSystem, atMost limit: Duration, _ generator: inout SeededGenerator
    ) async throws {
        let delay = Duration.milliseconds(Int64.random(in: 0...limit.milliseconds, using: &generator))
        let start = try system.start("up", "--solo")
        system.loop.schedule(after: delay) { start.child.signal(SIGKILL) }
        let outcome = try await start.outcome()
        #expect(outcome.status == .signalled(SIGKILL), "after \(delay.brief): \(outcome)")
        #expect(outcome.error == "", "after \(delay.brief)")
    }

    private static func expectSuccess(of start: RunningProgram) async throws {
        let outcome = try await start.outcome()
        #expect(outcome.code == 0, "\(outcome)")
        #expect(outcome.error == "")
    }

    @Test(
        "Two starts at once make one system, and both succeed",
        arguments: [[["--detach"], ["--detach"]], [[], ["--detach"]]])
    func twoStarts(options: [[String]]) async throws {
        try await ParlorSystem.with("twins", .new) { system in
            let starts = try options.map { try system.start(["up", "--solo"] + $0) }
            let status = try await system.status { $0.isHealthy }
            #expect(status.parts.map(\.restarts) == [0, 0], "\(status.parts.map(\.lastRestartReason))")
            let agent = try system.agent()
            for start in starts where start.child.pid != agent { try await Self.expectSuccess(of: start) }
            #expect(try system.agent() == agent)
            #expect(try await system.status().parts.map(\.pid) == status.parts.map(\.pid))
            // One that is in front goes on until the system is stopped.
            try await system.succeed("down")
            for start in starts where start.child.pid == agent { try await Self.expectSuccess(of: start) }
        }
    }
}
