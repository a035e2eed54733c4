import Basics

extension RedisCommand {
    /// When a value may be set.
    public enum Condition: String, Sendable {
        /// Only when there is no such key.
        case isAbsent = "NX"
        /// Only when there is such a key.
        case isPresent = "XX"
    }

    /// Asks whether the server is there.
    public static let ping = RedisCommand("PING").safeToRepeat

    /// Reads a value.
    public static func get(_ key: String) -> RedisCommand { RedisCommand("GET", key).safeToRepeat }

    /// Reads several values.
    public static func get(_ keys: [String]) -> RedisCommand {
        RedisCommand("MGET", arguments: keys, isSafeToRepeat: true)
    }

    /// Sets a value, for some time or for ever; the reply is null when the condition does not hold.
    public static func set(
        _ key: String, to value: some RedisArgument, for time: Duration? = nil, when condition: Condition? = nil
    ) -> RedisCommand {
        var arguments: [any RedisArgument] = [key, value]
        // At least one, because none is an error.
        if let time { arguments += ["PX", max(1, time.milliseconds)] as [any RedisArgument] }
        if let condition { arguments.append(condition.rawValue) }
        // Setting twice sets what others have changed in between, hence it is for the caller to say that it is safe.
        return RedisCommand("SET", arguments: arguments)
    }

    /// Deletes keys; the reply says how many there were.
    public static func delete(_ keys: String...) -> RedisCommand { RedisCommand("DEL", arguments: keys) }

    /// Lets a key vanish after some time; the reply is 0 when there is no such key.
    public static func expire(_ key: String, after time: Duration) -> RedisCommand {
        RedisCommand("PEXPIRE", key, max(1, time.milliseconds))
    }

    /// Adds to a number.
    public static func increment(_ key: String, by amount: Int = 1) -> RedisCommand {
        RedisCommand("INCRBY", key, amount)
    }

    /// Sends a message to those who listen; the reply says how many those were.
    public static func publish(_ message: some RedisArgument, to channel: String) -> RedisCommand {
        RedisCommand("PUBLISH", channel, message)
    }
}
