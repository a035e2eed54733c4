extension SchemaStatement {
    // MARK: - CREATE

    static func readCreate(_ reader: inout TokenCursor) -> SchemaStatement {
        let isReplacement = reader.take("or", "replace")
        while reader.take(anyOf: ["temporary", "temp", "unlogged", "global", "local", "recursive", "constraint"]) != nil
        {}
        if reader.take("unique", "index") { return readIndex(&reader, isUnique: true) }
        let kinds: Set<String> = [
            "table", "index", "trigger", "policy", "rule", "view", "materialized", "type", "domain", "extension",
            "statistics", "database", "tablespace",
        ]
        switch reader.take(anyOf: kinds) {
        case "table": return readTable(&reader)
        case "index": return readIndex(&reader, isUnique: false)
        case "trigger": return attachment(&reader, SchemaStatement.createTrigger)
        case "policy", "rule": return attachment(&reader, SchemaStatement.changeAttachment)
        case "view", "materialized":
            _ = reader.take("view")
            reader.takeCondition()
            return reader.takeName().map { .createView($0, isReplacement: isReplacement) } ?? .other
        case "type", "domain": return reader.takeName().map { .createType($0) } ?? .other
        case "extension":
            reader.takeCondition()
            return reader.takeName().map { .createExtension($0.name) } ?? .other
        case "statistics":
            _ = reader.take(untilAnyOf: ["from"])
            return reader.take("from") ? reader.takeName().map { .statistics($0) } ?? .other : .other
        case "database": return .outsideTransaction("CREATE DATABASE")
        case "tablespace": return .outsideTransaction("CREATE TABLESPACE")
        default: return .other
        }
    }

    /// The table behind ON; of a rule that behind TO.
    private static func attachment(
        _ reader: inout TokenCursor, _ make: (SQLName) -> SchemaStatement
    ) -> SchemaStatement {
        _ = reader.take(untilAnyOf: ["on"])
        guard reader.take("on") else { return .other }
        if reader.take(anyOf: ["select", "insert", "update", "delete"]) != nil { _ = reader.take("to") }
        return reader.takeName().map(make) ?? .other
    }

    private static func readTable(_ reader: inout TokenCursor) -> SchemaStatement {
        reader.takeCondition()
        guard let name = reader.takeName() else { return .other }
        var table = TableCreation(name: name)
        if reader.take("partition", "of") { table.partitionOf = reader.takeName() }
        for part in (reader.takeGroup() ?? []).splitAtCommas() {
            if let constraint = ConstraintDefinition(part) {
                table.constraints.append(constraint)
            } else if part.first?.isWord("like") != true, let column = ColumnDefinition(part) {
                table.columns.append(column)
            }
        }
        if reader.take("inherits") {
            table.inherits = (reader.takeGroup() ?? []).splitAtCommas().compactMap { part in
                var names = TokenCursor(part)
                return names.takeName()
            }
        }
        return .createTable(table)
    }

    private static func readIndex(_ reader: inout TokenCursor, isUnique: Bool) -> SchemaStatement {
        let isConcurrent = reader.take("concurrently")
        reader.takeCondition()
        let name = reader.next?.isWord("on") == true ? nil : reader.takeName()
        guard reader.take("on") else { return .other }
        _ = reader.take("only")
        guard let table = reader.takeName() else { return .other }
        return .createIndex(IndexCreation(name: name, table: table, isUnique: isUnique, isConcurrent: isConcurrent))
    }

    // MARK: - ALTER

    static func readAlter(_ reader: inout TokenCursor) -> SchemaStatement {
        _ = reader.take("foreign") || reader.take("materialized")
        let kinds: Set<String> = ["table", "view", "index", "trigger", "policy", "rule", "type", "system"]
        switch reader.take(anyOf: kinds) {
        case "table", "view":
            reader.takeCondition()
            _ = reader.take("only")
            guard let name = reader.takeName() else { return .other }
            _ = reader.takeSymbol("*")
            return .alterTable(name, reader.rest.splitAtCommas().map { TableChange($0) })
        case "index":
            reader.takeCondition()
            guard let name = reader.takeName() else { return .other }
            return reader.take("rename") ? .renameIndex(name) : .other
        case "trigger", "policy", "rule": return attachment(&reader, SchemaStatement.changeAttachment)
        case "type": return readType(&reader)
        case "system": return .outsideTransaction("ALTER SYSTEM")
        default: return .other
        }
    }

    private static func readType(_ reader: inout TokenCursor) -> SchemaStatement {
        guard let name = reader.takeName() else { return .other }
        if reader.take("add", "value") {
            reader.takeCondition()
            guard let value = reader.takeAny()?.text else { return .other }
            return .addEnumValue(name, value)
        }
        return reader.take("drop", "value") ? .dropEnumValue(name) : .other
    }

    // MARK: - DROP

    static func readDrop(_ reader: inout TokenCursor) -> SchemaStatement {
        _ = reader.take("foreign") || reader.take("materialized")
        let kinds: Set<String> = ["table", "view", "index", "trigger", "policy", "rule", "database", "tablespace"]
        switch reader.take(anyOf: kinds) {
        case "table":
            reader.takeCondition()
            return .dropTable(reader.takeNames())
        case "view":
            reader.takeCondition()
            return .dropView(reader.takeNames())
        case "index":
            let isConcurrent = reader.take("concurrently")
            reader.takeCondition()
            return .dropIndex(reader.takeNames(), isConcurrent: isConcurrent)
        case "trigger", "policy", "rule":
            reader.takeCondition()
            return attachment(&reader, SchemaStatement.changeAttachment)
        case "database": return .outsideTransaction("DROP DATABASE")
        case "tablespace": return .outsideTransaction("DROP TABLESPACE")
        default: return .other
        }
    }
}
