/// How often a message is tried, and for how long. It decides alone and waits for nothing.
package struct DeliveryPolicy: Equatable, Sendable {
    /// How often, the first time included.
    package var attemptsMax = 3
    /// How long one attempt may take.
    package var attemptLimit = Duration.seconds(15)
    /// The wait before the second attempt; each further one is four times as long.
    package var firstPause = Duration.seconds(1)
    /// The longest wait; a service that wants to be left alone for longer gets no further attempt.
    package var longestPause = Duration.seconds(30)

    /// The usual policy.
    package init() {}

    /// How long to wait before another attempt; nil when there is none.
    func pause(after fault: DeliveryFault, attempts: Int) -> Duration? {
        guard fault.isPassing, attempts < attemptsMax else { return nil }
        var pause = firstPause
        for _ in 1..<attempts { pause = pause * 4 }
        pause = max(min(pause, longestPause), fault.retryAfter ?? .zero)
        return pause <= longestPause ? pause : nil
    }
}
