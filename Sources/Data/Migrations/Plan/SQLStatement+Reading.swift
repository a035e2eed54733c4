/// A name as a statement has it, perhaps with the schema in front.
package struct ObjectName: Hashable, Sendable {
    /// The schema; nil when the search path decides.
    package var schema: String?
    /// The name itself.
    package var name: String

    /// A name, perhaps with its schema.
    package init(schema: String? = nil, _ name: String) {
        self.schema = schema
        self.name = name
    }
}

/// Reads the tokens of a statement from the front.
struct StatementReader {
    private var tokens: ArraySlice<SQLToken>

    init(_ statement: SQLStatement) { tokens = statement.tokens[...] }

    var isAtEnd: Bool { tokens.isEmpty }

    /// Takes these words when they come next, all of them or none.
    mutating func take(_ words: String...) -> Bool {
        guard tokens.count >= words.count, zip(tokens, words).allSatisfy({ $0.isWord($1) }) else { return false }
        tokens = tokens.dropFirst(words.count)
        return true
    }

    /// Takes a name with or without its schema; nil when none comes next.
    mutating func takeName() -> ObjectName? {
        guard let first = tokens.first?.name else { return nil }
        tokens = tokens.dropFirst()
        guard tokens.first?.isSymbol(".") == true, let second = tokens.dropFirst().first?.name else {
            return ObjectName(first)
        }
        tokens = tokens.dropFirst(2)
        return ObjectName(schema: first, second)
    }

    /// Takes everything in a pair of parentheses, when one comes next.
    mutating func takeParentheses() -> [SQLToken]? {
        guard tokens.first?.isSymbol("(") == true else { return nil }
        guard let end = tokens.firstIndex(where: { $0.isSymbol(")") }) else { return nil }
        defer { tokens = tokens[(end + 1)...] }
        return Array(tokens[(tokens.startIndex + 1)..<end])
    }

    /// Whether the word comes anywhere from here on.
    func holds(_ word: String) -> Bool { tokens.contains { $0.isWord(word) } }

    /// Goes on to the word; false when it does not come.
    mutating func skip(to word: String) -> Bool {
        guard let index = tokens.firstIndex(where: { $0.isWord(word) }) else { return false }
        tokens = tokens[index...]
        return true
    }
}

extension SQLStatement {
    /// What it is about in a few words, like `CREATE TABLE "Salon"`, without any value that stands in it.
    package var headline: String {
        var words: [String] = []
        for token in tokens.prefix(12) {
            guard words.count < 10 else { break }
            switch token.kind {
            case .word: words.append(Self.keywords.contains(token.text) ? token.text.uppercased() : token.text)
            case .quotedName: words.append("\"\(token.text)\"")
            case .symbol where token.isSymbol("."): words.append(".")
            default: return Self.joined(words)
            }
        }
        return Self.joined(words)
    }

    /// Names are written with the schema at their side.
    private static func joined(_ words: [String]) -> String {
        words.joined(separator: " ").replacing(" . ", with: ".")
    }

    private static let keywords: Set<String> = [
        "add", "all", "alter", "and", "as", "before", "after", "begin", "call", "cluster", "column", "comment",
        "commit",
        "concurrently", "constraint", "create", "cascade", "database", "default", "delete", "detach", "do", "domain",
        "drop", "each", "enable", "enum", "event", "execute", "exists", "extension", "for", "force", "foreign", "from",
        "function", "grant", "if", "in", "index", "insert", "into", "is", "key", "level", "lock", "materialized", "not",
        "null", "of", "on", "only", "or", "order", "owner", "partition", "policy", "primary", "privileges",
        "procedure", "publication", "reindex", "rename", "replace", "restrict", "revoke", "role", "rollback", "row",
        "schema", "security", "select", "sequence", "set", "start", "subscription", "system", "table", "temporary",
        "to", "transaction", "trigger", "truncate", "type", "unique", "unlogged", "update", "user", "using", "vacuum",
        "validate", "value", "values", "view", "with", "where",
    ]
}
