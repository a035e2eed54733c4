/// What can be made wrong with the S3 server of the tests, at its port behind TLS.
package enum S3Fault: Equatable, Sendable {
    /// Every request is answered with 503.
    case unavailable
    /// Connections are taken, and nothing is answered until the fault is over; then everything is.
    case hanging
    /// Every request is answered that much later.
    case slow(Duration)
    /// Connections are refused, and those that are open are cut.
    case refusing
    /// One bit is another in each of the next so many objects read whose path holds some text.
    case corrupting(_ count: Int, pathHolding: String = "")

    /// How the server is told.
    var command: String {
        switch self {
        case .unavailable: "unavailable"
        case .hanging: "hang"
        case .slow(let delay): "slow \(delay / .seconds(1))"
        case .refusing: "refuse"
        case .corrupting(let count, let text): "corrupt \(count) \(text)"
        }
    }
}
