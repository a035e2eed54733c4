import Basics
import JSONText
import TestSupport
import Testing

@testable import Notifications

@Suite struct NoticeGateTests {
    private let start = Timestamp(seconds: 1_795_000_000)

    private func gate(_ channels: Set<NotificationChannel> = Set(NotificationChannel.allCases)) -> NoticeGate {
        NoticeGate(NoticePolicy(channels: channels))
    }

    private func notice(
        _ severity: Notice.Severity = .warning, _ key: String = "disk", isResolved: Bool = false
    ) -> Notice {
        Notice(severity, key: key, "the disk is full", at: start, isResolved: isResolved)
    }

    @Test("Each severity has its channels")
    func channels() {
        let expected: [Notice.Severity: Set<NotificationChannel>] = [
            .info: [], .warning: [.slack, .email], .critical: [.slack, .email, .pagerduty],
        ]
        for (severity, channels) in expected {
            var gate = gate()
            #expect(gate.admit(notice(severity), at: start)?.channels ?? [] == channels)
        }
    }

    @Test("Slack and e-mail are told good news where that is asked for, and PagerDuty never")
    func info() {
        var gate = gate()
        gate.policy.level = .info
        #expect(gate.admit(notice(.info), at: start)?.channels == [.slack, .email])
    }

    @Test("A trouble is told once, and again when it has gone on for long, with the number of reports in between")
    func repeated() {
        var gate = gate()
        #expect(gate.admit(notice(), at: start) != nil)
        for minute in 1..<240 { #expect(gate.admit(notice(), at: start + .seconds(minute * 60)) == nil) }
        #expect(gate.admit(notice(), at: start + .seconds(240 * 60))?.repetitions == 239)
        #expect(gate.admit(notice(), at: start + .seconds(241 * 60)) == nil)
    }

    @Test("A trouble that has become worse is told at once, to everybody whom that concerns")
    func worse() {
        var gate = gate()
        #expect(gate.admit(notice(.warning), at: start)?.channels == [.slack, .email])
        #expect(gate.admit(notice(.critical), at: start + .seconds(1))?.channels == [.slack, .email, .pagerduty])
        #expect(gate.admit(notice(.critical), at: start + .seconds(2)) == nil)
        #expect(gate.admit(notice(.warning), at: start + .seconds(3)) == nil)
    }

    @Test("The end of a trouble is told once, to those who were told of it, and with what it was")
    func ended() throws {
        var gate = gate()
        _ = gate.admit(notice(.critical), at: start)
        let ended = gate.admit(notice(.info, isResolved: true), at: start + .seconds(1))
        let end = try #require(ended)
        #expect(end.channels == [.slack, .email, .pagerduty])
        #expect(end.notice.severity == .critical)
        #expect(gate.admit(notice(isResolved: true), at: start + .seconds(2)) == nil)
        #expect(gate.admit(notice(.critical), at: start + .seconds(3)) != nil)
    }

    @Test("The end of something that nobody was told of is not told")
    func endOfNothing() {
        var gate = gate()
        #expect(gate.admit(notice(isResolved: true), at: start) == nil)
        _ = gate.admit(notice(.info), at: start)
        #expect(gate.admit(notice(.info, isResolved: true), at: start) == nil)
    }

    @Test("More than so many messages an hour are held back, and told when there is room; PagerDuty is told at once")
    func limit() throws {
        var gate = gate()
        for number in 0..<30 { #expect(gate.admit(notice(.warning, "\(number)"), at: start) != nil) }
        #expect(gate.admit(notice(.warning, "more"), at: start + .seconds(1)) == nil)
        #expect(gate.admit(notice(.warning, "even more"), at: start + .seconds(1)) == nil)
        #expect(gate.admit(notice(.critical, "worst"), at: start + .seconds(1))?.channels == [.pagerduty])
        #expect(gate.admit(notice(.warning, "0", isResolved: true), at: start + .seconds(2)) != nil)
        let later = gate.admit(notice(.warning, "more"), at: start + .seconds(3601))
        let told = try #require(later)
        #expect(told.heldBack == 2 && told.channels == [.slack, .email])
        #expect(gate.admit(notice(.critical, "worst"), at: start + .seconds(3602))?.channels == [.slack, .email])
    }

    @Test("What could not be delivered counts as not told, and so does an end")
    func failed() throws {
        var gate = gate()
        let first = gate.admit(notice(.critical), at: start)
        let telling = try #require(first)
        gate.failed(telling, over: .email)
        #expect(gate.admit(notice(.critical), at: start + .seconds(1))?.channels == [.email])
        let ended = gate.admit(notice(isResolved: true), at: start + .seconds(2))
        let end = try #require(ended)
        gate.failed(end, over: .pagerduty)
        #expect(gate.admit(notice(isResolved: true), at: start + .seconds(3))?.channels == [.pagerduty])
        #expect(gate.admit(notice(isResolved: true), at: start + .seconds(4)) == nil)
    }

    @Test("That a trouble became worse is told later where it was held back or could not be delivered")
    func worseLater() throws {
        var gate = gate()
        _ = gate.admit(notice(.warning), at: start)
        for number in 1..<30 { _ = gate.admit(notice(.warning, "\(number)"), at: start) }
        #expect(gate.admit(notice(.critical), at: start + .seconds(1))?.channels == [.pagerduty])
        let first = gate.admit(notice(.critical), at: start + .seconds(3600))
        let telling = try #require(first)
        #expect(telling.channels == [.slack, .email])
        gate.failed(telling, over: .slack)
        #expect(gate.admit(notice(.critical), at: start + .seconds(3601))?.channels == [.slack])
        let again = gate.admit(notice(.critical), at: start + .seconds(7 * 3600))
        gate.failed(try #require(again), over: .slack)
        // It was told earlier that there is a trouble, so it is told of its end.
        let end = gate.admit(notice(isResolved: true), at: start + .seconds(7 * 3600 + 1))
        #expect(end?.channels == [.slack, .email, .pagerduty])
    }

    @Test("A clock that was set back does not silence anybody for longer than the time between two messages")
    func clock() {
        var gate = gate()
        _ = gate.admit(notice(), at: start + .seconds(86_400 * 365))
        #expect(gate.admit(notice(), at: start) == nil)
        #expect(gate.admit(notice(), at: start + .seconds(4 * 3600)) != nil)
    }

    @Test("It goes on over a restart where it was")
    func kept() throws {
        var gate = gate()
        for severity in Notice.Severity.allCases { _ = gate.admit(notice(severity, severity.rawValue), at: start) }
        for number in 0..<40 { _ = gate.admit(notice(.critical, "\(number)"), at: start) }
        _ = gate.admit(notice(.critical, "0"), at: start + .seconds(1))
        let text = gate.json.compact
        let kept = try JSON(reading: text)
        #expect(NoticeGate(gate.policy, continuing: kept) == gate)
        #expect(NoticeGate(gate.policy, continuing: ["troubles": [["key": 3], "x"]]) == NoticeGate(gate.policy))
    }

    @Test(
        "In every story each channel is told of a trouble before its end, not twice within the time, and never too much"
    )
    func stories() {
        var generator = SeededGenerator()
        for _ in 0..<20 {
            var gate = gate()
            gate.policy.perHourMax = 5
            var (now, open, sent) = (start, [String: Set<NotificationChannel>](), [Timestamp]())
            for _ in 0..<500 {
                now = now + .seconds(Int.random(in: 0...600, using: &generator))
                let severity = Notice.Severity.allCases[Int.random(in: 0..<3, using: &generator)]
                let key = "\(Int.random(in: 0..<8, using: &generator))"
                let isResolved = Int.random(in: 0..<4, using: &generator) == 0
                guard let telling = gate.admit(notice(severity, key, isResolved: isResolved), at: now) else {
                    if isResolved { #expect(open[key] == nil) }
                    continue
                }
                if isResolved {
                    #expect(telling.channels == open.removeValue(forKey: key))
                } else {
                    open[key, default: []].formUnion(telling.channels)
                    if !telling.channels.isDisjoint(with: [.slack, .email]) { sent.append(now) }
                    #expect(sent.count { now - $0 < .seconds(3600) } <= 5)
                }
            }
        }
    }
}
