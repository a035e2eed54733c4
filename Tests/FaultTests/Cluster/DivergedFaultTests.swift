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
    /// What happens to a former primary that has commits which nobody else has.
    @Suite(.cluster(), .longFault) struct DivergedFaultTests {
        @Test("A former primary with commits of its own is rewound: it says so, and follows without them")
        func rewound() async throws {
            let finding = try await FaultRun.run("diverged former primary, rewound") { run in
                let word = try await run.divergeLeader()
                try await run.succeeded()
                #expect(try await run.system.whole() != run.leader)
                #expect(try Files.readText("\(run.system.state)/logs/\(run.leader).log").contains("running pg_rewind"))
                for node in try await run.system.cluster().nodes.map(\.name) {
                    #expect(try await !run.system.holds(word, node), "\(node)")
                }
            }
            finding.expectInvariants()
            #expect(finding.leader != finding.before)
        }

        @Test("One that cannot be rewound is shown as diverged; a rebuild mends it and keeps its commits aside")
        func setAside() async throws {
            let finding = try await FaultRun.run("diverged former primary, not to be rewound") { run in
                let word = try await run.divergeLeader(losingLog: true)
                let system = run.system
                try await system.says("Failed to rewind from healthy primary", run.leader)
                let diverged = try await system.cluster { cluster in
                    cluster.nodes.contains { $0.name == run.leader && $0.state == ClusterStatus.Node.diverged }
                }
                #expect(!diverged.isWell)
                let text = try await system.succeed("cluster", "status").output
                #expect(text.contains("\"./parlor cluster rebuild \(run.leader)\" sets it aside"), "\(text)")
                let json = try await system.succeed("cluster", "rebuild", run.leader, "--json").json
                let aside = try #require(json["aside"]?.text)
                try await system.whole()
                try await run.acknowledge()
                #expect(try await !system.holds(word, run.leader))
                let search = Program("/bin/grep", ["--recursive", "--quiet", word, "\(aside)/base"])
                try await Child.runSuccessfully(search, within: .seconds(60), on: system.loop)
            }
            finding.expectInvariants()
            #expect(finding.leader != finding.before)
        }
    }
}

extension FaultRun where System == ParlorSystem {
    /// Freezes the leader's node and the agent until another leads, then has the former primary's PostgreSQL alone go
    /// on and commit a word that nobody else gets, as it would without waiting for replicas; then everything goes on.
    /// Without its log up to there nobody can rewind it.
    func divergeLeader(losingLog: Bool = false) async throws -> String {
        let word = "diverged-\(RandomIdentifier.hex(bytes: 8))"
        let (agent, leader) = (try system.agent(), leader)
        let frozen = Freezer(marked: { [agent] + system.processes(of: leader) })
        defer { frozen.thaw() }
        try await watch.wait(on: system.loop) { ($0.succession.last ?? leader) != leader }
        let data = try #require(Files.resolved(system.data(of: leader)))
        for pid in ProcessTable.processes(workingIn: data) { kill(pid, SIGCONT) }
        let session = try await PostgresSession.connect(system.superuser(of: leader), on: system.loop)
        defer { session.close() }
        try await session.execute(
            "SET synchronous_commit = local; CREATE TABLE \(FaultAccount.name).diverged AS SELECT '\(word)' AS word")
        #expect(try await system.holds(word, leader))
        guard losingLog else { return word }
        // What a rewind would read: everything back to the place where the other took over.
        try await session.query("SELECT pg_switch_wal()")
        try await session.execute("CHECKPOINT")
        let current = try await session.query("SELECT pg_walfile_name(pg_current_wal_lsn())").only[0, as: String.self]
        for name in try Files.list("\(data)/pg_wal") where name.count == current.count && name < current {
            try Files.remove("\(data)/pg_wal/\(name)")
        }
        return word
    }
}

extension ParlorSystem {
    /// Whether a node has what only a former primary had committed.
    fileprivate func holds(_ word: String, _ node: String) async throws -> Bool {
        let session = try await PostgresSession.connect(superuser(of: node), on: loop)
        defer { session.close() }
        let table = "\(FaultAccount.name).diverged"
        guard try await session.query("SELECT to_regclass($1) IS NOT NULL", table).only[0] else { return false }
        return try await session.query("SELECT count(*) = 1 FROM \(table) WHERE word = $1", word).only[0]
    }
}
