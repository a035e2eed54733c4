internal import Basics

/// Keys and values of a log line in the order they were given: `[.part: "postgres", .port: 5432]`.
public struct LogMetadata: Hashable, Sendable {
    /// A key and its value.
    public struct Entry: Hashable, Sendable {
        /// The key.
        public var key: LogKey
        /// The value.
        public var value: LogValue
    }

    /// What there is, every key once.
    public private(set) var entries: [Entry] = []

    /// Nothing.
    public init() {}

    /// The value of a key; setting nil takes the key out.
    public subscript(key: LogKey) -> LogValue? {
        get { entries.first { $0.key == key }?.value }
        set {
            let index = entries.firstIndex { $0.key == key }
            switch (index, newValue) {
            case (let index?, let value?): entries[index].value = value
            case (let index?, nil): entries.remove(at: index)
            case (nil, let value?): entries.append(Entry(key: key, value: value))
            case (nil, nil): break
            }
        }
    }

    /// Takes over what `other` has; its values win.
    public mutating func merge(_ other: LogMetadata) {
        guard !entries.isEmpty else {
            self = other
            return
        }
        for entry in other.entries { self[entry.key] = entry.value }
    }

    /// This with what `other` has; its values win.
    public func merging(_ other: LogMetadata) -> LogMetadata {
        var merged = self
        merged.merge(other)
        return merged
    }
}

extension LogMetadata: ExpressibleByDictionaryLiteral {
    /// Keys and values in the order of the literal; a value that is nil leaves its key out.
    public init(dictionaryLiteral elements: (LogKey, (any LogValueConvertible)?)...) {
        for (key, value) in elements {
            if let value { self[key] = value.logValue }
        }
    }
}

extension LogMetadata {
    /// What an error says about itself. Its detail, which may hold SQL or personal data, only when asked for.
    public init(describing error: any Error, withDetail: Bool = false) {
        let error = ParlorError(describing: error)
        self = [
            .error: error.why.map { "\(error.what): \($0)" } ?? error.what, .code: error.code, .hint: error.hint,
        ]
        if withDetail { merge([.detail: error.detail, .location: error.location]) }
    }
}
