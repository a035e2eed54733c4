extension Command {
    /// `parlor notify`, which leads to the commands that look after how people are told of troubles.
    static let notify = Command(
        CommandDeclaration(
            name: "notify",
            group: .configuration,
            summary: "Look after how people are told of troubles",
            discussion: """
                Slack, PagerDuty and e-mail are told what the settings under "notifications" say; the page
                docs/notifications.md explains them.
                """,
            examples: [.init("parlor notify test", "Send a test message")]),
        subcommands: [.notifyTest])
}
