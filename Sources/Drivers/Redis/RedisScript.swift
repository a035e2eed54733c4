import Digests

/// A Lua script, called by its SHA; its source travels only when the server does not know it.
public struct RedisScript: Sendable {
    /// The source.
    public let source: String
    /// The SHA-1 of the source, by which the server knows it.
    public let sha: String
    /// Whether running it twice does no more than running it once.
    public let isSafeToRepeat: Bool

    /// Describes a script.
    public init(_ source: String, isSafeToRepeat: Bool = false) {
        self.source = source
        self.isSafeToRepeat = isSafeToRepeat
        sha = Digest(.sha1, of: source.utf8).hexadecimal
    }

    func call(_ keys: [String], _ arguments: [any RedisArgument]) -> RedisCommand {
        command("EVALSHA", sha, keys, arguments)
    }

    func callWithSource(_ keys: [String], _ arguments: [any RedisArgument]) -> RedisCommand {
        command("EVAL", source, keys, arguments)
    }

    private func command(
        _ name: String, _ script: String, _ keys: [String], _ arguments: [any RedisArgument]
    ) -> RedisCommand {
        let words: [any RedisArgument] = [script, keys.count] + keys + arguments
        return RedisCommand(name, arguments: words, isSafeToRepeat: isSafeToRepeat)
    }
}

extension RedisConnection {
    /// Runs a script. A server that does not know it, a new one for example, gets the source and remembers it.
    @discardableResult
    public func run(
        _ script: RedisScript, keys: [String] = [], arguments: [any RedisArgument] = [], within limit: Duration? = nil
    ) async throws -> RedisValue {
        do {
            return try await send(script.call(keys, arguments), within: limit)
        } catch let error as RedisError where error.kind == .command && error.code == .noScript {
            // Nothing has run: the server looks the script up before everything else.
            return try await send(script.callWithSource(keys, arguments), within: limit)
        }
    }
}
