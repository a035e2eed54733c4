import Basics
import Drills
import FaultTestSupport
import Glibc
import Loop
import Processes
import SystemTestSupport
import Testing

extension ClusterSuites {
    /// What happens to the primary under the profile `lan`, whose lease of 5 s is below what Patroni supports: the same
    /// must hold as under the default.
    @Suite(.cluster(["PARLOR_CLUSTER_PROFILE": "lan"]), .longFault) struct LanFaultTests {
        @Test("The primary's node and the agent frozen for longer than the lease, and thawed: it takes nothing back")
        func frozenNode() async throws {
            let finding = try await FaultRun.run("lan: primary's node and agent frozen, then thawed") { run in
                try await run.freezeLeaderPastItsLease()
                try await run.acknowledge()
            }
            finding.expectInvariants()
            #expect(finding.leader != finding.before)
        }

        @Test("Patroni and PostgreSQL of the primary killed at once: another takes over")
        func killedNode() async throws {
            let finding = try await FaultRun.run("lan: primary and its Patroni killed") { run in
                try await run.killLeadersNode()
            }
            finding.expectInvariants()
            #expect(finding.leader != finding.before)
        }

        @Test("Patroni alone frozen: its node is fenced before its lease runs out, and another takes over")
        func frozenPatroni() async throws {
            let finding = try await FaultRun.run("lan: Patroni of the primary frozen") { run in
                try await run.freezeLeadersPatroni()
            }
            finding.expectInvariants()
            #expect(finding.leader != finding.before)
        }

        @Test("With etcd frozen for longer than the lease, a primary that reaches every replica goes on")
        func frozenConsensus() async throws {
            let finding = try await FaultRun.run("lan: etcd frozen") { run in
                try await run.freezeConsensus(for: .seconds(8))
            }
            finding.expectInvariants()
            finding.expectNoErrors()
            #expect(finding.leader == finding.before)
        }

        @Test("With every processor taken by others four times over nobody loses the lease")
        func busyMachine() async throws {
            let finding = try await FaultRun.run("lan: busy machine") { run in
                let spinning = Program("/bin/sh", ["-c", "while :; do :; done"], parentDeathSignal: SIGKILL)
                let children = try (0..<4 * sysconf(Int32(_SC_NPROCESSORS_ONLN))).map { _ in
                    try Child(starting: spinning, on: run.system.loop)
                }
                defer { for child in children { child.signal(SIGKILL) } }
                let start = ContinuousClock.now
                while start.duration(to: .now) < .seconds(30) { try await run.acknowledge() }
            }
            finding.expectInvariants()
            finding.expectNoErrors()
            #expect(finding.leader == finding.before)
        }
    }
}
