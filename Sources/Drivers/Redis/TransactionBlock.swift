import Basics

/// MULTI, some commands and EXEC as they travel together, and what their replies mean.
struct TransactionBlock {
    private let commands: [RedisCommand]

    init(_ commands: [RedisCommand]) { self.commands = commands }

    var bytes: [UInt8] { ([RedisCommand("MULTI")] + commands + [RedisCommand("EXEC")]).flatMap(\.encoded) }

    var replyCount: Int { commands.count + 2 }

    /// The commands' replies, or why there was no transaction.
    func result(of replies: [RedisValue]) throws(RedisError) -> [RedisValue] {
        guard replies.count == replyCount, let begin = replies.first, let end = replies.last else {
            throw .unusable("a transaction got \(replies.count) replies")
        }
        let queued = zip(commands, replies.dropFirst())
        if case .error(let error) = begin { throw notBegun(error, queued.map(\.1)) }
        for case (let command, .error(let error)) in queued { throw .answered(error, to: command.name) }
        switch end {
        case .array(let results) where results.count == commands.count: return results
        case .error(let error): throw .answered(error, to: "EXEC")
        default: throw .unusable("the reply to EXEC is not that of the transaction", why: "it is \(end)")
        }
    }

    /// Without MULTI the server runs the commands one by one, as far as it takes them.
    private func notBegun(_ error: RedisReplyError, _ others: [RedisValue]) -> RedisError {
        let cause = RedisError.answered(error, to: "MULTI")
        let nothingRan = others.allSatisfy { if case .error = $0 { true } else { false } }
        guard !nothingRan else { return cause }
        let explained = ParlorError(
            .database, "commands ran one by one instead of as a transaction", why: cause.explained.summary,
            hint: "Let the user run MULTI, and look what took effect.", cause: cause)
        return RedisError(
            .outcomeUnknown, explained, isTransient: false, mayHaveRun: true, code: error.code)
    }
}
