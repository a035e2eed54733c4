package import Basics

/// Reads a command line strictly: nothing is guessed, abbreviated or overlooked.
///
/// Accepted are `--name value`, `--name=value`, `-n value`, `-n50`, `-n=50`, flags in one word like `-jw`, and `--`
/// before arguments that begin with a dash; options and arguments may stand in any order. A flag may be repeated, a
/// value only where the option says so. A word like `-5` counts as a number.
package struct CommandLineParser: Sendable {
    private let main: CommandDeclaration
    private let general: [OptionDeclaration]

    /// A parser for the commands below `main`, each with the `general` options on top of its own.
    package init(main: CommandDeclaration, general: [OptionDeclaration]) {
        self.main = main
        self.general = general
    }

    /// What `arguments`, without the program's name, ask for.
    ///
    /// Help wins: whoever asks for it anywhere on the line gets it for the command that the line had reached.
    package func parse(_ arguments: [String]) throws(ParlorError) -> CommandLineRequest {
        let help = OptionDeclaration.help
        var reader = CommandLineReader(command: main, general: general, words: arguments)
        do throws(CommandLineFault) {
            try reader.read()
        } catch {
            let asksForHelp = arguments.prefix { $0 != "--" }.contains { $0 == help.spelling || $0 == "-h" }
            guard asksForHelp, !error.isUnknownCommand else { throw error.explained(path: reader.parsed.path) }
            return .help(reader.parsed.path)
        }
        if reader.parsed.has(help) { return .help(reader.parsed.path) }
        if reader.parsed.has(.version) { return .version }
        return reader.command.subcommands.isEmpty ? .command(reader.parsed) : .help(reader.parsed.path)
    }
}

/// Goes through the words of a command line, from one command down to the next.
private struct CommandLineReader {
    private(set) var command: CommandDeclaration
    private(set) var parsed = ParsedCommand()
    private let general: [OptionDeclaration]
    private var words: ArraySlice<String>
    private var optionsEnded = false

    init(command: CommandDeclaration, general: [OptionDeclaration], words: [String]) {
        self.command = command
        self.general = general
        self.words = words[...]
    }

    private var options: [OptionDeclaration] { command.options + general }

    mutating func read() throws(CommandLineFault) {
        while let word = words.popFirst() {
            if !optionsEnded && word == "--" {
                optionsEnded = true
            } else if optionsEnded || !looksLikeOption(word) {
                try takeWord(word)
            } else if word.hasPrefix("--") {
                try takeLongOption(word)
            } else {
                try takeLetters(word)
            }
        }
        // A line that asks for help need not be complete.
        guard !parsed.has(.help) else { return }
        let needed = command.arguments.filter { !$0.isOptional }
        if parsed.arguments.count < needed.count {
            throw .argumentMissing(needed[parsed.arguments.count].usage)
        }
    }

    private mutating func takeWord(_ word: String) throws(CommandLineFault) {
        guard command.subcommands.isEmpty else {
            guard let next = command.subcommands.first(where: { $0.name == word }) else {
                throw .unknownCommand(word, nearest: nearestWord(to: word, among: command.subcommands.map(\.name)))
            }
            parsed.path.append(word)
            command = next
            return
        }
        guard parsed.arguments.count < command.arguments.count || command.arguments.last?.isRepeatable == true else {
            throw .argumentUnexpected(word, limit: command.arguments.count)
        }
        parsed.arguments.append(word)
    }

    private mutating func takeLongOption(_ word: String) throws(CommandLineFault) {
        let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        guard let option = options.first(where: { $0.name == name }) else { throw unknownOption(name) }
        try take(option, attached: parts.count > 1 ? String(parts[1]) : nil)
    }

    private mutating func takeLetters(_ word: String) throws(CommandLineFault) {
        var letters = word.dropFirst()
        while let letter = letters.popFirst() {
            guard let option = options.first(where: { $0.letter == letter }) else {
                // `-json` is more likely a slip for `--json` than four letters.
                let long = options.first { $0.name == word.dropFirst() }?.spelling
                throw .unknownOption("-\(letter)", nearest: long, belongsAfterCommand: false)
            }
            if option.value != nil || letters.first == "=" {
                let value = letters.first == "=" ? letters.dropFirst() : letters
                try take(option, attached: letters.isEmpty ? nil : String(value))
                return
            }
            try take(option, attached: nil)
        }
    }

    private mutating func take(_ option: OptionDeclaration, attached: String?) throws(CommandLineFault) {
        guard let value = option.value else {
            guard attached == nil else { throw .valueUnwanted(option.spelling) }
            parsed.flags.insert(option.name)
            return
        }
        let text = if let attached { attached } else { try nextValue(of: option) }
        guard value.kind.accepts(text) else {
            throw .valueRefused(
                option.spelling, expectation: value.kind.expectation, given: value.kind.mayBeShown ? text : nil,
                nearest: value.kind.suggestion(for: text))
        }
        guard option.isRepeatable || parsed.values[option.name] == nil else { throw .repeated(option.spelling) }
        parsed.values[option.name, default: []].append(text)
    }

    private mutating func nextValue(of option: OptionDeclaration) throws(CommandLineFault) -> String {
        guard let next = words.first, !looksLikeOption(next) else {
            throw .valueMissing(option.usage, option: option.spelling, next: words.first)
        }
        words.removeFirst()
        return next
    }

    private func unknownOption(_ name: String) -> CommandLineFault {
        let isOfCommand = command.leaves.contains { leaf in leaf.command.options.contains { $0.name == name } }
        let near = isOfCommand ? nil : nearestWord(to: name, among: options.map(\.name)).map { "--\($0)" }
        return .unknownOption("--\(name)", nearest: near, belongsAfterCommand: isOfCommand)
    }
}

/// Whether a word is an option by its form: it begins with a dash, and is neither a lone dash nor a negative number.
private func looksLikeOption(_ word: String) -> Bool {
    guard word.hasPrefix("-"), word != "-" else { return false }
    let beginsLikeNumber = word.dropFirst().first.map { $0 == "." || ("0"..."9").contains($0) } ?? false
    return !(beginsLikeNumber && Double(word) != nil)
}
