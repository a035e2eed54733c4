import Agent
import Basics
import Cluster
import Drills
import FaultTestSupport
import Glibc
import Loop
import SystemTestSupport
import Testing

/// Which way the packets of the primary's host get lost, for the arguments of tests.
private let directions: [(word: String, NetworkFault.Direction)] = [
    ("primary's host hears nobody", .inward), ("nobody hears the primary's host", .outward),
]

extension ClusterSuites {
    /// What happens to whole hosts, and to the network between them.
    @Suite(.networkLab, .hosts(), .longFault) struct HostFaultTests {
        @Test("The primary's host lost at once with all that runs there: another takes over, and it comes back")
        func lostHost() async throws {
            let finding = try await FaultRun.onHosts("primary's host lost") { try await $0.loseHost() }
            finding.expectTakeover(within: .seconds(25))
        }

        @Test("The primary's host unplugged and plugged in again: another takes over when it has stepped down")
        func unplugged() async throws {
            let finding = try await FaultRun.onHosts("primary's host unplugged") { try await $0.unplugHost() }
            finding.expectTakeover(within: .seconds(25))
            #expect(finding.standing.violations.isEmpty, "seed \(finding.seed)")
        }

        @Test(
            "What the primary's host sends, or what it is sent, gets lost: one takes over, and nobody takes it back",
            arguments: directions)
        func oneWay(_ word: String, _ direction: NetworkFault.Direction) async throws {
            let finding = try await FaultRun.onHosts(word) { run in
                try run.system.lab.cause(.silenced(run.host, direction))
                try await run.succeeded()
                try await run.last(.seconds(10))
            }
            finding.expectTakeover()
        }

        @Test("The primary's host parted from all others where etcd is concerned: at most one other takes over")
        func partedFromConsensus() async throws {
            let finding = try await FaultRun.onHosts("primary parted from etcd alone") { run in
                let port = try run.system[run.host].port("CLUSTER_ETCD")
                try run.system.lab.cause(.deaf(run.host, ports: [port, port + 1]))
                // The lease is 20 s.
                try await run.last(.seconds(30))
            }
            finding.expectInvariants()
            #expect(finding.acknowledging.succession.count <= 2, "seed \(finding.seed)")
            // Whoever goes on is found; nobody waits for a lease that nobody takes.
            #expect(finding.gap <= .seconds(25), "seed \(finding.seed)")
        }

        @Test("Every member of etcd killed, one after the other: nobody is interrupted, and nobody else takes over")
        func killedConsensus() async throws {
            let finding = try await FaultRun.onHosts("each member of etcd killed in turn") { run in
                for host in HostedCluster.names {
                    try await run.system[host].killPart("etcd")
                    try await run.acknowledge()
                }
            }
            finding.expectInvariants()
            finding.expectNoErrors()
            #expect(finding.leader == finding.before)
        }

        @Test("Two of three members of etcd frozen for longer than the lease: the primary goes on, or nobody leads")
        func frozenConsensus() async throws {
            let finding = try await FaultRun.onHosts("two of three members of etcd frozen") { run in
                var members: [Int32] = []
                for host in run.system.hosts(besides: run.leader) {
                    members.append(try await run.system[host].status().pid("etcd"))
                }
                let frozen = Freezer(marked: { [members] in members })
                defer { frozen.thaw() }
                try await run.last(.seconds(25))
                frozen.thaw()
                try await run.acknowledge()
            }
            finding.expectInvariants()
            #expect(finding.acknowledging.succession.count == 1, "seed \(finding.seed)")
        }

        @Test("A fifth of the packets of the primary's host lost for a minute: nothing is, and at most one takes over")
        func lossy() async throws {
            let finding = try await FaultRun.onHosts("a fifth of the primary's packets lost") { run in
                try run.system.lab.cause(.lossy(run.host, percent: 20))
                try await run.system.loop.sleep(for: .seconds(60))
                try run.system.lab.healAll()
                try await run.acknowledge()
            }
            finding.expectInvariants()
            #expect(finding.acknowledging.succession.count <= 2, "seed \(finding.seed)")
        }

        @Test(
            "Hosts that are slow, a twentieth of the primary's packets lost, for two minutes: nobody takes over",
            arguments: [
                ("every host 200 ms from every other, and loss", HostedCluster.names, Duration.milliseconds(50)),
                ("the primary's host 400 ms from the others, and loss", [], .milliseconds(200)),
            ])
        func slow(_ word: String, _ hosts: [String], _ delay: Duration) async throws {
            let finding = try await FaultRun.onHosts(word) { run in
                try run.system.lab.cause(.lossy(run.host, percent: 5))
                for host in hosts.isEmpty ? [run.host] : hosts { try run.system.lab.cause(.slow(host, delay)) }
                try await run.system.loop.sleep(for: .seconds(120))
                try run.system.lab.healAll()
                try await run.acknowledge()
            }
            finding.expectInvariants()
            #expect(finding.acknowledging.succession == [finding.before], "seed \(finding.seed)")
            #expect(finding.leader == finding.before, "seed \(finding.seed)")
        }
    }

    /// The same with the profile for hosts that are near each other.
    @Suite(.networkLab, .hosts(["PARLOR_CLUSTER_PROFILE": "lan"]), .longFault) struct NearHostFaultTests {
        @Test("With the profile lan, the primary's host lost: another takes over sooner")
        func lostHost() async throws {
            let finding = try await FaultRun.onHosts("lan: primary's host lost") { try await $0.loseHost() }
            finding.expectTakeover(within: .seconds(8))
        }

        @Test("With the profile lan, the primary's host unplugged: another takes over sooner")
        func unplugged() async throws {
            let finding = try await FaultRun.onHosts("lan: primary's host unplugged") { try await $0.unplugHost() }
            finding.expectTakeover(within: .seconds(8))
        }
    }

    /// The control of what the other suites find.
    @Suite(.networkLab, .hosts(["PARLOR_CLUSTER_DURABILITY": "asynchronous"]), .longFault)
    struct AsynchronousHostTests {
        @Test("Control: with asynchronous replication a host that is cut off acknowledges what is lost, which is found")
        func unplugged() async throws {
            let finding = try await FaultRun.onHosts("control: asynchronous, host unplugged") {
                try await $0.unplugHost()
            }
            #expect(!finding.check.lost.isEmpty && !finding.check.holds, "seed \(finding.seed): \(finding.check)")
            #expect(finding.leader != finding.before)
        }
    }
}

extension FaultRun where System == HostedCluster {
    /// The leader's host loses its power until another has taken over, and is started again.
    fileprivate func loseHost() async throws {
        try system.cutPower(of: host)
        try await succeeded()
        try await system.restore(host)
        try await acknowledge()
    }

    /// The leader's host is unplugged for longer than its lease.
    fileprivate func unplugHost() async throws {
        try system.lab.cause(.unplugged(host))
        try await succeeded()
        try await last(.seconds(5))
        try system.lab.heal(.unplugged(host))
        try await acknowledge()
    }
}

extension FaultFinding {
    /// Expects that another took over, once, within a limit for those that are not hit themselves.
    fileprivate func expectTakeover(within limit: Duration? = nil, sourceLocation: SourceLocation = #_sourceLocation) {
        expectInvariants(sourceLocation: sourceLocation)
        #expect(leader != before, "seed \(seed)", sourceLocation: sourceLocation)
        #expect(acknowledging.succession == [before, leader], "seed \(seed)", sourceLocation: sourceLocation)
        if let limit { #expect(gap <= limit, "seed \(seed)", sourceLocation: sourceLocation) }
    }
}
