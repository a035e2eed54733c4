/// What one can listen to.
public enum RedisTopic: Hashable, Sendable {
    /// The channel of that name.
    case channel(String)
    /// Every channel whose name matches a pattern like `salon:*`.
    case pattern(String)
}

/// Something that somebody published.
public struct RedisMessage: Hashable, Sendable {
    /// Where it was published.
    public let channel: String
    /// The pattern by which it came; nil for one that came by the name of its channel.
    public let pattern: String?
    /// What was published.
    public let payload: [UInt8]

    /// The topic by which it came.
    var topic: RedisTopic { pattern.map { .pattern($0) } ?? .channel(channel) }

    /// The payload as text; throws when it is not UTF-8.
    public func text() throws(RedisError) -> String { try RedisValue.bytes(payload).text() }
}

/// What a subscription delivers.
public enum RedisNotification: Hashable, Sendable {
    /// A message.
    case message(RedisMessage)
    /// Messages may be missing at this place, so that whatever was derived from them has to be read anew.
    case gap(RedisGap)
}

/// Why messages are missing.
public enum RedisGap: Hashable, Sendable {
    /// The connection had broken and is there again; Redis keeps no message for those who are away.
    case reconnected
    /// The reader was too slow, and so many messages were dropped.
    case overflow(dropped: Int)
}

extension RedisMessage: CustomStringConvertible {
    /// The size, without what it says.
    public var description: String { "a message of \(payload.count) bytes" }
}
