import Agent
import Basics
import Cluster
import Drills
import FaultTestSupport
import Glibc
import Loop
import Postgres
import SystemTestSupport
import Testing

/// Failovers at which a replica lacks more of the log than one may that is promoted.
extension ClusterSuites.NodeFaultTests {
    @Test("A replica that lags is not elected: the one that has everything takes over")
    func laggingReplica() async throws {
        let finding = try await FaultRun.run("primary killed while a replica lags") { run in
            let (lagging, synchronous) = (
                try await run.system.replica(.replica), try await run.system.replica(.synchronous)
            )
            let frozen = try await run.leaveBehind(lagging)
            defer { frozen.thaw() }
            try await run.killLeadersNode()
            frozen.thaw()
            #expect(run.watch.acknowledging.succession == [run.leader, synchronous])
        }
        finding.expectInvariants()
        #expect(finding.acknowledging.succession.count == 2)
    }

    @Test(
        "The primary and the synchronous replica killed at once: the one that lags does not lead, though it alone runs")
    func laggingReplicaAlone() async throws {
        let finding = try await FaultRun.run("primary and synchronous replica killed, the other lags") { run in
            let system = run.system
            let (lagging, synchronous) = (try await system.replica(.replica), try await system.replica(.synchronous))
            let frozen = try await run.leaveBehind(lagging)
            defer { frozen.thaw() }
            for pid in [run.leader, synchronous].flatMap({ system.processes(of: $0) }) { kill(pid, SIGKILL) }
            frozen.thaw()
            try await run.acknowledge()
            #expect(!run.watch.acknowledging.succession.contains(lagging))
        }
        finding.expectInvariants()
    }
}

extension ClusterSuites.OwnClusterTests {
    @Test(
        "Control: with asynchronous replication a replica that lags is not elected either, and by hand it is after the loss was named"
    )
    func laggingAlone() async throws {
        let settings = ["PARLOR_CLUSTER_DURABILITY": "asynchronous", "PARLOR_CLUSTER_REPLICAS": "1"]
        try await Self.withCluster("lagging", settings) { system in
            let finding = try await FaultRun.run("control: asynchronous, only a lagging replica left", on: system) {
                run in
                let replica = try await system.replica(.replica)
                let frozen = try await run.leaveBehind(replica)
                defer { frozen.thaw() }
                // Each round of the primary's Patroni writes down how far it is: by that the replica judges itself.
                try await system.says("the leader with the lock", run.leader, more: 2)
                for pid in system.processes(of: run.leader) { kill(pid, SIGKILL) }
                try await system.says("handed over the lease of \(run.leader)", "agent")
                // Before Patroni is back: the primary's disk is gone for good.
                try Files.move(system.data(of: run.leader), to: "\(system.place)/gone")
                frozen.thaw()
                try await system.says("My wal position exceeds maximum replication lag", replica, times: 5)
                #expect(try await system.cluster().leader == nil)
                let refusal = try await system.run("cluster", "failover")
                expectRefusal(refusal, .notConfirmed, "\(replica) was not made the primary", "it lacks", "MB")
                #expect(try await system.cluster().leader == nil)
                try await system.succeed("cluster", "failover", "--yes")
                try await run.succeeded()
            }
            #expect(!finding.check.lost.isEmpty && !finding.check.holds, "seed \(finding.seed): \(finding.check)")
            #expect(finding.acknowledging.violations.isEmpty, "seed \(finding.seed)")
            #expect(finding.leader != finding.before)
        }
    }
}

extension FaultRun where System == ParlorSystem {
    private static let messages = 4

    /// Stops what receives the log on a replica, its Patroni goes on, and writes more log than one may lack that is
    /// promoted, and rows of clients behind that.
    fileprivate func leaveBehind(_ replica: String) async throws -> Freezer {
        let session = try await PostgresSession.connect(system.superuser(of: replica), on: system.loop)
        defer { session.close() }
        let receiver = try await session.query("SELECT pid::int8 FROM pg_stat_wal_receiver").only[0, as: Int.self]
        let frozen = Freezer(marked: { [Int32(receiver)] })
        let received = try await session.query("SELECT pg_last_wal_receive_lsn()::text").only[0, as: String.self]
        let primary = try await PostgresSession.connect(system.superuser(of: leader), on: system.loop)
        defer { primary.close() }
        for _ in 0..<Self.messages {
            try await primary.query(
                "SELECT pg_logical_emit_message(true, 'faults', repeat('x', $1::int8::int4))",
                PatroniSettings.lagLimit.bytes)
        }
        try await acknowledge()
        let lag = try await primary.query(
            "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), $1::text::pg_lsn)::int8", received)
        #expect(try lag.only[0, as: Int.self] > Self.messages * PatroniSettings.lagLimit.bytes)
        return frozen
    }
}
