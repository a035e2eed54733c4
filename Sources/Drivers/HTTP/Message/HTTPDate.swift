public import Basics

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

    /// Reads a moment in the form that `text` writes; nil for anything else, the two forms of the last century included.
    static func moment(_ text: String) -> Timestamp? {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[5] == "GMT", let month = months.firstIndex(of: String(parts[2])) else {
            return nil
        }
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        guard let moment = Timestamp(rfc3339: "\(parts[3])-\(number)-\(parts[1])T\(parts[4])Z"),
            moment.microseconds >= 0, self.text(moment) == text
        else { return nil }
        return moment
    }
}

extension Timestamp {
    /// Reads a moment as HTTP writes it, like `Sun, 06 Nov 1994 08:49:37 GMT`; nil for anything else.
    public init?(httpDate text: String) {
        guard let moment = HTTPDate.moment(text) else { return nil }
        self = moment
    }

    /// The moment as HTTP writes it, without its fraction; it must not lie before 1970.
    public var httpDate: String { HTTPDate.text(self) }
}

/// The `Date` line of the present second, written once for all its responses. Used on the loop only.
struct HTTPDateLine {
    private var second = Int64.min
    private var line: [UInt8] = []

    /// The line with its end at `moment`, which must not lie before 1970.
    mutating func bytes(at moment: Timestamp) -> [UInt8] {
        let now = moment.microseconds / 1_000_000
        if second != now { (second, line) = (now, Array("Date: \(HTTPDate.text(moment))\r\n".utf8)) }
        return line
    }
}
