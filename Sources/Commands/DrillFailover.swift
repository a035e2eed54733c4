import Basics
import Drills

extension Command {
    /// `parlor drill failover`.
    static let drillFailover = Command(
        CommandDeclaration(
            name: "failover",
            group: .operations,
            summary: "Kill the primary while clients write, and measure what that costs",
            discussion: """
                Clients write through the pooler and keep a journal of what was acknowledged. Then the primary is
                killed: its postmaster alone, or all of its node, Patroni included, at the same moment; by turns unless
                --fault names one. Measured is the time until another server acknowledges a write, and until every
                node is well again; then comes the next run. In the end every acknowledged write is looked for on every
                node.

                Everybody who uses the database is disturbed: connections to the primary break. So it asks first, and
                wants --yes where it cannot ask. It refuses when the cluster is not well. It ends with status 0 when
                every floor holds, with 9 when one does not.
                """,
            options: [.drillRuns, .fault, .failoverClients, .drillSeed, .yes, .json],
            examples: [
                .init("parlor drill failover", "Five runs of each fault, after a question"),
                .init("parlor drill failover --fault node --runs 1 --yes", "One run, at once"),
                .init("parlor drill failover --yes --json", "For programs"),
            ],
            success: "every floor holds",
            failures: drillFailures),
        work: { invocation in
            let command = invocation.command
            let kinds = command.value(of: .fault).flatMap(Disturbance.init(rawValue:)).map { [$0] }
            try await DrillCommand(
                invocation: invocation, kinds: kinds ?? [.postmaster, .node],
                clients: command.count(of: .failoverClients) ?? 16
            ) { leader in
                "the drill kills the primary (\(leader) now) again and again, which breaks everybody's connections to it"
            }.run()
        })
}

extension OptionDeclaration {
    /// What is killed.
    static let fault = value(
        "fault", ValueDeclaration("<fault>", .choice(["postmaster", "node", "both"]), standard: "both"),
        "What is killed")

    /// How many write.
    static let failoverClients = value(
        "clients", ValueDeclaration("<n>", .count, standard: "16"), "How many clients write")
}
