import Basics

/// The help texts as people read them, wrapped between 80 and 100 columns.
package struct HelpView: Sendable {
    private let width: Int
    private let inColor: Bool

    /// Help for a terminal of some width.
    package init(width: Int, inColor: Bool = false) {
        self.width = min(max(width, 80), 100)
        self.inColor = inColor
    }

    /// The help of the command at `path`; the main help for an empty path.
    package func text(main: CommandDeclaration, path: [String]) -> String {
        let sections = path.isEmpty ? mainSections(main) : commandSections(main.command(at: path) ?? main, path)
        return sections.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") + "\n" }.joined(separator: "\n")
    }

    private func mainSections(_ main: CommandDeclaration) -> [[String]] {
        var sections = [wrapped(main.summary + ".", width: width), usage("parlor <command> [options]")]
        for group in CommandDeclaration.Group.allCases {
            let leaves = main.leaves.filter { $0.command.group == group }
            sections.append(
                section(group.rawValue, leaves.map { ($0.path.joined(separator: " "), $0.command.summary) }, column: 14)
            )
        }
        sections.append(section("Options", (OptionDeclaration.general + main.options).map(row)))
        return sections + paragraphs(main.discussion)
    }

    private func commandSections(_ command: CommandDeclaration, _ path: [String]) -> [[String]] {
        let name = ([command.isOfLauncher ? "./parlor" : "parlor"] + path).joined(separator: " ")
        let operands = command.subcommands.isEmpty ? command.arguments.map(\.usage) : ["<command>"]
        let words = operands + command.options.map { "[\($0.usage)]" }
        var sections = [wrapped(command.summary + ".", width: width), usage(name, words)]
        sections += paragraphs(command.discussion)
        sections.append(section("Commands", command.subcommands.map { ($0.name, $0.summary) }, column: 14))
        sections.append(section("Arguments", command.arguments.map { ($0.usage, $0.help) }))
        sections.append(section("Options", command.options.map(row)))
        sections.append(section("Examples", command.examples.map { ($0.line, $0.note) }, column: 34))
        guard !command.isOfLauncher else { return sections }
        sections.append(section("Options of every command", OptionDeclaration.general.map(row)))
        if command.subcommands.isEmpty { sections.append(exitStatuses(of: command)) }
        return sections
    }

    private func exitStatuses(of command: CommandDeclaration) -> [String] {
        let failures = command.allFailures.map { (String($0.exitStatus), $0.meaning) }
        let rows = ([("0", command.success)] + failures).map { status, meaning in
            (String(repeating: " ", count: 2 - status.count) + status, meaning)
        }
        return section("Exit statuses", rows, column: 4)
    }

    private func row(of option: OptionDeclaration) -> (String, String) {
        let letter = option.letter.map { "-\($0), " } ?? "    "
        var notes: [String] = []
        if case .choice(let words)? = option.value?.kind { notes.append("one of \(words.joined(separator: ", "))") }
        if let standard = option.value?.standard { notes.append("default: \(standard)") }
        if option.isRepeatable { notes.append("may be repeated") }
        let note = notes.isEmpty ? "" : " (\(notes.joined(separator: "; ")))"
        return (letter + option.usage, option.help + note)
    }

    private func usage(_ name: String, _ words: [String] = []) -> [String] {
        var lines = [name]
        for word in words {
            if lines[lines.count - 1].displayWidth + word.displayWidth + 3 <= width {
                lines[lines.count - 1] += " \(word)"
            } else {
                lines.append(String(repeating: " ", count: name.count + 1) + word)
            }
        }
        return [heading("Usage")] + lines.map { "  \($0)" }
    }

    /// A heading with two columns below it; nothing without rows.
    private func section(_ title: String, _ rows: [(String, String)], column: Int = 26) -> [String] {
        guard !rows.isEmpty else { return [] }
        return [heading(title)] + rows.flatMap { twoColumns($0, $1, column: column) }
    }

    private func twoColumns(_ left: String, _ right: String, column: Int) -> [String] {
        let indent = String(repeating: " ", count: column + 2)
        let lines = wrapped(right, width: width - column - 2)
        // What is too long for the left column gets a line of its own.
        guard left.displayWidth <= column - 2 else { return ["  " + left] + lines.map { indent + $0 } }
        let first = "  " + left + String(repeating: " ", count: column - left.displayWidth)
        return lines.enumerated().map { ($0.offset == 0 ? first : indent) + $0.element }
    }

    private func paragraphs(_ text: String) -> [[String]] {
        text.split(separator: "\n\n").map { wrapped(String($0), width: width) }
    }

    private func heading(_ text: String) -> String { Style.bold.applied(to: text, if: inColor) }
}
