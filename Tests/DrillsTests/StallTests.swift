import Drills
import Testing

@Suite struct StallTests {
    private let start = ContinuousClock.now

    private func moment(_ milliseconds: Int) -> ContinuousClock.Instant { start + .milliseconds(milliseconds) }

    @Test("A client's rest between two writes is no stall")
    func rest() {
        var seen = WriterMeasurements()
        for second in 0..<3 {
            seen.want(1, at: moment(second * 1000))
            seen.acknowledge(1, at: moment(second * 1000 + 5), after: .milliseconds(5))
        }
        #expect(seen.longestStall == .milliseconds(5))
        #expect(seen.longestClientGap == .milliseconds(1000))
    }

    @Test("Attempts in vain count until a write is acknowledged")
    func retries() {
        var seen = WriterMeasurements()
        seen.want(1, at: moment(0))
        seen.want(1, at: moment(300))
        seen.want(2, at: moment(500))
        seen.acknowledge(2, at: moment(600), after: .milliseconds(100))
        seen.acknowledge(1, at: moment(900), after: .milliseconds(600))
        #expect(seen.longestStall == .milliseconds(900))
        #expect(seen.clients == 2)
    }

    @Test("What was waited for before does not count, what is still waited for does")
    func forgotten() {
        var seen = WriterMeasurements()
        seen.want(1, at: moment(0))
        seen.acknowledge(1, at: moment(5000), after: .milliseconds(5000))
        seen.want(2, at: moment(5100))
        seen.forgetStalls()
        #expect(seen.longestStall == .zero)
        seen.acknowledge(2, at: moment(5400), after: .milliseconds(300))
        #expect(seen.longestStall == .milliseconds(300))
    }

    @Test("Who waits when everything ends has waited until then")
    func end() {
        var seen = WriterMeasurements()
        seen.want(1, at: moment(0))
        seen.end(1, at: moment(700))
        #expect(seen.longestStall == .milliseconds(700))
    }
}
