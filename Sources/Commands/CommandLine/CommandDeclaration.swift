package import Basics

/// What a command is called, what it takes, and what people should know about it.
///
/// Parsing, the help texts and `parlor help --json` all read this one declaration.
package struct CommandDeclaration: Sendable {
    /// The headings under which the main help lists the commands, in its order.
    package enum Group: String, CaseIterable, Sendable {
        /// What one types every day.
        case daily = "Daily"
        /// What one does with the servers.
        case operations = "Operations"
        /// What brings the database where the application wants it.
        case database = "Database"
        /// What a deployment runs under its own service manager.
        case role = "One role of it"
        /// What looks after parlor.yaml.
        case configuration = "Configuration"
        /// What explains and proves.
        case help = "Help"
    }

    /// A command line that works, with what it is good for.
    package struct Example: Sendable {
        /// The whole line, `parlor` included.
        package let line: String
        /// What it does, without a full stop.
        package let note: String

        /// An example of the help text.
        package init(_ line: String, _ note: String) {
            self.line = line
            self.note = note
        }
    }

    /// The word one types.
    package let name: String
    /// Where the main help lists it.
    package let group: Group
    /// One line in the imperative, without a full stop.
    package let summary: String
    /// What else one should know: paragraphs, with an empty line between them.
    package let discussion: String
    /// The arguments in their order.
    package let arguments: [ArgumentDeclaration]
    /// The options of this command; the general ones come on top.
    package let options: [OptionDeclaration]
    /// Some lines to start from.
    package let examples: [Example]
    /// What exit status 0 says.
    package let success: String
    /// How it can fail, besides the two ways that every command has.
    package let failures: [ErrorCode]
    /// Whether the launcher script of a checkout does the work, so that the program only explains it.
    package let isOfLauncher: Bool
    /// The commands below it; a command has these or arguments, not both.
    package internal(set) var subcommands: [CommandDeclaration]

    /// A command.
    package init(
        name: String, group: Group, summary: String, discussion: String, arguments: [ArgumentDeclaration] = [],
        options: [OptionDeclaration] = [], examples: [Example] = [], success: String = "it worked",
        failures: [ErrorCode] = [], isOfLauncher: Bool = false, subcommands: [CommandDeclaration] = []
    ) {
        self.name = name
        self.group = group
        self.summary = summary
        self.discussion = discussion
        self.arguments = arguments
        self.options = options
        self.examples = examples
        self.success = success
        self.failures = failures
        self.isOfLauncher = isOfLauncher
        self.subcommands = subcommands
    }
}

extension CommandDeclaration {
    /// The command at the end of `path`, this one for an empty path; nil when a word of it is unknown.
    package func command(at path: some Collection<String>) -> CommandDeclaration? {
        guard let first = path.first else { return self }
        return subcommands.first { $0.name == first }?.command(at: path.dropFirst())
    }

    /// Every way in which it can fail, in the order of the exit statuses.
    package var allFailures: [ErrorCode] {
        ErrorCode.all.filter { $0 == .unexpected || $0 == .usage || failures.contains($0) }
    }

    /// The commands at the ends of the tree with the words that lead there, in their order.
    package var leaves: [(path: [String], command: CommandDeclaration)] {
        subcommands.flatMap { child in
            guard !child.subcommands.isEmpty else { return [(path: [child.name], command: child)] }
            return child.leaves.map { (path: [child.name] + $0.path, command: $0.command) }
        }
    }
}
