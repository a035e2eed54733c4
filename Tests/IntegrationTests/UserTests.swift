import Basics
import Glibc
import Loop
import Processes
import SystemTestSupport
import Testing

/// Who runs what.
@Suite(.enabled(if: Machine.isRoot)) struct UserTests {
    private static let ordinary: UInt32 = 65_534

    @Test("An ordinary user gets the same as root does, with everything as that user")
    func ordinaryUser() async throws {
        try await ParlorSystem.with("ordinary", .new) { system in
            chown(system.place, Self.ordinary, Self.ordinary)
            // Where the tests were built may be closed to this user.
            let program = "\(system.place)/parlor"
            try await Child.runSuccessfully(
                Program("/bin/cp", [ParlorSystem.program, program]), within: .seconds(30), on: system.loop)
            let become = ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
            func succeed(_ words: String...) async throws -> Outcome {
                let outcome = try await system.start(words, of: program, through: become).outcome()
                guard outcome.code == 0 else { throw Failure("\(outcome)") }
                return outcome
            }
            _ = try await succeed("up", "--solo", "--detach")
            let status = try Status(try await succeed("status", "--json").json)
            #expect(status.isHealthy)
            #expect(try await succeed("health").output.contains("all is well"))
            #expect(try await succeed("up").output.hasPrefix("already running"))
            let processes = ProcessReading.processes(of: system.state)
            #expect(processes.count > 4)
            for pid in processes { #expect(ProcessReading.users(of: pid).allSatisfy { $0 == Self.ordinary }) }
            #expect(try Machine.owners(of: system.state) == [Self.ordinary])
            // Root, who would be another user here, keeps away.
            expectRefusal(try await system.run("status"), .stateFolderForeign, "belongs to nobody")
            _ = try await succeed("down")
            _ = try await succeed("reset", "--yes")
            #expect(try Files.list(system.state) == [])
        }
    }

    @Test(
        "Where the user of the parts cannot enter, the state goes elsewhere, and every command finds it through a link")
    func closedFolder() async throws {
        try await ParlorSystem.with("closed", .new) { system in
            chmod(system.place, 0o700)
            let system = system.with(["PARLOR_STATE": ""])
            let link = "\(system.place)/.parlor"
            let up = try await system.succeed("up", "--solo", "--detach")
            let target = try #require(Files.resolved(link))
            #expect(try Files.status(link, followLinks: false)?.kind == .link)
            #expect(target.hasPrefix("/var/lib/parlor/\(Files.name(of: system.place))-"))
            #expect(
                up.output.hasPrefix(
                    "the user \(ParlorSystem.account.name) cannot enter \(system.place), so the state goes to \(target)\n"
                ))
            #expect(try Machine.owners(of: target) == [ParlorSystem.account.user])
            #expect(try await system.status().isHealthy)
            #expect(try await system.succeed("logs", "agent").output.contains("every part is ready"))
            #expect(try await system.succeed("up").output.hasPrefix("already running"))
            try await system.succeed("down")
            #expect(ProcessReading.processes(of: target).isEmpty)
            try await system.succeed("up", "--solo", "--detach")
            #expect(Files.resolved(link) == target)
            try await system.succeed("down")
            try await system.succeed("reset", "--yes")
            #expect(try Files.list(target) == [])
            #expect(Files.resolved(link) == target)
        }
    }

    @Test("A folder that a killed start of root's made and did not give away is used")
    func ungiven() async throws {
        try await ParlorSystem.unlimited("ungiven", .new) { system in
            try Files.makeFolder(system.state)
            #expect(try await system.succeed("down").output == "nothing runs\n")
            #expect(try await system.succeed("status", "--json").json["parts"] == [])
            try await system.succeed("up", "--solo", "--detach")
        }
    }
}
