import Basics
import Drills

extension Command {
    /// `parlor drill switchover`.
    static let drillSwitchover = Command(
        CommandDeclaration(
            name: "switchover",
            group: .operations,
            summary: "Hand over to a replica while clients write, and measure what they notice",
            discussion: """
                Clients write through the pooler and keep a journal of what was acknowledged, while "cluster switchover"
                makes another node the primary. No client may see an error, none may wait long, and in the end every
                acknowledged write is looked for on every node.

                Clients of the pooler wait for a moment; sessions on the pooler for sessions, and those that are
                connected to the primary itself, end. So it asks first, and wants --yes where it cannot ask. It refuses
                when the cluster is not well. It ends with status 0 when every floor holds, with 9 when one does not.
                """,
            options: [.drillRuns, .switchoverClients, .drillSeed, .yes, .json],
            examples: [
                .init("parlor drill switchover", "Five times, after a question"),
                .init("parlor drill switchover --clients 1000 --yes", "As the promise is made"),
            ],
            success: "every floor holds",
            failures: drillFailures + [.diskFull]),
        work: { invocation in
            try await DrillCommand(
                invocation: invocation, kinds: [.switchover],
                clients: invocation.command.count(of: .switchoverClients) ?? 100
            ) { leader in
                "the drill has the primary (\(leader) now) hand over again and again, which ends direct sessions on it"
            }.run()
        })
}

extension OptionDeclaration {
    /// How many write.
    static let switchoverClients = value(
        "clients", ValueDeclaration("<n>", .count, standard: "100"), "How many clients write")
}
