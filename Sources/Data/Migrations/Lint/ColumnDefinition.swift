/// A column as CREATE TABLE and ADD COLUMN define it.
struct ColumnDefinition: Hashable, Sendable {
    let name: String
    let type: ColumnType
    private(set) var isNotNull = false
    private(set) var defaultValue: [SQLToken]?
    private(set) var isGenerated = false
    private(set) var isIdentity = false
    private(set) var isKey = false
    private(set) var hasCheck = false
    private(set) var references: SQLName?

    init?(_ tokens: [SQLToken]) {
        var reader = TokenCursor(tokens)
        guard let name = reader.takeName()?.name else { return nil }
        self.name = name
        type = ColumnType(reader.take(untilAnyOf: ColumnType.followers))
        while !reader.isAtEnd { readConstraint(&reader) }
    }

    /// Whether adding it fills every row with a value of its own, so that the table is written anew.
    var isFilledRowByRow: Bool {
        type.isSerial || isGenerated || isIdentity || defaultValue.map(Self.isVolatile) == true
    }

    private mutating func readConstraint(_ reader: inout TokenCursor) {
        if reader.take("not", "null") {
            isNotNull = true
        } else if reader.take("default") {
            defaultValue = reader.take(untilAnyOf: ColumnType.followers)
            // `DEFAULT NULL` is none.
            if defaultValue?.isEmpty == true { _ = reader.take("null") }
            if defaultValue?.isEmpty == true { defaultValue = nil }
        } else if reader.take("generated") {
            let isStored = reader.rest.contains(words: "identity") == false
            (isGenerated, isIdentity) = (isStored, !isStored)
            _ = reader.take(untilAnyOf: ["constraint", "not", "primary", "unique", "references"])
        } else if reader.take("primary", "key") {
            (isKey, isNotNull) = (true, true)
        } else if reader.take("unique") {
            isKey = true
        } else if reader.take("check") {
            hasCheck = true
        } else if reader.take("references") {
            references = reader.takeName()
        } else {
            reader.takeAny()
        }
    }

    /// Whether an expression calls anything that is not known to give the same value for every row of a statement.
    static func isVolatile(_ tokens: [SQLToken]) -> Bool {
        tokens.indices.dropLast().contains { index in
            guard tokens[index + 1].isSymbol("("), let name = tokens[index].name else { return false }
            let isType = index > 0 && (tokens[index - 1].isSymbol("::") || tokens[index - 1].isWord("as"))
            return !isType && !steady.contains(name)
        }
    }

    private static let steady: Set<String> = [
        "now", "transaction_timestamp", "statement_timestamp", "current_timestamp", "localtimestamp", "current_time",
        "localtime", "lower", "upper", "md5", "concat", "coalesce", "nullif", "greatest", "least", "cast", "array",
        "make_interval", "make_date", "make_timestamp", "date_trunc", "timezone", "to_timestamp", "extract", "row",
        "jsonb_build_object", "jsonb_build_array", "json_build_object", "json_build_array", "current_setting",
        "current_database", "int4range", "int8range", "tstzrange", "tsrange", "daterange", "numrange", "numeric",
        "varchar", "char", "interval", "to_tsvector", "abs", "round", "floor", "ceil", "length", "repeat", "encode",
        "decode", "sha256", "and", "or", "not", "in", "any", "all",
    ]
}
