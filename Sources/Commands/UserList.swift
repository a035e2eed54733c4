import Basics
import Tenants

extension Command {
    private static let peopleMax = 1000

    /// `parlor user list`.
    static let userList = Command(
        CommandDeclaration(
            name: "list",
            group: .database,
            summary: "Show who can sign in",
            discussion: """
                Lists up to 1,000 people by their addresses. Who may do what in a salon stands in the list of its members,
                which the API has.
                """,
            options: [.json],
            examples: [.init("parlor user list", "For people"), .init("parlor user list --json", "For programs")],
            success: "the people were shown", failures: userFailures),
        work: { invocation in
            let people = try await invocation.withSignIn { try await $0.people(atMost: peopleMax) }
            let terminal = invocation.terminal
            if invocation.command.has(.json) {
                let list = people.map { person -> JSON in
                    [
                        "id": .string("\(person.id)"), "email": .string(person.email), "name": .string(person.name),
                        "platformAdmin": .bool(person.isPlatformAdmin), "created": .string(person.created.rfc3339),
                    ]
                }
                return try terminal.write(JSON.object([.init("people", .array(list))]).pretty + "\n")
            }
            guard !people.isEmpty else { return try terminal.write("Nobody can sign in yet.\n") }
            let rows = people.map { person in
                [Table.Cell(person.email), Table.Cell(person.name), Table.Cell(person.isPlatformAdmin ? "yes" : "")]
            }
            let table = Table(columns: [.init("ADDRESS"), .init("NAME"), .init("PLATFORM")], rows: rows)
            let lines = table.lines(fitting: terminal.width, inColor: terminal.allowsColor())
            try terminal.write(lines.map { "\($0)\n" }.joined())
        })
}
