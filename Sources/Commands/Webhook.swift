extension Command {
    /// `parlor webhook`, which leads to the commands about what WhatsApp delivered.
    static let webhook = Command(
        CommandDeclaration(
            name: "webhook",
            group: .database,
            summary: "Look after what WhatsApp delivered",
            discussion: """
                Everything that WhatsApp delivers is kept in the log of events before it is applied, so it can be applied
                again.
                """,
            examples: [.init("parlor webhook replay --from 2026-11-20T08:00:00Z", "Apply all since then again")]),
        subcommands: [.webhookReplay])
}
