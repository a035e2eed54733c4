import Basics

extension ConfigurationKey {
    static let notifications: [ConfigurationKey] =
        [
            ConfigurationKey(
                "notifications.level", \.notifications.level, .choice,
                "The least that e-mail and Slack are told; PagerDuty is told what is critical."),
            ConfigurationKey(
                "notifications.repeat_after", \.notifications.repeatAfter,
                .duration(.seconds(600) ... .seconds(604_800)),
                "How long after it was told a trouble that goes on is told again."),
            ConfigurationKey(
                "notifications.slack", \.notifications.slack, .secretAddress, absence: "none",
                aliases: ["SLACK_WEBHOOK"], "The address of an incoming webhook of Slack; it is a secret as a whole."),
            ConfigurationKey(
                "notifications.pagerduty", \.notifications.pagerduty, .password, absence: "none",
                "The routing key of a service of PagerDuty (Events API v2)."),
            ConfigurationKey(
                "notifications.pagerduty_url", \.notifications.pagerdutyURL, .webAddress,
                "Where PagerDuty takes events; accounts in Europe have an address of their own."),
        ] + email

    private static let email: [ConfigurationKey] = [
        ConfigurationKey(
            "notifications.email.to", \.notifications.email.to, .mailAddresses, absence: "nobody",
            "Who gets messages by e-mail, separated by commas."),
        ConfigurationKey(
            "notifications.email.from", \.notifications.email.from, .mailAddress, absence: "none",
            "Who sends them."),
        ConfigurationKey(
            "notifications.email.server", \.notifications.email.server, .host, absence: "none",
            "The server that takes them, by the name in its certificate."),
        ConfigurationKey(
            "notifications.email.port", \.notifications.email.port, .integer(1...65_535),
            absence: "587 for starttls, 465 for tls, 25 for none", "The port of the server."),
        ConfigurationKey(
            "notifications.email.user", \.notifications.email.user, .identifier, absence: "nobody",
            "Who signs in at the server."),
        ConfigurationKey(
            "notifications.email.password", \.notifications.email.password, .password, absence: "none",
            "The password of that user."),
        ConfigurationKey(
            "notifications.email.encryption", \.notifications.email.encryption, .choice,
            "How the connection to the server is encrypted: starttls before anything is said, tls from the first byte, "
                + "none for a server on this machine."),
        ConfigurationKey(
            "notifications.email.authority", \.notifications.email.authority, .path("a file that can be read"),
            absence: "the system's", "The authorities in PEM form that the server's certificate must come from."),
    ]
}

extension ConfigurationValue where Value == Secret {
    /// An address whose path lets in whoever knows it.
    static var secretAddress: Self {
        ConfigurationValue(
            expectation: webAddressExpectation, read: { text in WebAddress(text).map { _ in Secret(text) } },
            write: { $0.reveal() }, json: { .string($0.description) })
    }
}

extension ConfigurationValue where Value == String {
    /// An address of the web.
    static var webAddress: Self {
        ConfigurationValue(
            expectation: webAddressExpectation, read: { WebAddress($0) == nil ? nil : $0 }, write: { $0 })
    }

    /// The address of a mailbox.
    static var mailAddress: Self {
        ConfigurationValue(
            expectation: "an e-mail address such as ops@example.org", read: { MailAddress($0)?.description },
            write: { $0 })
    }

    /// The addresses of some mailboxes.
    static var mailAddresses: Self {
        ConfigurationValue(
            expectation: "e-mail addresses such as ops@example.org, separated by commas",
            read: { text in MailAddress.list(text)?.map(\.description).joined(separator: ", ") },
            write: { $0 })
    }
}

private let webAddressExpectation = "an address that begins with https://"
