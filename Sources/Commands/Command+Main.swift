extension Command {
    /// The program: every command there is, in the order of the main help. A new command is a file of its own and a
    /// line here.
    package static let main = Command(
        CommandDeclaration(
            name: "parlor",
            group: .help,
            summary: """
                Parlor takes an empty Debian machine to a production-grade PostgreSQL platform with a WhatsApp booking \
                service for salons on it
                """,
            discussion: """
                Settings come from parlor.yaml, then from PARLOR_ variables, then from --set; the later one wins.

                Everything that Parlor keeps (data, logs, secrets) is in one folder: .parlor/ beside parlor.yaml,
                unless the variable PARLOR_STATE names another. What "parlor install" set up has its own places.

                "parlor help <command>" tells more about a command. In a checkout the program is started as
                ./parlor, which builds it first when its sources have changed.
                """,
            options: [.version]),
        subcommands: [
            .up,
            .down,
            .status,
            .health,
            .logs,
            .reset,
            .cluster,
            .harden,
            .backup,
            .restore,
            .runbook,
            .drill,
            .migrate,
            .seed,
            .webhook,
            .jobs,
            .simulate,
            .user,
            .serve,
            .worker,
            .agent,
            .install,
            .config,
            .notify,
            .help,
            .test,
            .bench,
        ])
}
