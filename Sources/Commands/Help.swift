import Basics

extension Command {
    /// `parlor help`.
    static let help = Command(
        CommandDeclaration(
            name: "help",
            group: .help,
            summary: "Explain Parlor or one of its commands",
            discussion: """
                Without a command, lists them all. "parlor <command> --help" says the same as "parlor help
                <command>".
                """,
            arguments: [
                ArgumentDeclaration("command", isOptional: true, isRepeatable: true, "The command to explain")
            ],
            options: [.json],
            examples: [
                .init("parlor help", "All commands"),
                .init("parlor help config check", "One of them"),
                .init("parlor help --json", "All of it, for completion and other tools"),
            ],
            success: "the help is shown"),
        work: { try explain($0) })

    private static func explain(_ invocation: Invocation) throws {
        let path = invocation.command.arguments
        guard invocation.main.command(at: path) != nil else { throw unknown(path, in: invocation.main) }
        let terminal = invocation.terminal
        if invocation.command.has(.json) {
            try terminal.write(HelpCatalog.json(main: invocation.main, path: path).pretty + "\n")
        } else {
            let view = HelpView(width: terminal.width, inColor: terminal.allowsColor())
            try terminal.write(view.text(main: invocation.main, path: path))
        }
    }

    /// The same words as for a command line that names the command.
    private static func unknown(_ path: [String], in main: CommandDeclaration) -> ParlorError {
        let known = path.indices.last { main.command(at: path[..<$0]) != nil } ?? 0
        let candidates = main.command(at: path[..<known])?.subcommands.map(\.name) ?? []
        let fault = CommandLineFault.unknownCommand(
            path[known], nearest: nearestWord(to: path[known], among: candidates))
        return fault.explained(path: Array(path[..<known]))
    }
}
