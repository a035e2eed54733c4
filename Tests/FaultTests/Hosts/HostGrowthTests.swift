import Agent
import Basics
import Cluster
import FaultTestSupport
import Loop
import Postgres
import SystemTestSupport
import Testing

extension ClusterSuites {
    /// From one machine to several.
    @Suite(.networkLab, .longFault) struct HostGrowthTests {
        @Test("The cluster of one machine becomes one of three hosts, with what it holds")
        func growth() async throws {
            let lab = try NetworkLab(hosts: HostedCluster.names)
            try await Sandbox.use("growth") { path in
                try await EventLoop.onThread { loop in
                    let cluster = try HostedCluster(lab, place: path, [:], on: loop)
                    let alone = cluster["alpha"].with(["PARLOR_HOSTS": ""])
                    try await alone.succeed("up", "--detach")
                    if try await alone.whole() != "node1" {
                        try await alone.succeed("cluster", "switchover", "--to", "node1")
                        try await alone.whole()
                    }
                    try await query("CREATE TABLE public.kept AS SELECT 42 AS answer", on: "node1", of: alone, loop)
                    try await alone.succeed("down")

                    try await cluster.begin()
                    #expect(try await cluster.whole(within: .seconds(180)) == "node1")
                    for host in HostedCluster.names {
                        let addresses = try await cluster[host].cluster().nodes.map(\.address)
                        #expect(Set(addresses).count == 3 && addresses.allSatisfy { !$0.hasPrefix("127.") })
                    }
                    for node in ["node1", "node2", "node3"] {
                        let words = "SELECT answer::text FROM public.kept"
                        #expect(try await query(words, on: node, of: cluster.system(with: node), loop) == ["42"])
                    }
                }
            }
            try lab.remove()
        }

        @discardableResult
        private func query(
            _ words: String, on node: String, of system: ParlorSystem, _ loop: EventLoop
        ) async throws -> [String] {
            let session = try await PostgresSession.connect(system.superuser(of: node), on: loop)
            defer { session.close() }
            return try await session.query(words).map { try $0[0, as: String.self] }
        }
    }
}
