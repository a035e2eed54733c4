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

extension ClusterSuites {
    /// What happens to those around the primary.
    @Suite(.cluster(), .longFault) struct NeighbourFaultTests {
        @Test("With etcd killed nobody is interrupted, and nobody else takes over")
        func killedConsensus() async throws {
            let finding = try await FaultRun.run("etcd killed") { run in
                try await run.system.killPart("etcd")
                try await run.acknowledge()
            }
            finding.expectInvariants()
            finding.expectNoErrors()
            #expect(finding.leader == finding.before)
        }

        @Test("With etcd frozen for longer than the lease, a primary that reaches every replica goes on")
        func frozenConsensus() async throws {
            let finding = try await FaultRun.run("etcd frozen") { run in
                // The lease is 20 s.
                try await run.freezeConsensus(for: .seconds(25))
            }
            finding.expectInvariants()
            finding.expectNoErrors()
            #expect(finding.leader == finding.before)
        }

        @Test("The synchronous replica killed: writes go on, and reads go to another")
        func killedReplica() async throws {
            let finding = try await FaultRun.run("synchronous replica killed") { run in
                let replica = try await run.system.replica(.synchronous)
                kill(try run.system.postmaster(of: replica), SIGKILL)
                try await run.acknowledge()
                try await run.system.expectReads(besides: replica, run.account)
            }
            finding.expectInvariants()
            finding.expectNoErrors()
            #expect(finding.leader == finding.before)
        }

        @Test("The synchronous replica frozen: writes go on after a while, reads go to another, and it follows again")
        func frozenReplica() async throws {
            let finding = try await FaultRun.run("synchronous replica frozen") { run in
                let replica = try await run.system.replica(.synchronous)
                let frozen = Freezer(marked: { run.system.processes(of: replica) })
                defer { frozen.thaw() }
                try await run.acknowledge()
                try await run.system.expectReads(besides: replica, run.account)
                try await run.acknowledge()
            }
            finding.expectInvariants()
            finding.expectNoErrors()
            #expect(finding.leader == finding.before)
        }

        @Test("Both replicas frozen: writes go on after a while, and both follow again")
        func frozenReplicas() async throws {
            let finding = try await FaultRun.run("both replicas frozen") { run in
                let frozen = try await run.system.freezeReplicas()
                defer { frozen.thaw() }
                try await run.acknowledge(600)
            }
            finding.expectInvariants()
            finding.expectNoErrors()
            #expect(finding.leader == finding.before)
        }

        @Test("The pooler killed: clients come back through its successor")
        func killedPooler() async throws {
            let finding = try await FaultRun.run("pooler killed") { run in
                try await run.system.killPart("pooler")
                try await run.acknowledge()
            }
            finding.expectInvariants()
            #expect(finding.errorCount > 0)
            #expect(finding.leader == finding.before)
        }
    }
}

extension ParlorSystem {
    /// A replica of that role.
    func replica(_ role: NodeRole) async throws -> String {
        guard let node = try await cluster().nodes.first(where: { $0.role == role }) else {
            throw Failure("there is no \(role)")
        }
        return node.name
    }

    /// Stops every process of both replicas.
    func freezeReplicas() async throws -> Freezer {
        let cluster = try await cluster()
        let replicas = cluster.nodes.map(\.name).filter { $0 != cluster.leader }
        return Freezer(marked: { replicas.flatMap { processes(of: $0) } })
    }

    /// Waits until the pooler's reads are answered by another node than this.
    func expectReads(besides node: String, _ account: FaultAccount) async throws {
        let address = try await cluster().nodes.first { $0.name == node }?.address
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            if let session = try? await PostgresSession.connect(
                account.readOptions, SessionOptions(preparation: .unnamed), on: loop)
            {
                defer { session.close() }
                let answer = try? await session.query(
                    "SELECT host(inet_server_addr()) || ':' || inet_server_port()", within: .seconds(2))
                if let found = try? answer?.only[0, as: String.self], found != address { return }
            }
            try await loop.sleep(for: .milliseconds(100))
        }
        throw Failure("reads go on going to \(node)")
    }
}
