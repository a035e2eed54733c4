public import Basics

/// How large the parts of a message may be.
public struct HTTPMessageLimits: Hashable, Sendable {
    /// The request line or the status line; a longer request line is answered with 414.
    public var startLine = ByteCount(8 << 10)
    /// All field lines together; more is answered with 431.
    public var fields = ByteCount(16 << 10)
    /// The number of fields; more is answered with 431.
    public var fieldCount = 100
    /// The body, unless a route says otherwise; a larger one is answered with 413.
    public var body: ByteCount

    /// The usual limits, with room for a body of 1 MB unless told otherwise.
    public init(body: ByteCount = .megabytes(1)) { self.body = body }
}

/// Why a message was refused, and with which status.
public struct HTTPFault: Error, Hashable, Sendable {
    /// The status of the answer; the connection ends after it.
    public var status: HTTPStatus
    /// What is wrong with the message: a lower-case fact that never quotes it.
    public var reason: String

    /// A reason for refusal.
    public init(_ status: HTTPStatus, _ reason: String) {
        self.status = status
        self.reason = reason
    }

    static func malformed(_ reason: String) -> HTTPFault { HTTPFault(.badRequest, reason) }
}
