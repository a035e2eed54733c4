/// The name under which a value is kept: any bytes.
public struct EtcdKey: Hashable, Sendable, ExpressibleByStringLiteral {
    /// The bytes.
    public let bytes: [UInt8]

    /// A key of any bytes; etcd refuses one without any.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// A key that is a text.
    public init(_ text: String) { bytes = Array(text.utf8) }

    /// A key that is a text.
    public init(stringLiteral text: String) { self.init(text) }

    /// The text; nil when the bytes are not UTF-8.
    public var text: String? { String(validating: bytes, as: UTF8.self) }
}

/// One key, or all keys of a range in the order of their bytes.
public struct EtcdKeys: Hashable, Sendable {
    /// The first key.
    let first: [UInt8]
    /// The key behind the last one; empty for a single key, a zero byte for no end.
    let end: [UInt8]

    private init(_ first: [UInt8], _ end: [UInt8]) {
        self.first = first
        self.end = end
    }

    /// One key.
    public static func one(_ key: EtcdKey) -> EtcdKeys { EtcdKeys(key.bytes, []) }

    /// Every key that begins with these bytes; all keys when there are none.
    public static func prefix(_ prefix: EtcdKey) -> EtcdKeys {
        // No key is empty, so a zero byte is where all keys begin.
        let first = prefix.bytes.isEmpty ? [0] : prefix.bytes
        var end = prefix.bytes
        while let last = end.popLast() {
            guard last < 255 else { continue }
            return EtcdKeys(first, end + [last + 1])
        }
        return EtcdKeys(first, [0])
    }

    /// From `first` up to `end`, which is not among them.
    public static func range(from first: EtcdKey, upTo end: EtcdKey) -> EtcdKeys { EtcdKeys(first.bytes, end.bytes) }
}
