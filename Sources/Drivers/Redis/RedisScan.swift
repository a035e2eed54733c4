/// Walks through keys, or through what a key holds, without stopping the server.
///
/// Everything that is there from the beginning to the end comes at least once; what is added or removed meanwhile may
/// come or not. A page that the server gives too little on is followed by the next one.
public struct RedisScan: AsyncSequence {
    /// What is walked through.
    public enum Place: Sendable {
        /// The names of the database's keys.
        case keys
        /// The members of a set.
        case set(String)
        /// The fields and values of a hash, one after the other.
        case hash(String)
        /// The members and scores of a sorted set, one after the other.
        case sortedSet(String)
    }

    let connection: RedisConnection
    let place: Place
    let pattern: String?
    let count: Int
    let limit: Duration?

    /// Begins at the beginning.
    public func makeAsyncIterator() -> Iterator { Iterator(self) }

    func page(after cursor: String) -> RedisCommand {
        var words: [any RedisArgument]
        let name: String
        switch place {
        case .keys: (name, words) = ("SCAN", [cursor])
        case .set(let key): (name, words) = ("SSCAN", [key, cursor])
        case .hash(let key): (name, words) = ("HSCAN", [key, cursor])
        case .sortedSet(let key): (name, words) = ("ZSCAN", [key, cursor])
        }
        if let pattern { words += ["MATCH", pattern] as [any RedisArgument] }
        words += ["COUNT", count] as [any RedisArgument]
        return RedisCommand(name, arguments: words, isSafeToRepeat: true)
    }

    /// One walk.
    public struct Iterator: AsyncIteratorProtocol {
        private let scan: RedisScan
        private var page: ArraySlice<RedisValue> = []
        private var cursor: String? = "0"

        init(_ scan: RedisScan) { self.scan = scan }

        /// The next one; nil at the end.
        public mutating func next() async throws -> RedisValue? {
            while page.isEmpty {
                guard let position = cursor else { return nil }
                let reply = try await scan.connection.send(scan.page(after: position), within: scan.limit).elements()
                guard reply.count == 2 else {
                    throw RedisError.unusable("a page of a walk has \(reply.count) parts")
                }
                let following = try reply[0].text()
                cursor = following == "0" ? nil : following
                page = try reply[1].elements()[...]
            }
            return page.popFirst()
        }
    }
}

extension RedisConnection {
    /// Walks through keys whose names match a pattern like `salon:*`, or through what a key holds. `count` is about how
    /// much the server looks at for each page; `limit` is for each page.
    public func scan(
        _ place: RedisScan.Place = .keys, matching pattern: String? = nil, count: Int = 100,
        within limit: Duration? = nil
    ) -> RedisScan {
        RedisScan(connection: self, place: place, pattern: pattern, count: count, limit: limit)
    }
}
