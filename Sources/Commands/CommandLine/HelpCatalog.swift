package import Basics

/// The commands for tooling: completion, and the check that the documents name only what exists.
package enum HelpCatalog {
    /// The commands below `main`, or only the one at `path`, with the options that every command takes.
    package static func json(main: CommandDeclaration, path: [String] = []) -> JSON {
        let commands = path.isEmpty ? main.subcommands : main.command(at: path).map { [$0] } ?? []
        return [
            "commands": .array(commands.map(describe)),
            "options": names(of: OptionDeclaration.general + main.options),
        ]
    }

    private static func describe(_ command: CommandDeclaration) -> JSON {
        [
            "name": .string(command.name),
            "summary": .string(command.summary),
            "options": names(of: command.options),
            "arguments": .array(command.arguments.map { .string($0.usage) }),
            "subcommands": .array(command.subcommands.map(describe)),
        ]
    }

    private static func names(of options: [OptionDeclaration]) -> JSON { .array(options.map { .string($0.spelling) }) }
}
