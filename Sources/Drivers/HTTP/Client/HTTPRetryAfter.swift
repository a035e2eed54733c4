import Basics

/// The wait that a server asks for with `Retry-After` (RFC 9110, section 10.2.3): seconds, or a date.
enum HTTPRetryAfter {
    /// Nil for what is neither; no less than nothing.
    static func wait(_ value: String, at now: Timestamp) -> Duration? {
        if let seconds = HTTPGrammar.decimal(value.utf8) { return .seconds(min(seconds, 1 << 40)) }
        return Timestamp(httpDate: value).map { max($0 - now, .zero) }
    }
}
