import Basics
import Configuration
import Notifications

extension Command {
    /// `parlor notify test`.
    static let notifyTest = Command(
        CommandDeclaration(
            name: "test",
            group: .configuration,
            summary: "Send a test message by every way that is set",
            discussion: """
                Sends a message that says that it is a test to Slack, PagerDuty and e-mail, as far as they are set, and
                tells what became of each. The incident that it makes in PagerDuty is resolved at once. Nothing needs to
                run for it, and nothing that was told before matters.
                """,
            options: [.json],
            examples: [
                .init("parlor notify test", "Try every way"),
                .init("parlor notify test --json", "The same for a program"),
            ],
            success: "every message was taken",
            failures: [.configuration, .file, .connection]),
        work: { try await test($0) })

    private static func test(_ invocation: Invocation) async throws {
        let loaded = try Workplace.load(invocation)
        let notifier = try Notifier(
            loaded.configuration.notifications, source: HostName.own, on: invocation.loop)
        guard !notifier.channels.isEmpty else {
            throw ParlorError(
                .configuration, "there is nobody to tell", why: "no way is set under notifications",
                hint: "Set notifications.slack, notifications.pagerduty or notifications.email.to.")
        }
        let report = NotifyTestReport(deliveries: await deliveries(by: notifier))
        let isJSON = invocation.command.has(.json)
        try invocation.terminal.write(isJSON ? report.json.pretty + "\n" : report.text)
        guard report.isSound else { throw AlreadySaid(.connection) }
    }

    private static func deliveries(by notifier: Notifier) async -> [Delivery] {
        var notice = Notice(
            .info, key: "test-\(RandomIdentifier.hex(bytes: 4))", "Parlor can reach you",
            text: "This is a test that somebody asked for with \"parlor notify test\". Nothing is wrong.")
        let deliveries = await notifier.send(Telling(notice, over: Set(notifier.channels)))
        notice.isResolved = true
        let ends = await notifier.send(Telling(notice, over: [.pagerduty]))
        return deliveries.map { delivery in
            guard delivery.fault == nil else { return delivery }
            return ends.first { $0.channel == delivery.channel && $0.fault != nil } ?? delivery
        }
    }
}

/// What became of the test messages.
struct NotifyTestReport {
    let deliveries: [Delivery]

    var isSound: Bool { deliveries.allSatisfy { $0.fault == nil } }

    /// For people.
    var text: String {
        deliveries.map { delivery in
            guard let fault = delivery.fault else {
                return "\(delivery.channel.title): taken after \(delivery.duration.brief)\n"
            }
            let attempts = delivery.attempts == 1 ? "one attempt" : "\(delivery.attempts) attempts"
            let hint = fault.hint.map { "  HINT: \($0.printable)\n" } ?? ""
            return "\(delivery.channel.title): not taken in \(attempts): \(fault.reason.printable)\n" + hint
        }.joined()
    }

    /// For programs.
    var json: JSON {
        let list = deliveries.map { delivery -> JSON in
            [
                "channel": .string(delivery.channel.rawValue), "taken": .bool(delivery.fault == nil),
                "attempts": .integer(delivery.attempts), "milliseconds": .integer(Int(delivery.duration.milliseconds)),
                "reason": .string(delivery.fault?.reason), "hint": .string(delivery.fault?.hint),
            ]
        }
        return ["deliveries": .array(list)]
    }
}
