extension OptionDeclaration {
    /// What every command takes.
    package static let general: [OptionDeclaration] = [config, set, noColor, debug, help]

    /// The options that stand without a command, besides the general ones.
    package static let version = flag("version", "Print the version of Parlor")

    /// Another configuration file.
    package static let config = value(
        "config", ValueDeclaration("<file>"), "Read this file instead of parlor.yaml")

    /// Single settings.
    package static let set = value(
        "set", ValueDeclaration("<key>=<value>", .assignment), isRepeatable: true,
        "Change one setting")

    /// Plain text.
    package static let noColor = flag("no-color", "Print without colour, as NO_COLOR does")

    /// Full errors.
    package static let debug = flag(
        "debug", "Print errors in full, private data included")

    /// Help anywhere on the line.
    package static let help = flag("help", letter: "h", "Print the help of the command")

    /// For programs: every command that reads has it.
    package static let json = flag("json", letter: "j", "Print JSON instead of text, errors included")

    /// The plan alone.
    package static let dryRun = flag("dry-run", "Print the plan and change nothing")

    /// The consent to what cannot be undone.
    package static let yes = flag("yes", letter: "y", "Do not ask")
}
