/// How long to wait before connecting anew, for what connects by itself.
enum ReconnectPause {
    /// Longer with each failure, at most five seconds; apart by chance, or everybody would return at once after a failover.
    static func afterFailure(_ number: Int) -> Duration {
        min(.milliseconds(25 << min(number, 8)), .seconds(5)) * Double.random(in: 0.5...1)
    }
}
