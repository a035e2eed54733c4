/// Which statements are prepared on a connection under which names.
///
/// Invariant: at most `limit` names are known; a name that was dropped is never given again.
struct StatementCache {
    /// The same text with other types of parameters is another statement.
    struct Key: Hashable {
        var sql: String
        var types: [UInt32]

        /// Of the length and the end of a text that may be thousands of bytes long: whether it is the same is seen
        /// in comparing the two, which most often are the same piece of memory.
        func hash(into hasher: inout Hasher) {
            hasher.combine(sql.utf8.count)
            hasher.combine(sql.utf8.suffix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
        }
    }

    /// What to do for a statement.
    enum Answer: Equatable {
        /// It is prepared.
        case known(String)
        /// Prepare it under this name, and drop the other one if there is one.
        case unknown(String, dropping: String?)
    }

    private struct Entry {
        var name: String
        var lastUse: UInt64
    }

    private let limit: Int
    private var entries: [Key: Entry] = [:]
    private var uses: UInt64 = 0
    private var names: UInt64 = 0

    init(limit: Int) {
        precondition(limit > 0, "a cache holds at least one statement")
        self.limit = limit
    }

    var count: Int { entries.count }

    mutating func use(_ key: Key) -> Answer {
        uses += 1
        if let place = entries.index(forKey: key) {
            entries.values[place].lastUse = uses
            return .known(entries.values[place].name)
        }
        let dropped = entries.count < limit ? nil : entries.min { $0.value.lastUse < $1.value.lastUse }
        if let dropped { entries[dropped.key] = nil }
        names += 1
        let name = "parlor_\(names)"
        entries[key] = Entry(name: name, lastUse: uses)
        return .unknown(name, dropping: dropped?.value.name)
    }

    /// Takes a name back that is not prepared after all.
    mutating func forget(_ name: String) {
        guard let key = entries.first(where: { $0.value.name == name })?.key else { return }
        entries[key] = nil
    }
}
