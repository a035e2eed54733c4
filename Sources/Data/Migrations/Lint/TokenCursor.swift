/// Walks over the tokens of a statement.
struct TokenCursor {
    private let tokens: [SQLToken]
    private(set) var position = 0

    init(_ tokens: [SQLToken]) { self.tokens = tokens }

    var isAtEnd: Bool { position >= tokens.count }

    /// The next token, which stays.
    var next: SQLToken? { isAtEnd ? nil : tokens[position] }

    /// The tokens that are left.
    var rest: [SQLToken] { Array(tokens[min(position, tokens.count)...]) }

    /// Goes over these keywords, if they are all there.
    mutating func take(_ words: String...) -> Bool {
        guard position + words.count <= tokens.count,
            zip(tokens[position...], words).allSatisfy({ $0.isWord($1) })
        else { return false }
        position += words.count
        return true
    }

    /// Goes over one of these keywords, and says which.
    mutating func take(anyOf words: Set<String>) -> String? {
        guard let token = next, token.kind == .word, words.contains(token.text) else { return nil }
        position += 1
        return token.text
    }

    /// Goes over a symbol, if it is there.
    mutating func takeSymbol(_ symbol: String) -> Bool {
        guard next?.isSymbol(symbol) == true else { return false }
        position += 1
        return true
    }

    /// Goes over one token, whatever it is.
    @discardableResult mutating func takeAny() -> SQLToken? {
        guard let token = next else { return nil }
        position += 1
        return token
    }

    /// A name, of which the last two parts count.
    mutating func takeName() -> SQLName? {
        guard var name = next?.name else { return nil }
        position += 1
        var schema: String?
        while next?.isSymbol(".") == true, position + 1 < tokens.count, let part = tokens[position + 1].name {
            (schema, name) = (name, part)
            position += 2
        }
        return SQLName(name, in: schema)
    }

    /// Names with commas between them.
    mutating func takeNames() -> [SQLName] {
        var names: [SQLName] = []
        repeat {
            _ = take("only")
            guard let name = takeName() else { break }
            _ = takeSymbol("*")
            names.append(name)
        } while takeSymbol(",")
        return names
    }

    /// What stands in the parentheses that come next, without them; nil when there are none.
    mutating func takeGroup() -> [SQLToken]? {
        guard next?.isSymbol("(") == true else { return nil }
        let start = position + 1
        var depth = 0
        repeat {
            if next?.isSymbol("(") == true { depth += 1 }
            if next?.isSymbol(")") == true { depth -= 1 }
            position += 1
        } while depth > 0 && !isAtEnd
        return Array(tokens[start..<max(start, position - 1)])
    }

    /// The tokens up to one of these keywords, or the end; what stands in parentheses is gone over.
    mutating func take(untilAnyOf words: Set<String>) -> [SQLToken] {
        let start = position
        while let token = next, !(token.kind == .word && words.contains(token.text)) {
            if token.isSymbol("(") { _ = takeGroup() } else { position += 1 }
        }
        return Array(tokens[start..<position])
    }

    /// `if exists` or `if not exists`.
    mutating func takeCondition() { _ = take("if", "exists") || take("if", "not", "exists") }
}

extension [SQLToken] {
    /// The parts between commas outside of parentheses and brackets.
    func splitAtCommas() -> [[SQLToken]] {
        var parts: [[SQLToken]] = [[]]
        var depth = 0
        for token in self {
            if token.isSymbol("(") || token.isSymbol("[") { depth += 1 }
            if token.isSymbol(")") || token.isSymbol("]") { depth -= 1 }
            if depth == 0, token.isSymbol(",") { parts.append([]) } else { parts[parts.count - 1].append(token) }
        }
        return parts.filter { !$0.isEmpty }
    }

    /// Whether these keywords stand somewhere in it, one behind the other.
    func contains(words: String...) -> Bool {
        indices.contains { index in
            index + words.count <= count && zip(self[index...], words).allSatisfy { $0.isWord($1) }
        }
    }
}
