package import Basics

/// A command line that was understood.
package struct ParsedCommand: Equatable, Sendable {
    /// The words that lead to the command, like `config`, `check`.
    package var path: [String] = []
    /// The long names of the flags that were given.
    package var flags: Set<String> = []
    /// The values by the long names of their options, in the order of the line.
    package var values: [String: [String]] = [:]
    /// The arguments in their order.
    package var arguments: [String] = []

    /// Nothing given yet.
    package init() {}

    /// Whether a flag was given.
    package func has(_ flag: OptionDeclaration) -> Bool { flags.contains(flag.name) }

    /// The value of an option, else its default.
    package func value(of option: OptionDeclaration) -> String? {
        values[option.name]?.last ?? option.value?.standard
    }

    /// All values of a repeatable option, in their order.
    package func values(of option: OptionDeclaration) -> [String] { values[option.name] ?? [] }

    /// The value of an option of kind `count`, else its default.
    package func count(of option: OptionDeclaration) -> Int? { value(of: option).flatMap { Int($0) } }

    /// The value of an option of kind `duration`, else its default.
    package func duration(of option: OptionDeclaration) -> Duration? {
        value(of: option).flatMap { Duration(text: $0) }
    }

    /// The value of an option of kind `bytes`, else its default.
    package func bytes(of option: OptionDeclaration) -> ByteCount? { value(of: option).flatMap { ByteCount($0) } }
}

/// What a command line asks for.
package enum CommandLineRequest: Equatable, Sendable {
    /// The help of the command at a path; the main help for an empty path.
    case help([String])
    /// The version of the program.
    case version
    /// The work of a command.
    case command(ParsedCommand)
}
