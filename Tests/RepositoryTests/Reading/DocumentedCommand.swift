/// A command line of the program in a code block of a page.
struct DocumentedCommand: Equatable {
    var line: Int
    var words: [String]

    private static let separators: Set = ["&&", "||", "|", ";", "&", ">", ">>", "<"]

    /// Every command line that begins with `./parlor` in the fenced blocks of a Markdown file.
    static func all(in file: SourceFile) -> [DocumentedCommand] {
        var found: [DocumentedCommand] = []
        var isCode = false
        var pending = ""
        for (index, line) in file.lines.enumerated() {
            if line.drop(while: { $0 == " " }).hasPrefix("```") {
                isCode.toggle()
                pending = ""
            } else if isCode, line.hasSuffix("\\") {
                pending += line.dropLast() + " "
            } else if isCode {
                found += commands(in: pending + line).map { DocumentedCommand(line: index + 1, words: $0) }
                pending = ""
            }
        }
        return found
    }

    private static func commands(in line: String) -> [[String]] {
        var commands: [[String]] = []
        var isCommand = false
        for word in words(in: line) {
            if word.hasPrefix("#") { break }
            if word == "./parlor" {
                isCommand = true
                commands.append([word])
            } else if separators.contains(word) {
                isCommand = false
            } else if isCommand {
                commands[commands.count - 1].append(word)
            }
        }
        return commands
    }

    /// The words of a shell line: quotes keep one together; brackets of a usage line and of a subshell are not part of
    /// it.
    private static func words(in line: String) -> [String] {
        var words: [String] = []
        var word = ""
        var quote: Character?
        for character in line {
            if character == quote {
                quote = nil
            } else if quote != nil {
                word.append(character)
            } else if character == "\"" || character == "'" {
                quote = character
            } else if " \t()[];".contains(character) {
                words.append(word)
                words.append(character == ";" ? ";" : "")
                word = ""
            } else {
                word.append(character)
            }
        }
        return (words + [word]).filter { !$0.isEmpty }
    }
}
