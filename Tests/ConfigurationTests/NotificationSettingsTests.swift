import Basics
import Configuration
import Testing

@Suite struct NotificationSettingsTests {
    @Test("Everything is read, kept for children, and shown without what is secret")
    func everything() throws {
        let loaded = try load(
            [
                "SLACK_WEBHOOK": "https://hooks.example/services/T0/hunter2",
                "PARLOR_NOTIFICATIONS_PAGERDUTY": "hunter3",
                "PARLOR_NOTIFICATIONS_EMAIL_PASSWORD": "hunter4",
            ],
            set: [
                ("notifications.email.to", "a@b.example,c.d+e@f.example "), ("notifications.email.from", "p@b.example"),
                ("notifications.email.server", "mail.b.example"), ("notifications.email.port", "2525"),
                ("notifications.email.user", "me"), ("notifications.email.encryption", "tls"),
                ("notifications.level", "info"), ("notifications.repeat_after", "30min"),
                ("notifications.pagerduty_url", "https://events.eu.pagerduty.com/v2/enqueue"),
            ])
        let settings = loaded.configuration.notifications
        #expect(settings.email.recipients.map(\.description) == ["a@b.example", "c.d+e@f.example"])
        #expect(settings.slack == Secret("https://hooks.example/services/T0/hunter2"))
        #expect(
            try LoadedConfiguration.load(environment: loaded.environment()).configuration == loaded.configuration)
        for text in [loaded.json().pretty, String(reflecting: loaded), "\(loaded.entries())"] {
            #expect(!text.contains("hunter"))
        }
    }

    @Test(
        "What is no secret address is refused without being shown",
        arguments: ["http://hooks.example/hunter2", "your_hunter2_url", "https:///hunter2", "https://a b/hunter2"])
    func address(text: String) throws {
        #expect(
            try faults(["SLACK_WEBHOOK": text]) == [
                "SLACK_WEBHOOK: notifications.slack is not usable, expected an address that begins with https://"
            ])
    }

    @Test(
        "What is no address of a mailbox is refused",
        arguments: [
            "ops", "a@b@c", "a b@c", "a@", "@b", "a..b@c", "a@b..c", "a@-b", "<a@b>", "a@b,", "a@b\u{7F}", "ä@b.c",
            "a@b.c\r\nRCPT TO:<x@y.z>", "\"a\"@b", "a@[127.0.0.1]",
        ])
    func mailbox(text: String) {
        #expect(MailAddress.list(text) == nil)
    }

    @Test("What is missing for e-mail is told by what asks for it")
    func missing() throws {
        #expect(
            try faults(set: [("notifications.email.to", "a@b.c"), ("notifications.email.user", "me")]) == [
                "--set: notifications.email.from is not set, expected a value, since notifications.email.to is set",
                "--set: notifications.email.server is not set, expected a value, since notifications.email.to is set",
                "--set: notifications.email.password is not set, expected the password of the user, "
                    + "since notifications.email.user is set",
            ])
    }

    @Test("Without encryption e-mail goes to this machine alone, and without a password")
    func unencrypted() throws {
        let base = [
            ("notifications.email.to", "a@b.c"), ("notifications.email.from", "a@b.c"),
            ("notifications.email.encryption", "none"),
        ]
        #expect(try faults(set: base + [("notifications.email.server", "localhost")]).isEmpty)
        #expect(
            try faults(set: base + [("notifications.email.server", "mail.b.c")]) == [
                "--set: notifications.email.encryption is \"none\", expected starttls or tls, since \"mail.b.c\" is not "
                    + "this machine"
            ])
        let account = [("notifications.email.user", "me"), ("notifications.email.password", "hunter4")]
        #expect(
            try faults(set: base + account + [("notifications.email.server", "::1")]) == [
                "--set: notifications.email.encryption is \"none\", expected starttls or tls, since a password is not "
                    + "sent without encryption"
            ])
    }
}
