import Agent
import Basics
import Drills
import Cluster
import FaultTestSupport
import Glibc
import Loop
import Postgres
import SystemTestSupport
import Testing

/// Clusters as users run them. One at a time: they look for the same ports, and take all the processor there is.
@Suite(.serialized, .timeLimit(.minutes(10))) enum ClusterSuites {}

extension ClusterSuites {
    /// What a cluster does by itself, and what one does with it every day.
    @Suite(.cluster()) struct EverydayTests {
        @Test(
            "A cluster comes up from nothing, with one primary and a synchronous replica, and everybody reads its status"
        )
        func status() async throws {
            try await ClusterScope.with { system in
                #expect(try await system.status().isHealthy)
                try await system.whole()
                let json = try await system.succeed("cluster", "status", "--json").json
                #expect(
                    json.names == [
                        "leader", "healthy", "durability", "profile", "nodes", "slots", "history", "copies", "expiring",
                        "poolers",
                    ])
                #expect(json["poolers"]?.names == ["leader", "held"])
                let nodes = try #require(json["nodes"]?.elements)
                #expect(nodes.map { $0["name"]?.text } == ["node1", "node2", "node3"])
                for node in nodes {
                    #expect(
                        node.names == [
                            "name", "role", "state", "address", "timeline", "lag_bytes", "lag_seconds",
                            "restart_pending", "well",
                        ])
                }
                #expect(nodes.compactMap { $0["role"]?.text }.sorted() == ["leader", "replica", "sync_standby"])
                for slot in json["slots"]?.elements ?? [] {
                    #expect(slot.names == ["name", "active", "retained_bytes", "health"])
                }
            }
        }

        @Test("Nobody answers without encryption")
        func encryption() async throws {
            try await ClusterScope.with { system in
                let status = try await system.status()
                let hosts = ["node2": "127.0.0.2", "node3": "127.0.0.3"]
                for part in ["node1", "node2", "node3", "pooler", "pooler-sessions"] {
                    let options = ConnectionOptions(
                        host: hosts[part] ?? "127.0.0.1", port: try status.port(part), database: ParlorSystem.database,
                        user: "postgres", password: Secret(try system.secret("postgres_superuser")), sslMode: .disable)
                    let error = await #expect(throws: PostgresError.self, "\(part)") {
                        try await PostgresSession.connect(options, on: system.loop)
                    }
                    let words = error?.description ?? ""
                    #expect(words.contains("no encryption") || words.contains("SSL required"), "\(part): \(words)")
                }
            }
        }

        @Test("Clients outlive a killed primary without losing what was acknowledged, and it comes back as a replica")
        func killedPrimary() async throws {
            let finding = try await FaultRun.run("primary killed") { run in
                kill(try run.system.postmaster(of: run.leader), SIGKILL)
                try await run.succeeded()
            }
            finding.expectInvariants()
            #expect(finding.leader != finding.before)
        }

        @Test("No client sees an error of a switchover, and nothing is lost")
        func switchover() async throws {
            let finding = try await FaultRun.run("switchover") { run in
                let json = try await run.system.succeed("cluster", "switchover", "--json").json
                #expect(json["from"]?.text == run.leader)
                print("measured: stall of a switchover: \(json["stall_ms"]?.int ?? -1) ms")
                try await run.succeeded()
            }
            finding.expectInvariants()
            finding.expectNoErrors()
            #expect(finding.leader != finding.before)
        }

        @Test("A replica is rebuilt from the primary, and its former data is set aside")
        func rebuild() async throws {
            try await ClusterScope.with { system in
                try await system.whole()
                let cluster = try await system.cluster()
                let replica = try #require(cluster.nodes.first { $0.role == .replica }).name
                let json = try await system.succeed("cluster", "rebuild", replica, "--json").json
                let aside = try #require(json["aside"]?.text)
                #expect(aside.hasPrefix("\(system.data(of: replica)).aside-"))
                #expect(Files.exists("\(aside)/PG_VERSION"))
                #expect(try await system.whole() == cluster.leader)
                let leader = try #require(cluster.leader)
                let refused = try await system.run("cluster", "rebuild", leader)
                expectRefusal(refused, .cluster, "\(leader) leads the cluster")
            }
        }
    }

    /// Clusters and single databases in one state folder.
    @Suite struct ShapeTests {
        @Test("A cluster takes over what a single database holds, and a single database does not take over a cluster's")
        func takeOver() async throws {
            let settings = ParlorSystem.ofCluster.merging(["PARLOR_CLUSTER_REPLICAS": "0"]) { $1 }
            try await ParlorSystem.with("shape", .new, settings) { system in
                try await system.succeed("up", "--solo", "--detach")
                try await system.keep(["of a single database"])
                try await system.succeed("down")
                try await system.succeed("up", "--detach")
                let session = try await PostgresSession.connect(system.superuser(of: "node1"), on: system.loop)
                let kept = try await session.query("SELECT word FROM kept").map { try $0["word", as: String.self] }
                session.close()
                #expect(kept == ["of a single database"])
                try await system.succeed("down")
                expectRefusal(try await system.run("up", "--solo"), .stateFolder, "holds a cluster", "Leave --solo out")
            }
        }
    }
}
