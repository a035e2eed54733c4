extension Command {
    /// `parlor config`, which leads to the commands that look after parlor.yaml.
    static let config = Command(
        CommandDeclaration(
            name: "config",
            group: .configuration,
            summary: "Look after the configuration",
            discussion: """
                Settings come from parlor.yaml, then from PARLOR_ variables, then from --set; the later one wins.
                """,
            examples: [.init("parlor config check", "What is wrong with parlor.yaml")]),
        subcommands: [.configCheck, .configShow])
}
