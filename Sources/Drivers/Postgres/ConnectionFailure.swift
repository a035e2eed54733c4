import Basics
import Glibc

/// What libpq says about a connection that could not be made, taken apart.
///
/// libpq writes one paragraph per address it tried. In its verbose form a server's answer reads
/// `… failed: FATAL:  28P01: password authentication failed …`, so the code needs no guessing from words.
struct ConnectionFailure: Equatable {
    /// The server's code, when it was a server that said no.
    var sqlState: SQLState?
    /// The decisive reason: a lower-case fact on one line.
    var reason: String

    /// Reads libpq's text.
    init(_ text: String) {
        let lines = text.split(separator: "\n")
        // What follows the first line of a paragraph is advice.
        let heads = lines.filter { $0.hasPrefix(Self.head) }
        let attempts = (heads.isEmpty ? Array(lines.prefix(1)) : heads).map { ConnectionFailure(line: $0) }
        // A server's answer tells more than an address where nobody listens.
        self = attempts.last { $0.sqlState != nil } ?? attempts.last ?? ConnectionFailure(line: "")
    }

    private static let head = "connection to server "

    private init(line: Substring) {
        var reason = line
        if reason.hasPrefix(Self.head), let end = Self.range(of: " failed: ", in: reason) {
            reason = reason[end...]
        }
        if let said = Self.range(of: ":  ", in: reason) {
            let rest = reason[said...]
            let code = rest.prefix(5)
            if code.utf8.count == 5, code.utf8.allSatisfy(Self.isCode), rest.dropFirst(5).hasPrefix(": ") {
                sqlState = SQLState(String(code))
                reason = rest.dropFirst(7)
            } else {
                reason = rest
            }
        }
        self.reason = Self.lowercasedFirst(reason)
    }

    private static func isCode(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }

    /// Words are begun in lower case as our messages have it, abbreviations like SSL are left alone.
    private static func lowercasedFirst(_ text: Substring) -> String {
        let second = text.dropFirst().first
        return second?.isUppercase == true ? String(text) : text.prefix(1).lowercased() + text.dropFirst()
    }

    /// The place behind the first `word` in `text`.
    private static func range(of word: String, in text: Substring) -> Substring.Index? {
        text.indices.first { text[$0...].hasPrefix(word) }.map { text.index($0, offsetBy: word.count) }
    }

    /// The system's reason for it, when it was the system that said no.
    var systemError: Int32? {
        let known = [ECONNREFUSED, ENOENT, EACCES, ETIMEDOUT, EHOSTUNREACH, ENETUNREACH, ECONNRESET, EPIPE, EAGAIN]
        return known.first { reason.hasPrefix(errnoMeaning($0)) }
    }
}

extension PostgresError {
    /// No connection, for the reason in libpq's `text`.
    static func notConnected(_ options: ConnectionOptions, _ text: String) -> PostgresError {
        let failure = ConnectionFailure(text)
        if let state = failure.sqlState { return refused(options, failure, state, text) }
        if let number = failure.systemError { return unreachable(options, failure, number, text) }
        // What libpq itself gives up on: the server was reached, but not in the way that was asked for.
        let broke = breakWords.contains { failure.reason.hasPrefix($0) }
        let isOther = otherTargets.contains(failure.reason)
        let explained = ParlorError(
            .connection, "no connection to PostgreSQL at \(options.address)", why: failure.reason,
            hint: hint(for: failure.reason, options), detail: text)
        return PostgresError(broke ? .unreachable : .refused, explained, isTransient: broke || isOther)
    }

    /// What libpq says when the connection ends while it is made, the last one when a server ends that instant.
    private static let breakWords = [
        "server closed the connection", "could not receive data from server", "could not send data to server",
        "SSL SYSCALL error", "server sent an error response during SSL exchange",
    ]

    /// What libpq says of a server that is not the kind asked for, which another one's failure may change.
    private static let otherTargets: Set<String> = [
        "session is read-only", "session is not read-only", "server is in hot standby mode",
        "server is not in hot standby mode",
    ]

    private static func hint(for reason: String, _ options: ConnectionOptions) -> String? {
        if reason.hasSuffix("no password supplied") {
            return "Give a password for the role \(quoteIdentifier(options.user))."
        }
        if reason.hasPrefix("server does not support SSL") { return "Turn on ssl in the server, or ask for less TLS." }
        if reason.hasPrefix("root certificate file") {
            return "Name the authority's certificate with the parameter sslrootcert."
        }
        return nil
    }

    private static func refused(
        _ options: ConnectionOptions, _ failure: ConnectionFailure, _ state: SQLState, _ text: String
    ) -> PostgresError {
        let starting = state == .cannotConnectNow && !failure.reason.contains("shutting down")
        let what =
            starting
            ? "PostgreSQL at \(options.address) does not accept connections yet"
            : "PostgreSQL at \(options.address) refused the connection"
        let explained = ParlorError(
            .connection, what, why: failure.reason, hint: hint(for: state, options), detail: text)
        return PostgresError(
            starting ? .startingUp : .refused, explained, isTransient: state.isTransient, sqlState: state)
    }

    private static func hint(for state: SQLState, _ options: ConnectionOptions) -> String? {
        switch state {
        case .invalidPassword: "Check the password of the role \(quoteIdentifier(options.user))."
        case .invalidAuthorization: "Check that the role exists, and that pg_hba.conf admits it in this way."
        case .databaseMissing: "Create the database, or correct its name."
        case .cannotConnectNow: "Try again in a moment."
        case .tooManyConnections: "Close connections that nobody uses, share them through a pool, or raise the limit."
        default: nil
        }
    }

    private static func unreachable(
        _ options: ConnectionOptions, _ failure: ConnectionFailure, _ number: Int32, _ text: String
    ) -> PostgresError {
        let hint: String? =
            switch number {
            case ECONNREFUSED: "Check that PostgreSQL runs and listens at \(options.address)."
            case ENOENT: "Check that PostgreSQL runs and keeps its socket in \(options.host)."
            case EACCES: "Check that this user may enter \(options.host)."
            default: nil
            }
        let explained = ParlorError(
            .connection, "no connection to PostgreSQL at \(options.address)", why: errnoMeaning(number), hint: hint,
            detail: text)
        return PostgresError(.unreachable, explained, isTransient: number != EACCES)
    }

    /// Connecting took too long.
    static func noAnswer(_ options: ConnectionOptions) -> PostgresError {
        let explained = ParlorError(
            .timeout, "no connection to PostgreSQL at \(options.address)",
            why: "no answer within \(options.connectTimeout.brief)")
        return PostgresError(.unreachable, explained, isTransient: true)
    }
}
