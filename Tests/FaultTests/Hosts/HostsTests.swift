import Agent
import Cluster
import Drills
import FaultTestSupport
import SystemTestSupport
import Testing

extension ClusterSuites {
    /// What a cluster on three hosts does every day.
    @Suite(.networkLab, .hosts()) struct HostsTests {
        @Test(
            "Three hosts come up from nothing as one cluster, and nobody sees an error of a switchover to another host")
        func switchover() async throws {
            let finding = try await FaultRun.onHosts("three hosts, switchover") { run in
                for host in HostedCluster.names {
                    let cluster = try await run.system[host].cluster()
                    #expect(cluster.nodes.map(\.name) == ["node1", "node2", "node3"])
                    #expect(Set(cluster.nodes.map(\.address)).count == 3)
                    #expect(cluster.leader == run.leader)
                }
                try await run.system.system(with: run.leader).succeed("cluster", "switchover")
                try await run.succeeded()
            }
            finding.expectInvariants()
            for (host, seen) in finding.measurements { #expect(seen.allErrors == [:], "\(host), seed \(finding.seed)") }
            #expect(finding.leader != finding.before)
        }
    }
}
