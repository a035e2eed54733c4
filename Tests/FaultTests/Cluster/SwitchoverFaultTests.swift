import Basics
import Drills
import FaultTestSupport
import Glibc
import Loop
import Postgres
import SystemTestSupport
import Testing

extension ClusterSuites {
    /// Switchovers that something comes in the way of.
    @Suite(.cluster(), .longFault) struct SwitchoverFaultTests {
        @Test("A transaction that does not end stops a switchover, and everybody goes on with the same primary")
        func longTransaction() async throws {
            let finding = try await FaultRun.run("switchover stopped by a transaction") { run in
                let session = try await PostgresSession.connect(
                    run.account.options, SessionOptions(preparation: .unnamed), on: run.system.loop)
                defer { session.close() }
                try await session.execute("BEGIN; SELECT 1")
                let outcome = try await run.system.run("cluster", "switchover")
                expectRefusal(outcome, .cluster, "transactions do not end, so nothing was switched", run.leader)
                try await run.acknowledge()
            }
            finding.expectInvariants()
            finding.expectNoErrors()
            #expect(finding.leader == finding.before)
        }

        @Test("A switchover whose agent is killed while clients are held back: the next start lets everybody go on")
        func killedAgent() async throws {
            let finding = try await FaultRun.run("agent killed in a switchover") { run in
                let log = "\(run.system.state)/logs/pooler.log"
                let before = try Files.readText(log).ranges(of: "PAUSE '").count
                let switchover = try run.system.start("cluster", "switchover")
                while try Files.readText(log).ranges(of: "PAUSE '").count == before {
                    try await run.system.loop.sleep(for: .milliseconds(5))
                }
                kill(try run.system.agent(), SIGKILL)
                #expect(try await switchover.outcome().code != 0)
                try await run.system.succeed("up", "--detach")
                try await run.acknowledge()
            }
            finding.expectInvariants()
        }

        @Test("A thousand clients see no error of a switchover")
        func thousandClients() async throws {
            let finding = try await FaultRun.run("switchover, 1000 clients", clients: 1000, pace: .seconds(2)) { run in
                try await run.acknowledge(1000)
                try await run.system.succeed("cluster", "switchover")
                try await run.succeeded()
                try await run.acknowledge(1000)
            }
            finding.expectInvariants()
            finding.expectNoErrors()
            #expect(finding.leader != finding.before)
        }
    }
}
