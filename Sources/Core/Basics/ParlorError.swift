import Glibc

/// The error that people see: what happened, why, and what to do about it.
///
/// `description` may be shown to anybody. Whatever could hold a customer's data, SQL or a secret belongs into `detail`,
/// which only `debugDescription` prints.
public struct ParlorError: Error, Sendable {
    /// The kind of error, and with it the exit status.
    public var code: ErrorCode
    /// What happened: a lower-case fact without a full stop.
    public var what: String
    /// Why it happened, when that is known: a lower-case fact without a full stop.
    public var why: String?
    /// What to do: one sentence in the imperative.
    public var hint: String?
    /// What only the person who debugs should see.
    public var detail: String?
    /// The error underneath.
    public var cause: (any Error)?
    /// The code under which other programs know the same failure, like Prisma's `P3009`.
    public var reference: String?
    /// Where in the sources it was made.
    public var location: String

    /// Describes a failure.
    public init(
        _ code: ErrorCode, _ what: String, why: String? = nil, hint: String? = nil, detail: String? = nil,
        cause: (any Error)? = nil, file: StaticString = #fileID, line: UInt = #line
    ) {
        self.code = code
        self.what = what
        self.why = why
        self.hint = hint
        self.detail = detail
        self.cause = cause
        self.location = "\(file):\(line)"
    }

    /// Describes a system call that failed on `path` with `errno`; a full disk gets its own code.
    public static func systemCall(
        _ call: StaticString, path: String, errno number: Int32, code: ErrorCode = .file, hint: String? = nil,
        file: StaticString = #fileID, line: UInt = #line
    ) -> ParlorError {
        let full = number == ENOSPC || number == EDQUOT
        return ParlorError(
            full ? .diskFull : code, "\(call) failed on \(path)", why: errnoMeaning(number),
            hint: full ? "Free some space on the file system that holds \(path), then try again." : hint,
            file: file, line: line)
    }

    /// Describes a system call without a path that failed with `errno`.
    public static func systemCall(
        _ call: StaticString, errno number: Int32, code: ErrorCode = .system, hint: String? = nil,
        file: StaticString = #fileID, line: UInt = #line
    ) -> ParlorError {
        ParlorError(code, "\(call) failed", why: errnoMeaning(number), hint: hint, file: file, line: line)
    }

    /// Any error as one that people can read; what is not a `ParlorError` yet is `unexpected`.
    public init(describing error: any Error, file: StaticString = #fileID, line: UInt = #line) {
        switch error {
        case let error as ParlorError: self = error
        case let error as any ExplainedError: self = error.explained
        case is CancellationError: self = ParlorError(.cancelled, "the work was called off", file: file, line: line)
        default:
            self = ParlorError(
                .unexpected, "something went wrong that Parlor did not foresee",
                hint: "Run the command again with --debug and report what it prints.",
                detail: String(reflecting: error), cause: error, file: file, line: line)
        }
    }
}

/// An error of a library that knows how to tell people what it means.
public protocol ExplainedError: Error {
    /// The same error for people.
    var explained: ParlorError { get }
}

extension ParlorError: CustomStringConvertible, CustomDebugStringConvertible {
    /// The fact and its reason on one line. Safe to show anybody.
    public var summary: String { why.map { "\(what): \($0)" } ?? what }

    /// The fact and its reason on one line, the hint on the next. Safe to show anybody.
    public var description: String { hint.map { "\(summary)\nHINT: \($0)" } ?? summary }

    /// Everything that is known, for the person who debugs.
    public var debugDescription: String {
        var text = "[\(code.name)] \(description)\nAT: \(location)"
        if let detail { text += "\nDETAIL: \(detail)" }
        if let cause { text += "\nCAUSE: \(String(reflecting: cause))" }
        return text
    }
}

/// The C library's words for an error number, in lower case as our messages have it.
public func errnoMeaning(_ number: Int32) -> String {
    let text = strerror(number).map { String(cString: $0) } ?? "error \(number)"
    return text.prefix(1).lowercased() + text.dropFirst()
}
