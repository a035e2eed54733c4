import Basics

/// The commands and options of the program, as `parlor help --json` lists them.
struct CommandList {
    struct Command {
        var name: String
        var options: Set<String>
        var subcommands: [Command]
    }

    var program: Command

    /// What `./parlor test` hands on to `swift test`.
    private static let handedOn: Set = ["--filter", "--skip", "--no-parallel", "--num-workers", "--verbose"]

    /// Nil when the JSON has another shape.
    init?(_ json: JSON) {
        guard let commands = json["commands"]?.elements else { return nil }
        program = Command(
            name: "./parlor", options: CommandList.options(json), subcommands: commands.compactMap(CommandList.command))
        guard program.subcommands.count == commands.count else { return nil }
    }

    private static func options(_ json: JSON) -> Set<String> {
        Set((json["options"]?.elements ?? []).compactMap(\.text))
    }

    private static func command(_ json: JSON) -> Command? {
        guard let name = json["name"]?.text else { return nil }
        let options = options(json).union(name == "test" ? handedOn : [])
        return Command(
            name: name, options: options, subcommands: (json["subcommands"]?.elements ?? []).compactMap(command))
    }

    /// What is wrong with a command line that begins with the program; nil when all of it exists.
    func objection(to words: [String]) -> String? {
        var command = program
        var path = program.name
        var options = program.options
        var mayBeValue = false
        for word in words.dropFirst() {
            if word == "--" || word == "…" || word == "..." { return nil }
            if word.hasPrefix("-"), word.count > 1 {
                let option = String(word.prefix { $0 != "=" })
                guard options.contains(option) else { return "\(path) has no option \(suggestion(option, options))" }
                mayBeValue = !word.contains("=")
            } else if let next = command.subcommands.first(where: { $0.name == word }) {
                command = next
                path += " \(word)"
                options.formUnion(next.options)
                mayBeValue = false
            } else {
                let known = command.subcommands.map(\.name)
                guard mayBeValue || known.isEmpty else { return "\(path) has no command \(suggestion(word, known))" }
                mayBeValue = false
            }
        }
        return nil
    }

    private func suggestion(_ word: String, _ known: some Sequence<String>) -> String {
        "\(word); \(didYouMean(word, among: known) ?? "correct the page, or add it to the program")"
    }
}
