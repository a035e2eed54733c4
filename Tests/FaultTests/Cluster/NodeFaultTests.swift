import Agent
import Basics
import Drills
import Cluster
import FaultTestSupport
import Glibc
import Loop
import Postgres
import Processes
import SystemTestSupport
import Testing

extension ClusterSuites {
    /// What happens to the primary, or to a part of its node.
    @Suite(.cluster(), .longFault) struct NodeFaultTests {
        @Test("Patroni and PostgreSQL of the primary killed at once: another takes over")
        func killedNode() async throws {
            let finding = try await FaultRun.run("primary and its Patroni killed") { run in
                try await run.killLeadersNode()
            }
            finding.expectInvariants()
            #expect(finding.leader != finding.before)
        }

        @Test("Two primaries killed one soon after the other: the history holds, and both come back")
        func killedTwice() async throws {
            let finding = try await FaultRun.run("two primaries killed in a row") { run in
                kill(try run.system.postmaster(of: run.leader), SIGKILL)
                try await run.succeeded()
                let cluster = try await run.system.cluster { cluster in
                    cluster.leader != nil && cluster.nodes.contains { $0.role == .synchronous && $0.isWell }
                }
                kill(try run.system.postmaster(of: try #require(cluster.leader)), SIGKILL)
                try await run.watch.wait(on: run.system.loop) { $0.succession.count == 3 }
                try await run.acknowledge()
            }
            finding.expectInvariants()
            #expect(finding.acknowledging.succession.count == 3)
        }

        @Test("Patroni alone killed: nobody is interrupted, and nobody else takes over")
        func killedPatroni() async throws {
            let finding = try await FaultRun.run("Patroni of the primary killed") { run in
                try await run.system.killPart(run.leader)
                try await run.acknowledge()
            }
            finding.expectInvariants()
            finding.expectNoErrors()
            #expect(finding.leader == finding.before)
        }

        @Test("Patroni alone frozen: its node is fenced before its lease runs out, and another takes over")
        func frozenPatroni() async throws {
            let finding = try await FaultRun.run("Patroni of the primary frozen") { run in
                try await run.freezeLeadersPatroni()
            }
            finding.expectInvariants()
            #expect(finding.leader != finding.before)
        }

        @Test("The primary's node and the agent frozen for longer than the lease, and thawed: it takes nothing back")
        func frozenNode() async throws {
            let finding = try await FaultRun.run("primary's node and agent frozen, then thawed") { run in
                try await run.freezeLeaderPastItsLease()
                try await run.acknowledge()
            }
            finding.expectInvariants()
            #expect(finding.leader != finding.before)
        }

        @Test("The agent killed: the next start finds everything that was acknowledged")
        func killedAgent() async throws {
            let finding = try await FaultRun.run("agent killed, started again") { run in
                kill(try run.system.agent(), SIGKILL)
                try await run.system.succeed("up", "--detach")
                try await run.acknowledge()
            }
            finding.expectInvariants()
        }
    }
}

extension ParlorSystem {
    /// Kills the process of a part; comes back when it was started again and is ready.
    func killPart(_ name: String) async throws {
        let before = try await status().part(name)
        kill(try await status().pid(name), SIGKILL)
        try await status { status in
            status.parts.contains { $0.name == name && $0.state == .ready && $0.restarts > before.restarts }
        }
    }
}
