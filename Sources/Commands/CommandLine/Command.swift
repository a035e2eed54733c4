package import Loop

/// A command: what it says about itself, and its work.
package struct Command: Sendable {
    /// What a command does once its line was understood. It ends with status 0 by returning, with another by throwing.
    package typealias Work = @Sendable (Invocation) async throws -> Void

    /// What it says about itself, with that of the commands below it.
    package let declaration: CommandDeclaration
    /// The commands below it.
    package let subcommands: [Command]
    /// What it does; a command without work of its own shows its help.
    package let work: Work?

    /// A command that does something.
    package init(_ declaration: CommandDeclaration, work: Work? = nil) {
        self.declaration = declaration
        self.subcommands = []
        self.work = work
    }

    /// A command that only leads to others.
    package init(_ declaration: CommandDeclaration, subcommands: [Command]) {
        var declaration = declaration
        declaration.subcommands = subcommands.map(\.declaration)
        self.declaration = declaration
        self.subcommands = subcommands
        self.work = nil
    }

    /// The command at the end of `path`, this one for an empty path; nil when a word of it is unknown.
    package func command(at path: some Collection<String>) -> Command? {
        guard let first = path.first else { return self }
        return subcommands.first { $0.declaration.name == first }?.command(at: path.dropFirst())
    }
}

/// A command being run: what was asked for, and where to answer.
package struct Invocation: Sendable {
    /// What was asked for.
    package let command: ParsedCommand
    /// The whole program, for the command that explains it.
    package let main: CommandDeclaration
    /// Where to answer.
    package let terminal: Terminal
    /// The loop that everything runs on.
    package let loop: EventLoop
}
