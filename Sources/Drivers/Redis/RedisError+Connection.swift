import Basics

extension RedisError {
    /// No connection could be made, for the reason in `error`.
    static func notConnected(_ address: String, _ error: any Error) -> RedisError {
        if let error = error as? RedisError { return error }
        let reason = ParlorError(describing: error)
        let explained = ParlorError(
            reason.code == .timeout ? .timeout : .connection, "no connection to Redis at \(address)",
            why: reason.why ?? reason.what, hint: "Check that Redis runs and listens there.", cause: error)
        return RedisError(.unreachable, explained, isTransient: true)
    }

    /// The server says no to somebody who connects.
    static func notAdmitted(_ address: String, _ error: RedisReplyError) -> RedisError {
        if error.code == .loading {
            let explained = ParlorError(
                .connection, "Redis at \(address) does not serve yet", why: "it reads its data from disk",
                hint: "Try again in a moment.", detail: error.sentence)
            return RedisError(.startingUp, explained, isTransient: true, code: error.code)
        }
        // The server words it with the code ERR, as the very first thing it says.
        let isCrowded = error.sentence.hasPrefix("ERR max number of clients")
        let explained = ParlorError(
            .connection, "Redis at \(address) refused the connection",
            why: isCrowded ? "it has too many clients" : reason(error), hint: hint(error), detail: error.sentence)
        return RedisError(
            .refused, explained, isTransient: isCrowded || error.code.isTransient, code: error.code)
    }

    private static func reason(_ error: RedisReplyError) -> String {
        switch error.code {
        case .wrongPassword: "the user or the password is wrong"
        case .noAuthentication: "it wants a password"
        case .denied: "it admits nobody from another machine"
        default: "it answered with \(error.code)"
        }
    }

    private static func hint(_ error: RedisReplyError) -> String? {
        switch error.code {
        case .wrongPassword, .noAuthentication: "Check the user and the password."
        case .err where error.sentence.contains("AUTH"): "Give no password: the server has none."
        case .err where error.sentence.contains("DB index"): "Choose a database that the server has."
        default: nil
        }
    }

    /// An established connection broke.
    static func lost(_ address: String, _ error: any Error) -> RedisError {
        if let error = error as? RedisError { return error }
        let reason = ParlorError(describing: error)
        return lost(address, why: reason.why ?? reason.what, error)
    }

    /// An established connection broke for a reason in words.
    static func lost(_ address: String, why: String, _ cause: (any Error)? = nil) -> RedisError {
        let explained = ParlorError(
            .connection, "the connection to Redis at \(address) broke", why: why, cause: cause)
        return RedisError(.lost, explained, isTransient: true)
    }

    /// The server said something that is no reply to anything.
    static func violation(_ address: String, why: String, detail: String? = nil) -> RedisError {
        let explained = ParlorError(
            .protocolViolation, "what answers at \(address) does not speak Redis's protocol", why: why,
            hint: "Check that the address is that of a Redis server.", detail: detail)
        return RedisError(.protocolViolation, explained, isTransient: true)
    }

    /// This side has closed the connection.
    static func closed(_ address: String) -> RedisError {
        RedisError(
            .closed, ParlorError(.connection, "the connection to Redis at \(address) is closed"), isTransient: false)
    }
}
