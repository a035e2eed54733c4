import Basics

extension RedisError {
    /// The server's answer to a command.
    static func answered(_ error: RedisReplyError, to command: String?) -> RedisError {
        let what = command.map { "Redis answered \($0) with \(error.code)" } ?? "Redis answered with \(error.code)"
        let explained = ParlorError(.database, what, hint: hint(for: error.code), detail: error.sentence)
        return RedisError(.command, explained, isTransient: error.code.isTransient, code: error.code)
    }

    private static func hint(for code: RedisErrorCode) -> String? {
        switch code {
        case .wrongType: "Check what the key holds; another part may use the same name."
        case .loading, .tryAgain, .busy: "Try again in a moment."
        case .moved, .ask, .crossSlot: "Connect to a single server: Parlor does not follow keys over a cluster."
        case .outOfMemory: "Give the server more memory, or let it evict."
        case .readOnly: "Connect to the master: this server is a replica."
        case .misconfigured: "Make room on the server's disk: it cannot save its data."
        case .noPermission: "Let the user run this command on these keys."
        default: nil
        }
    }

    /// The connection ended after the command was sent.
    static func outcomeUnknown(_ command: String, _ cause: RedisError) -> RedisError {
        let explained = ParlorError(
            cause.explained.code, "nobody knows whether \(command) took effect", why: cause.explained.summary,
            hint: "Look whether it did before you repeat it.", cause: cause)
        return RedisError(.outcomeUnknown, explained, isTransient: false, mayHaveRun: true, code: cause.code)
    }

    /// A command that may be repeated was sent as often as is allowed.
    static func givenUp(_ command: String, _ cause: RedisError) -> RedisError {
        let explained = ParlorError(
            cause.explained.code, "\(command) got no answer although it was repeated", why: cause.explained.summary,
            cause: cause)
        return RedisError(.lost, explained, isTransient: true, mayHaveRun: true, code: cause.code)
    }

    /// A command took longer than `limit`.
    static func overdue(_ command: String, _ limit: Duration, wasSent: Bool, _ lastFailure: RedisError?) -> RedisError {
        let explained = ParlorError(
            .timeout, "\(command) took longer than \(limit.brief)",
            why: wasSent ? "the server did not answer" : lastFailure?.explained.summary ?? "it could not be sent",
            hint: wasSent ? "Look whether it took effect before you repeat it." : nil, cause: lastFailure)
        return RedisError(.overdue, explained, isTransient: !wasSent, mayHaveRun: wasSent)
    }

    /// Too many commands wait.
    static func queueFull(_ address: String, waiting: Int, _ lastFailure: RedisError?) -> RedisError {
        let explained = ParlorError(
            .connection, "\(waiting) commands for Redis at \(address) wait already, so no more are taken",
            why: lastFailure?.explained.summary, hint: "Try again in a moment, or send less at a time.",
            cause: lastFailure)
        return RedisError(.queueFull, explained, isTransient: true)
    }

    /// The caller's mistake.
    static func unusable(_ what: String, why: String? = nil, hint: String? = nil) -> RedisError {
        RedisError(.unusable, ParlorError(.database, what, why: why, hint: hint), isTransient: false)
    }
}
