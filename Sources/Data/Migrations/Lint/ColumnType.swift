/// A type as a column has it, by PostgreSQL's own name.
struct ColumnType: Hashable, Sendable, CustomStringConvertible {
    /// The name, like `character varying`.
    let name: String
    /// The numbers in parentheses.
    let modifiers: [Int]
    /// Whether it is an array of that.
    let isArray: Bool

    /// The words that end a type in the definition of a column.
    static let followers: Set<String> = [
        "constraint", "not", "null", "default", "generated", "primary", "unique", "references", "check", "collate",
        "deferrable", "initially", "using", "compression", "storage", "options",
    ]

    init(_ tokens: [SQLToken]) {
        var words: [String] = []
        var numbers: [Int] = []
        var reader = TokenCursor(tokens)
        var hasBrackets = false
        while let token = reader.next {
            if let group = reader.takeGroup() {
                numbers += group.compactMap { $0.kind == .number ? Int($0.text) : nil }
                continue
            }
            reader.takeAny()
            if token.isSymbol("[") || token.isWord("array") { hasBrackets = true }
            // The schema in front of a name says nothing about the kind of type.
            if token.isSymbol(".") { words.removeAll() }
            if let word = token.name, !token.isWord("array") { words.append(word) }
        }
        let said = words.joined(separator: " ")
        name = Self.names[said] ?? said
        modifiers = numbers
        isArray = hasBrackets
    }

    var description: String {
        name + (modifiers.isEmpty ? "" : "(\(modifiers.map(String.init).joined(separator: ",")))")
            + (isArray ? "[]" : "")
    }

    /// Whether a column of it is filled with `nextval`.
    var isSerial: Bool { ["smallserial", "serial", "bigserial"].contains(name) }

    private static let names = [
        "int": "integer", "int4": "integer", "int2": "smallint", "int8": "bigint", "varchar": "character varying",
        "char": "character", "bpchar": "character", "bool": "boolean", "float8": "double precision",
        "float": "double precision", "float4": "real", "decimal": "numeric", "dec": "numeric",
        "timestamptz": "timestamp with time zone", "timestamp": "timestamp without time zone",
        "timetz": "time with time zone", "time": "time without time zone", "varbit": "bit varying",
        "serial4": "serial", "serial8": "bigserial", "serial2": "smallserial",
    ]
}

extension ColumnType {
    /// Whether a column of it can become one of the other without being written anew: every value stays as it is.
    func becomesWithoutRewrite(_ other: ColumnType) -> Bool {
        guard isArray == other.isArray else { return false }
        if self == other { return true }
        switch (name, other.name) {
        case ("character varying", "character varying"), ("bit varying", "bit varying"):
            return other.modifiers.isEmpty || widens(to: other)
        case ("character varying", "text"), ("cidr", "inet"), ("citext", "text"), ("text", "citext"): return true
        case ("text", "character varying"), ("citext", "character varying"), ("character varying", "citext"):
            return other.modifiers.isEmpty
        case ("numeric", "numeric"):
            return other.modifiers.isEmpty || (widens(to: other) && scale == other.scale)
        case ("timestamp with time zone", other.name), ("timestamp without time zone", other.name),
            ("time with time zone", other.name), ("time without time zone", other.name):
            return name == other.name && (other.modifiers.isEmpty || widens(to: other))
        default: return false
        }
    }

    /// Whether values may be cut, rounded or refused on the way.
    func narrows(to other: ColumnType) -> Bool {
        if name == other.name {
            guard let limit = other.modifiers.first else { return false }
            guard let own = modifiers.first else { return true }
            return limit < own || scale > other.scale || (name == "numeric" && limit - other.scale < own - scale)
        }
        if let own = Self.texts[name], let others = Self.texts[other.name] {
            return others < own || !other.modifiers.isEmpty && (modifiers.first ?? .max) > (other.modifiers.first ?? 0)
        }
        if let own = Self.numbers[name], let others = Self.numbers[other.name] { return others < own }
        if let own = Self.times[name], let others = Self.times[other.name] { return others < own }
        return false
    }

    private var scale: Int { modifiers.dropFirst().first ?? 0 }

    private func widens(to other: ColumnType) -> Bool {
        guard let own = modifiers.first, let others = other.modifiers.first else { return false }
        return others >= own
    }

    private static let texts = ["character": 0, "character varying": 1, "text": 1, "citext": 1]
    private static let numbers = [
        "smallint": 0, "integer": 1, "bigint": 2, "real": 3, "double precision": 4, "numeric": 5,
    ]
    private static let times = [
        "date": 0, "time without time zone": 0, "timestamp without time zone": 1, "timestamp with time zone": 1,
    ]
}
