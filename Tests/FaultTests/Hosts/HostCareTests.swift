import Agent
import Basics
import Drills
import FaultTestSupport
import SystemTestSupport
import Testing

extension ClusterSuites {
    /// What people do with several hosts while clients write.
    @Suite(.networkLab, .hosts(), .longFault) struct HostCareTests {
        @Test("Passwords, certificates and the authority of all hosts are replaced, and no client sees an error")
        func rotation() async throws {
            let finding = try await FaultRun.onHosts("three hosts, everything rotated") { run in
                try await run.system["beta"].succeed("harden", "rotate", "passwords")
                try await run.system["gamma"].succeed("harden", "rotate", "certificates")
                let before = try authorities(run.system)
                try await run.system["gamma"].succeed("harden", "rotate", "certificates", "--authority")
                let after = try authorities(run.system)
                #expect(after.count == 1 && after != before)
                try await run.acknowledge()
            }
            finding.expectInvariants()
            for (host, seen) in finding.measurements { #expect(seen.allErrors == [:], "\(host), seed \(finding.seed)") }
            #expect(finding.leader == finding.before)
        }

        @Test("A host that cannot be asked stops an apply, which is finished by the same command when it is back")
        func unreachable() async throws {
            let finding = try await FaultRun.onHosts("three hosts, one away during an apply") { run in
                let away = run.system.hosts(besides: run.leader)[0]
                let here = run.system.system(with: run.leader)
                let words = ["--yes", "--set", "database.settings.work_mem=5MB"]
                try run.system.lab.cause(.unplugged(away))
                let refused = try await here.start(["cluster", "apply"] + words).outcome(within: .seconds(180))
                expectRefusal(refused, .cluster, "the agent of \(away) cannot be asked", "mend the network")
                try run.system.lab.heal(.unplugged(away))
                _ = try await run.system.whole(within: .seconds(120))
                let applied = try await here.start(["cluster", "apply"] + words).outcome(within: .seconds(180))
                #expect(applied.code == 0, "\(applied)")
                let left = try await here.start(["cluster", "plan", "--json"] + words.dropFirst()).outcome()
                #expect(try left.json["steps"]?.elements == [], "\(left)")
            }
            finding.expectInvariants()
            #expect(finding.leader == finding.before)
        }

        @Test("A machine that is gone for good: a new one at its address joins, and is a part of the cluster")
        func replaced() async throws {
            let finding = try await FaultRun.onHosts("a new machine in the place of a lost one") { run in
                let lost = run.system.hosts(besides: run.leader)[0]
                let (other, machine) = (run.system.system(with: run.leader), run.system[lost])
                try run.system.cutPower(of: lost)
                try Files.move(machine.state, to: "\(machine.state).lost")
                try run.system.lab.heal(.unplugged(lost))
                let invitation = "\(machine.place)/another-invitation"
                try await other.succeed("cluster", "invite", invitation)
                try await machine.succeed("cluster", "join", invitation)
                try Files.remove(invitation)
                try await machine.succeed("up", "--detach")
                let news = try Files.readText("\(machine.state)/logs/agent.log")
                #expect(news.contains("takes a seat in a cluster that has begun"))
                try await run.acknowledge()
            }
            finding.expectInvariants()
            #expect(finding.leader == finding.before)
        }

        /// What the hosts believe now: one text when they agree.
        private func authorities(_ cluster: HostedCluster) throws -> Set<String> {
            Set(
                try HostedCluster.names.map { try Files.readText("\(cluster[$0].state)/certificates/current/ca.crt") })
        }
    }
}
