/// Which objects are wanted, in the order of the bytes of their names.
public struct ObjectQuery: Hashable, Sendable {
    /// What their names begin with; it need not end at a slash.
    public var prefix: String
    /// Names that are equal up to this text behind the prefix become one entry; `/` lists like a folder.
    public var delimiter: String?
    /// Begins behind this name; it need not exist.
    public var after: String?
    /// How many entries a page may have.
    public var pageSize = 1000

    /// A query.
    public init(prefix: String = "", delimiter: String? = nil, after: String? = nil) {
        self.prefix = prefix
        self.delimiter = delimiter
        self.after = after
    }
}

/// One line of a listing.
public enum ObjectEntry: Hashable, Sendable {
    /// An object.
    case object(ObjectDescription)
    /// What the names of some objects have in common, up to the delimiter and with it.
    case prefix(String)
}

/// Some lines of a listing.
public struct ObjectPage: Hashable, Sendable {
    /// The lines.
    public var entries: [ObjectEntry]
    /// Where the next page begins, for `page(_:continuing:)`; nil at the end.
    public var continuation: String?

    /// A page.
    public init(_ entries: [ObjectEntry], continuation: String?) {
        self.entries = entries
        self.continuation = continuation
    }
}

/// The lines of a listing, page after page as they are asked for.
///
/// What is written or deleted meanwhile may be in it or not; everything else is in it exactly once.
public struct ObjectListing: AsyncSequence, Sendable {
    private let storage: any ObjectStorage
    private let query: ObjectQuery

    init(_ storage: any ObjectStorage, _ query: ObjectQuery) {
        self.storage = storage
        self.query = query
    }

    /// Starts at the beginning.
    public func makeAsyncIterator() -> Iterator { Iterator(storage: storage, query: query) }

    /// Where a reader of the listing is.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let storage: any ObjectStorage
        fileprivate let query: ObjectQuery
        private var entries: ArraySlice<ObjectEntry> = []
        private var continuation: String?
        private var isAtEnd = false

        fileprivate init(storage: any ObjectStorage, query: ObjectQuery) {
            self.storage = storage
            self.query = query
        }

        /// The next line; nil at the end.
        public mutating func next() async throws -> ObjectEntry? {
            while entries.isEmpty {
                guard !isAtEnd else { return nil }
                let page = try await storage.page(query, continuing: continuation)
                entries = page.entries[...]
                continuation = page.continuation
                isAtEnd = continuation == nil
            }
            return entries.removeFirst()
        }
    }
}
