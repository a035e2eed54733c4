extension SchemaStatement {
    static func read(_ reader: inout TokenCursor) -> SchemaStatement {
        guard let verb = reader.take(anyOf: verbs) else { return .other }
        switch verb {
        case "create": return readCreate(&reader)
        case "alter": return readAlter(&reader)
        case "drop": return readDrop(&reader)
        case "begin", "commit", "rollback", "abort", "end", "savepoint", "release", "prepare": return .transaction(verb)
        case "start": return reader.take("transaction") ? .transaction("begin") : .other
        case "set": return readSetting(&reader)
        case "comment": return readComment(&reader)
        case "insert": return reader.take("into") ? one(&reader, SchemaStatement.insert) : .other
        case "update":
            _ = reader.take("only")
            return one(&reader) { .update($0, hasCondition: false) }.with(condition: reader.rest)
        case "delete":
            guard reader.take("from") else { return .other }
            _ = reader.take("only")
            return one(&reader) { .delete($0, hasCondition: false) }.with(condition: reader.rest)
        case "truncate":
            _ = reader.take("table")
            return .truncate(reader.takeNames())
        case "lock":
            _ = reader.take("table")
            let names = reader.takeNames()
            return .lockTable(names, lockLevel(reader.rest))
        default: return readMaintenance(verb, &reader)
        }
    }

    private static let verbs: Set<String> = [
        "create", "alter", "drop", "begin", "commit", "rollback", "abort", "end", "savepoint", "release", "start",
        "prepare", "set", "comment", "insert", "update", "delete", "truncate", "lock", "refresh", "cluster", "vacuum",
        "analyze", "reindex",
    ]

    private func with(condition: [SQLToken]) -> SchemaStatement {
        let hasCondition = condition.contains { $0.isWord("where") }
        switch self {
        case .update(let name, _): return .update(name, hasCondition: hasCondition)
        case .delete(let name, _): return .delete(name, hasCondition: hasCondition)
        default: return self
        }
    }

    private static func one(_ reader: inout TokenCursor, _ make: (SQLName) -> SchemaStatement) -> SchemaStatement {
        reader.takeName().map(make) ?? .other
    }

    private static func lockLevel(_ tokens: [SQLToken]) -> LockLevel {
        let words = tokens.filter { $0.kind == .word && !["in", "mode", "nowait"].contains($0.text) }
        let said = words.map { $0.text.uppercased() }.joined(separator: " ")
        return LockLevel.allCases.first { $0.name == said } ?? .accessExclusive
    }

    private static func readSetting(_ reader: inout TokenCursor) -> SchemaStatement {
        if reader.take("transaction") { return .other }
        _ = reader.take("session") || reader.take("local")
        return reader.takeName().map { .setting($0.name) } ?? .other
    }

    private static func readComment(_ reader: inout TokenCursor) -> SchemaStatement {
        guard reader.take("on") else { return .other }
        if reader.take("table") || reader.take("view") || reader.take("materialized", "view") {
            return one(&reader, SchemaStatement.comment)
        }
        guard reader.take("column") else { return .other }
        // The last part is the column.
        var parts: [String] = []
        while let part = reader.takeAny()?.name {
            parts.append(part)
            if !reader.takeSymbol(".") { break }
        }
        guard parts.count > 1 else { return .other }
        return .comment(SQLName(parts[parts.count - 2], in: parts.count > 2 ? parts[parts.count - 3] : nil))
    }

    private static func readMaintenance(_ verb: String, _ reader: inout TokenCursor) -> SchemaStatement {
        switch verb {
        case "refresh":
            _ = reader.take("materialized", "view")
            let isConcurrent = reader.take("concurrently")
            return one(&reader) { .refresh($0, isConcurrent: isConcurrent) }
        case "cluster":
            _ = reader.takeGroup()
            _ = reader.take("verbose")
            return .cluster(reader.takeName())
        case "vacuum":
            let options = reader.takeGroup() ?? []
            let isFull = reader.take("full") || options.contains { $0.isWord("full") }
            while reader.take(anyOf: ["freeze", "verbose", "analyze"]) != nil {}
            return .vacuum(reader.takeName(), isFull: isFull)
        case "analyze":
            _ = reader.takeGroup()
            _ = reader.take("verbose")
            return .analyze(reader.takeName())
        default: return readReindex(&reader)
        }
    }

    private static func readReindex(_ reader: inout TokenCursor) -> SchemaStatement {
        let options = reader.takeGroup() ?? []
        guard let kind = reader.take(anyOf: ["index", "table", "schema", "database", "system"]) else { return .other }
        let isConcurrent = reader.take("concurrently") || options.contains { $0.isWord("concurrently") }
        return .reindex(kind: kind, reader.takeName(), isConcurrent: isConcurrent)
    }
}
