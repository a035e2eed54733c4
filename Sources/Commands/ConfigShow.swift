import Basics
import Configuration

extension Command {
    /// `parlor config show`.
    static let configShow = Command(
        CommandDeclaration(
            name: "show",
            group: .configuration,
            summary: "Show every setting and where its value comes from",
            discussion: """
                Shows the settings as a start would use them, each with the default, the line of the file, the
                variable or the option that its value comes from. Secrets are masked.
                """,
            options: [.json],
            examples: [
                .init("parlor config show", "Every setting"),
                .init("parlor config show --json", "The same for a program"),
            ],
            success: "the settings are shown",
            failures: [.configuration, .file]),
        work: { try show($0) })

    private static func show(_ invocation: Invocation) throws {
        let loaded = try Workplace.load(invocation)
        let terminal = invocation.terminal
        if invocation.command.has(.json) { return try terminal.write(loaded.json().pretty + "\n") }
        let columns = [Table.Column("KEY"), Table.Column("VALUE", shrinks: true), Table.Column("FROM")]
        let rows = loaded.entries().map { entry in
            [Table.Cell(entry.key), Table.Cell(entry.value), Table.Cell(entry.origin, entry.isDefault ? .dim : nil)]
        }
        let table = Table(columns: columns, rows: rows)
        let lines = table.lines(fitting: terminal.width, inColor: terminal.allowsColor())
        try terminal.write(lines.map { "\($0)\n" }.joined())
    }
}
