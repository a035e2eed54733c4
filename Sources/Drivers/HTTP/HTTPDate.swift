import Basics
import Synchronization

/// Moments as HTTP writes them, like `Sun, 06 Nov 1994 08:49:37 GMT`.
enum HTTPDate {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// The moment without its fraction.
    static func text(_ moment: Timestamp) -> String {
        // 2026-03-01T09:30:00Z
        let parts = moment.rfc3339Seconds.dropLast().split { $0 == "-" || $0 == "T" }
        let seconds = moment.microseconds / 1_000_000
        // The first of January 1970 was a Thursday.
        let day = days[Int(seconds / 86_400 % 7)]
        let month = months[(Int(parts[1]) ?? 1) - 1]
        return "\(day), \(parts[2]) \(month) \(parts[0]) \(parts[3]) GMT"
    }
}

/// The date of the present second, written once for all its responses.
final class HTTPDateCache: Sendable {
    private let cached = Mutex((second: Int64.min, text: ""))

    /// The date at `moment`, which must not lie before 1970.
    func text(at moment: Timestamp) -> String {
        let second = moment.microseconds / 1_000_000
        return cached.withLock { cached in
            if cached.second != second { cached = (second, HTTPDate.text(moment)) }
            return cached.text
        }
    }
}
