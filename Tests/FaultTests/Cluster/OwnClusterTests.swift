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
import TestSupport
import Testing

extension ClusterSuites {
    /// Clusters that are set up in another way, each its test's own.
    @Suite(.longFault) struct OwnClusterTests {
        static func withCluster(
            _ name: String, _ settings: [String: String],
            _ body: @escaping @Sendable (ParlorSystem) async throws -> Void
        ) async throws {
            try await ParlorSystem.with(name, .new, ParlorSystem.ofCluster.merging(settings) { $1 }) { system in
                try await system.succeed("up", "--detach")
                try await body(system)
            }
        }

        @Test("Control: with asynchronous replication a thawed primary acknowledges what is lost, and that is found")
        func asynchronous() async throws {
            try await Self.withCluster("async", ["PARLOR_CLUSTER_DURABILITY": "asynchronous"]) { system in
                let finding = try await FaultRun.run("control: asynchronous, node and agent frozen", on: system) {
                    run in
                    try await run.freezeLeaderPastItsLease()
                    try await run.succeeded()
                }
                #expect(!finding.check.lost.isEmpty && !finding.check.holds, "seed \(finding.seed): \(finding.check)")
                #expect(finding.leader != finding.before)
            }
        }

        @Test("With durability strict and both replicas gone, writes wait and reads go on; nothing fails or is lost")
        func strict() async throws {
            try await Self.withCluster("strict", ["PARLOR_CLUSTER_DURABILITY": "strict"]) { system in
                let finding = try await FaultRun.run("strict: both replicas frozen", on: system) { run in
                    let frozen = try await system.freezeReplicas()
                    defer { frozen.thaw() }
                    let session = try await PostgresSession.connect(system.superuser(of: run.leader), on: system.loop)
                    defer { session.close() }
                    // Until the primary has given both up, and every client waits all the same.
                    let waiting = """
                        SELECT count(*) >= 6 AND NOT EXISTS (SELECT FROM pg_stat_replication)
                        FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND usename = '\(FaultAccount.name)'
                        """
                    try await system.wait(session, for: waiting)
                    let before = run.writers.measurements.acknowledged
                    for options in [run.account.options, run.account.readOptions] {
                        let reader = try await PostgresSession.connect(
                            options, SessionOptions(preparation: .unnamed), on: system.loop)
                        try await reader.query("SELECT count(*) FROM \(run.table.name)", within: .seconds(10))
                        reader.close()
                    }
                    #expect(run.writers.measurements.acknowledged == before)
                    frozen.thaw()
                    try await run.acknowledge()
                }
                finding.expectInvariants()
                finding.expectNoErrors()
                #expect(finding.leader == finding.before)
            }
        }

        @Test(
            "The primary's disk full: another takes over, and it comes back when there is room",
            .enabled(if: Machine.canMount))
        func fullDisk() async throws {
            let settings = ParlorSystem.ofCluster.merging(["PARLOR_CLUSTER_REPLICAS": "1"]) { $1 }
            try await ParlorSystem.with("full", .new, settings) { system in
                try await system.succeed("up", "--detach")
                try await system.succeed("down")
                for node in ["node1", "node2"] {
                    try await Self.moveToOwnDisk("\(system.state)/postgres/\(node)", system)
                }
                try await system.succeed("up", "--detach")
                let finding = try await FaultRun.run("primary's disk full", on: system) { run in
                    let filler = "\(system.state)/postgres/\(run.leader)/filler"
                    let session = try await PostgresSession.connect(system.superuser(of: run.leader), on: system.loop)
                    defer { session.close() }
                    TinyDisk.fill(filler)
                    // What was allocated already would last for a while.
                    while session.isOpen { _ = try? await session.query("SELECT pg_switch_wal()") }
                    try await run.succeeded()
                    try Files.remove(filler)
                }
                finding.expectInvariants()
                #expect(finding.leader != finding.before)
            }
        }

        /// Puts a folder on a file system of its own, which is taken down with the system's place.
        private static func moveToOwnDisk(_ folder: String, _ system: ParlorSystem) async throws {
            let aside = "\(system.place)/aside"
            try Files.move(folder, to: aside)
            try Files.makeFolder(folder)
            let account = ParlorSystem.account
            let options = "mode=0700,size=400m,uid=\(account.user),gid=\(account.group)"
            guard mount("tmpfs", folder, "tmpfs", 0, options) == 0 else {
                throw ParlorError.systemCall("mount", path: folder, errno: errno)
            }
            let copy = Program("/bin/cp", ["--archive", "\(aside)/.", folder])
            try await Child.runSuccessfully(copy, within: .seconds(60), on: system.loop)
            try Files.remove(aside)
        }

        @Test("A damaged certificate is named by the start, which changes nothing, and works once the way out is gone")
        func certificate() async throws {
            try await Self.withCluster("certificate", ["PARLOR_CLUSTER_REPLICAS": "0"]) { system in
                try await system.succeed("down")
                let file = "\(system.state)/certificates/current/node1.crt"
                try Files.writeAtomically(try Files.read("\(system.state)/certificates/current/redis.crt"), to: file)
                chown(file, ParlorSystem.account.user, ParlorSystem.account.group)
                for words in [["up"], ["up", "--detach"]] {
                    expectRefusal(
                        try await system.start(words).outcome(), .stateFolder, "does not belong to the certificate",
                        "node1", "Remove node1.crt and node1.key")
                }
                #expect(ProcessReading.processes(of: system.state).isEmpty)
                // What the hint says.
                for name in ["node1.crt", "node1.key"] {
                    try Files.remove("\(system.state)/certificates/current/\(name)")
                }
                try await system.succeed("up", "--detach")
                #expect(try await system.succeed("health").code == 0)
            }
        }
    }
}

extension ParlorSystem {
    /// Waits until a query of a truth says that it is so.
    func wait(_ session: PostgresSession, for condition: String, within limit: Duration = .seconds(60)) async throws {
        let deadline = ContinuousClock.now + limit
        while try await !session.query(condition).only[0, as: Bool.self] {
            guard .now < deadline else { throw Failure("this does not become so: \(condition)") }
            try await loop.sleep(for: .milliseconds(50))
        }
    }
}
