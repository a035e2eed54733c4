/// One `import` of a file.
struct Import: Equatable {
    var module: String
    var line: Int

    private static let kinds: Set = ["struct", "class", "enum", "protocol", "typealias", "func", "var", "let", "actor"]

    /// Every import of a file, whatever attributes and access levels stand before it and whatever it picks of the
    /// module.
    static func all(in file: SourceFile) -> [Import] {
        let tokens = file.tokens
        return tokens.indices.compactMap { index in
            guard tokens[index] == "import", tokens.code(at: index - 1) != "." else { return nil }
            let picks = tokens.code(at: index + 1).map(kinds.contains) ?? false
            let module = index + (picks ? 2 : 1)
            guard tokens.indices.contains(module), tokens[module].kind == .word, !tokens[module].startsLine else {
                return nil
            }
            return Import(module: tokens[module].text, line: tokens[index].line)
        }
    }
}
