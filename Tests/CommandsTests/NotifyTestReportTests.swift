import Basics
import Notifications
import Testing

@testable import Commands

@Suite struct NotifyTestReportTests {
    private let report = NotifyTestReport(deliveries: [
        Delivery(channel: .slack, key: "test", fault: nil, attempts: 1, duration: .milliseconds(340)),
        Delivery(
            channel: .email, key: "test",
            fault: DeliveryFault("it answered 535 5.7.8 to the sign-in", hint: "Check it."),
            attempts: 1, duration: .milliseconds(80)),
        Delivery(
            channel: .pagerduty, key: "test", fault: DeliveryFault("it did not answer in time"), attempts: 3,
            duration: .seconds(50)),
    ])

    @Test("People read what became of each way, and what to do")
    func text() {
        #expect(!report.isSound)
        #expect(
            report.text == """
                Slack: taken after 340 ms
                e-mail: not taken in one attempt: it answered 535 5.7.8 to the sign-in
                  HINT: Check it.
                PagerDuty: not taken in 3 attempts: it did not answer in time

                """)
    }

    @Test("Programs get the same")
    func json() {
        #expect(
            report.json["deliveries"]?.elements?[1].compact == """
                {"channel":"email","taken":false,"attempts":1,"milliseconds":80,\
                "reason":"it answered 535 5.7.8 to the sign-in","hint":"Check it."}
                """)
    }
}
