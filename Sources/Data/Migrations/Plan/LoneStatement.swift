/// A statement that the server refuses inside of a transaction, and how the catalog tells what became of it.
package struct LoneStatement: Hashable, Sendable {
    /// What remains in the catalog once it has run.
    package enum Effect: Hashable, Sendable {
        /// A valid index.
        case index(String, on: ObjectName)
        /// An index is gone.
        case noIndex(ObjectName)
        /// Nothing new; on failure, indexes whose names end in `_ccnew` or `_ccold`.
        case reindex(ReindexScope)
        /// A partition belongs to its table no more.
        case detached(ObjectName, from: ObjectName)
        /// A database.
        case database(String)
        /// A database is gone.
        case noDatabase(String)
        /// Nothing that doing it twice would change.
        case repeatable
        /// Nobody can tell from the catalog.
        case unknown
    }

    /// What REINDEX goes over.
    package enum ReindexScope: Hashable, Sendable {
        /// One index.
        case index(ObjectName)
        /// The indexes of one table.
        case table(ObjectName)
        /// More than that.
        case everything
    }

    /// The statement.
    package let statement: SQLStatement
    /// What remains of it.
    package let effect: Effect
    /// Whether it waits for others without anybody queueing behind it.
    package let standsInNobodysWay: Bool

    /// Reads a statement; nil when it may run inside of a transaction.
    package init?(_ statement: SQLStatement) {
        guard let (effect, standsInNobodysWay) = Self.read(statement) else { return nil }
        self.statement = statement
        self.effect = effect
        self.standsInNobodysWay = standsInNobodysWay
    }

    private static func read(_ statement: SQLStatement) -> (Effect, Bool)? {
        var reader = StatementReader(statement)
        if reader.take("create") { return create(&reader) }
        if reader.take("drop") { return drop(&reader) }
        if reader.take("alter") { return alter(&reader, statement) }
        if reader.take("reindex") { return reindex(&reader) }
        if reader.take("vacuum") { return (.repeatable, !reader.holds("full")) }
        if reader.take("cluster") {
            return reader.isAtEnd || reader.take("verbose") && reader.isAtEnd ? (.repeatable, false) : nil
        }
        if reader.take("discard", "all") { return (.repeatable, true) }
        return nil
    }

    private static func create(_ reader: inout StatementReader) -> (Effect, Bool)? {
        if reader.take("database") { return (reader.takeName().map { .database($0.name) } ?? .unknown, false) }
        if reader.take("tablespace") { return (.unknown, false) }
        if reader.take("subscription") {
            return reader.holds("create_slot") || reader.holds("connect") ? nil : (.unknown, false)
        }
        _ = reader.take("unique")
        guard reader.take("index", "concurrently") else { return nil }
        _ = reader.take("if", "not", "exists")
        guard !reader.take("on"), let name = reader.takeName(), reader.take("on") else { return (.unknown, true) }
        _ = reader.take("only")
        guard let table = reader.takeName() else { return (.unknown, true) }
        return (.index(name.name, on: table), true)
    }

    private static func drop(_ reader: inout StatementReader) -> (Effect, Bool)? {
        if reader.take("database") {
            _ = reader.take("if", "exists")
            return (reader.takeName().map { .noDatabase($0.name) } ?? .unknown, false)
        }
        if reader.take("tablespace") || reader.take("subscription") { return (.unknown, false) }
        guard reader.take("index", "concurrently") else { return nil }
        _ = reader.take("if", "exists")
        return (reader.takeName().map { .noIndex($0) } ?? .unknown, true)
    }

    private static func alter(_ reader: inout StatementReader, _ statement: SQLStatement) -> (Effect, Bool)? {
        if reader.take("system") { return (.repeatable, true) }
        if reader.take("database") {
            _ = reader.takeName()
            return reader.take("set", "tablespace") ? (.repeatable, false) : nil
        }
        if reader.take("subscription") {
            return reader.holds("refresh") || reader.holds("publication") ? (.unknown, false) : nil
        }
        guard reader.take("table") else { return nil }
        _ = reader.take("if", "exists")
        _ = reader.take("only")
        guard let table = reader.takeName(), reader.take("detach", "partition"), let partition = reader.takeName(),
            reader.take("concurrently")
        else { return nil }
        return (.detached(partition, from: table), true)
    }

    private static func reindex(_ reader: inout StatementReader) -> (Effect, Bool)? {
        var isConcurrent = false
        if let options = reader.takeParentheses() {
            isConcurrent =
                options.contains { $0.isWord("concurrently") }
                && !options.contains { $0.isWord("false") || $0.isWord("off") }
        }
        let kinds = ["index", "table", "schema", "database", "system"]
        guard let kind = kinds.first(where: { reader.take($0) }) else { return nil }
        if reader.take("concurrently") { isConcurrent = true }
        guard isConcurrent else { return ["index", "table"].contains(kind) ? nil : (.repeatable, false) }
        guard let name = reader.takeName() else { return (.reindex(.everything), true) }
        return switch kind {
        case "index": (.reindex(.index(name)), true)
        case "table": (.reindex(.table(name)), true)
        default: (.reindex(.everything), true)
        }
    }
}
