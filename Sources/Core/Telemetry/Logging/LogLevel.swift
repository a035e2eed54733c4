/// How much a log line matters.
public enum LogLevel: String, CaseIterable, Comparable, Sendable {
    /// For the person who looks for a mistake; libraries stay here.
    case debug
    /// What an operator may want to read the next morning.
    case info
    /// Something is wrong, and Parlor goes on by itself.
    case warning
    /// Something is wrong, and somebody has to look.
    case error

    /// The less important one is less.
    public static func < (left: LogLevel, right: LogLevel) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .debug: 0
        case .info: 1
        case .warning: 2
        case .error: 3
        }
    }
}
