/// The names that metadata of a log line may have: one list, so that a search finds every use of a name.
///
/// `time`, `level`, `message` and `label` belong to the line itself and are not among them.
public enum LogKey: String, CaseIterable, Sendable {
    // Where the line comes from.

    /// The request that is being answered.
    case requestID = "request_id"
    /// The trace that the request belongs to, as W3C Trace Context counts it.
    case traceID = "trace_id"
    /// The step of the trace.
    case spanID = "span_id"
    /// A part of the system, like `postgres`.
    case part
    /// The salon that the work is done for.
    case salon

    // What went wrong.

    /// The fact and its reason, safe to show anybody.
    case error
    /// The name of an error's code.
    case code
    /// What to do about it.
    case hint
    /// What only the person who debugs should see.
    case detail
    /// Where in the sources an error was made.
    case location
    /// Why something was done.
    case reason

    // Processes.

    /// The number of a process.
    case pid
    /// The name of a program.
    case program
    /// The version of a program or of a format.
    case version
    /// What something is doing now.
    case state
    /// The number that a program ended with.
    case exitStatus = "exit_status"
    /// The name of the signal that was sent, or that ended a program.
    case signal
    /// The user that a program runs as.
    case user
    /// Which try this was, counted from 1.
    case attempt
    /// The time until the next try, in milliseconds.
    case delay = "delay_ms"

    // Requests.

    /// The address that something listens on or connects to.
    case address
    /// The port that something listens on or connects to.
    case port
    /// The method of a request.
    case method
    /// The path of a request, without its query.
    case path
    /// The pattern that the path matched.
    case route
    /// The status of a response.
    case status
    /// The address that a request came from.
    case peer

    // Quantities and things.

    /// How long something took, in milliseconds.
    case duration = "duration_ms"
    /// A size.
    case bytes
    /// A number of things.
    case count
    /// How many threads answer.
    case loops
    /// What a number may not exceed.
    case limit
    /// The path of a file or folder.
    case file
    /// The name of an SQL statement, never its text.
    case statement
    /// How the database carries a statement out, without values.
    case plan
    /// How many rows a statement returned or changed.
    case rows
    /// How many lines were left out since the last one of the same.
    case suppressed
    /// The name of a thing that has no key of its own.
    case name
    /// The kind of a thing.
    case kind
    /// The name of a setting.
    case key
    /// The value of a setting that is not secret.
    case value
}
