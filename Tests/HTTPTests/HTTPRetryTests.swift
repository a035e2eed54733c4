import Basics
import Testing

@testable import HTTP

@Suite struct HTTPRetryTests {
    private func pause(
        _ retries: inout HTTPRetries, _ outcome: HTTPRetries.Outcome, remaining: Duration = .seconds(60),
        seed: UInt64 = 1
    ) -> Duration? {
        var budget = HTTPRetryBudget()
        var generator = SeededRandom(seed: seed)
        return retries.pause(after: outcome, remaining: remaining, budget: &budget, using: &generator)
    }

    @Test(
        "Only what may pass by itself is tried again",
        arguments: [
            (HTTPStatus(503), true), (HTTPStatus(429), true), (HTTPStatus(408), true), (HTTPStatus(500), true),
            (HTTPStatus(501), false), (HTTPStatus(400), false), (HTTPStatus(404), false), (HTTPStatus(200), false),
        ])
    func statuses(status: HTTPStatus, isRepeated: Bool) {
        var retries = HTTPRetries(HTTPRetryPolicy(), isHarmless: true, isRepeatable: true)
        #expect((pause(&retries, .answered(status, retryAfter: nil)) != nil) == isRepeated)
    }

    @Test("A request that may have been acted upon is repeated only when that does no harm")
    func harm() {
        for outcome in [
            HTTPRetries.Outcome.brokenOff, .answered(.serviceUnavailable, retryAfter: nil),
            .endedUnanswered(anythingSent: true),
        ] {
            var harmful = HTTPRetries(HTTPRetryPolicy(), isHarmless: false, isRepeatable: true)
            #expect(pause(&harmful, outcome) == nil)
            var harmless = HTTPRetries(HTTPRetryPolicy(), isHarmless: true, isRepeatable: true)
            #expect(pause(&harmless, outcome) != nil)
            var unrepeatable = HTTPRetries(HTTPRetryPolicy(), isHarmless: true, isRepeatable: false)
            #expect(pause(&unrepeatable, outcome) == nil)
        }
        var unsent = HTTPRetries(HTTPRetryPolicy(), isHarmless: false, isRepeatable: true)
        #expect(pause(&unsent, .notSent) != nil)
    }

    @Test("A used connection that has ended is replaced once and at once, without a policy and when nothing was sent")
    func replaced() {
        var harmless = HTTPRetries(.never, isHarmless: true, isRepeatable: true)
        #expect(pause(&harmless, .endedUnanswered(anythingSent: true)) == .zero)
        #expect(pause(&harmless, .endedUnanswered(anythingSent: true)) == nil)
        var harmful = HTTPRetries(.never, isHarmless: false, isRepeatable: true)
        #expect(pause(&harmful, .endedUnanswered(anythingSent: true)) == nil)
        #expect(pause(&harmful, .endedUnanswered(anythingSent: false)) == .zero)
    }

    @Test("The waits double up to the longest one, each between its half and its whole, and a seed repeats them")
    func backOff() {
        let policy = HTTPRetryPolicy(attemptsMax: 8, firstPause: .milliseconds(100), longestPause: .seconds(1))
        var retries = HTTPRetries(policy, isHarmless: true, isRepeatable: true)
        var again = retries
        for whole in [100, 200, 400, 800, 1000, 1000, 1000] {
            let wait = pause(&retries, .brokenOff, seed: 7)
            #expect(wait.map { $0 >= .milliseconds(whole / 2) && $0 <= .milliseconds(whole) } == true)
            #expect(wait == pause(&again, .brokenOff, seed: 7))
        }
        #expect(pause(&retries, .brokenOff) == nil)
    }

    @Test("A server's own wish is respected, unless it asks for more than there is")
    func wish() {
        var retries = HTTPRetries(HTTPRetryPolicy(), isHarmless: true, isRepeatable: true)
        #expect(pause(&retries, .answered(.serviceUnavailable, retryAfter: .seconds(5))) == .seconds(5))
        #expect(pause(&retries, .answered(.serviceUnavailable, retryAfter: .seconds(11))) == nil)
        let outcome = HTTPRetries.Outcome.answered(.serviceUnavailable, retryAfter: .seconds(5))
        #expect(pause(&retries, outcome, remaining: .seconds(5)) == nil)
    }

    @Test("The budget allows a burst, and then one retry for five requests")
    func budget() {
        var budget = HTTPRetryBudget()
        func granted(of attempts: Int) -> Int { (0..<attempts).count { _ in budget.withdraw() } }
        #expect(granted(of: 20) == 10)
        for _ in 0..<4 { budget.deposit() }
        #expect(granted(of: 1) == 0)
        budget.deposit()
        #expect(granted(of: 2) == 1)
    }

    @Test(
        "Retry-After is read as seconds or as a date",
        arguments: [
            ("3", Duration.seconds(3)), ("0", .zero), ("Sun, 06 Nov 1994 08:49:47 GMT", .seconds(10)),
            ("Sun, 06 Nov 1994 08:49:07 GMT", .zero), ("-1", nil), ("soon", nil),
            ("Sunday, 06-Nov-94 08:49:37 GMT", nil), ("Sun, 06 Now 1994 08:49:47 GMT", nil), ("", nil),
        ])
    func retryAfter(text: String, wait: Duration?) throws {
        let now = try #require(Timestamp(rfc3339: "1994-11-06T08:49:37Z"))
        #expect(HTTPRetryAfter.wait(text, at: now) == wait)
    }
}
