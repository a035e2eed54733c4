extension RedisConnection {
    /// Sends a command and waits for its reply, at most for `limit` or else for the options' time.
    ///
    /// Throws `RedisError`, also for an error of the server; `CancellationError` when the task is cancelled, and then a
    /// command that was on its way may have taken effect. One that blocks, like `BLPOP`, keeps all commands behind it
    /// waiting, and breaks the connection off when it is called off: give it a connection of the pool of its own.
    @discardableResult
    public func send(_ command: RedisCommand, within limit: Duration? = nil) async throws -> RedisValue {
        try command.check()
        let reply = try await exchange(
            command.name, command.encoded, isSafeToRepeat: command.isSafeToRepeat,
            holdsConnection: command.standing == .blocking, within: limit)
        if case .error(let error) = reply { throw RedisError.answered(error, to: command.name) }
        return reply
    }

    /// Sends commands together and gives back a reply for each, in their order; an error of the server stands in the
    /// place of its reply. They are no transaction: commands of other connections may run between them.
    @discardableResult
    public func pipeline(_ commands: [RedisCommand], within limit: Duration? = nil) async throws -> [RedisValue] {
        guard !commands.isEmpty else { return [] }
        for command in commands { try command.check() }
        let replies = try await exchange(
            commands.count == 1 ? commands[0].name : "a pipeline of \(commands.count) commands",
            commands.flatMap(\.encoded), replies: commands.count,
            isSafeToRepeat: commands.allSatisfy(\.isSafeToRepeat),
            holdsConnection: commands.contains { $0.standing == .blocking }, within: limit)
        return commands.count == 1 ? [replies] : try replies.elements()
    }

    /// Runs commands as one transaction, sent as one block: all of them or none, and nobody's in between.
    ///
    /// A command that the server refuses beforehand calls off all of them, and its error is thrown. One that fails
    /// while the transaction runs has its error among the replies; Redis takes nothing back.
    @discardableResult
    public func transaction(_ commands: [RedisCommand], within limit: Duration? = nil) async throws -> [RedisValue] {
        guard !commands.isEmpty else { return [] }
        for command in commands { try command.check() }
        let block = TransactionBlock(commands)
        let replies = try await exchange(
            "a transaction of \(commands.count) commands", block.bytes, replies: block.replyCount,
            isSafeToRepeat: commands.allSatisfy(\.isSafeToRepeat), within: limit)
        return try block.result(of: try replies.elements())
    }

    /// Asks the server whether it is there, and says how long that took.
    @discardableResult
    public func ping(within limit: Duration? = nil) async throws -> Duration {
        let start = ContinuousClock.now
        try await send(.ping, within: limit)
        return .now - start
    }
}
