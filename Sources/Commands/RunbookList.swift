import Basics

extension Command {
    /// `parlor runbook`, which leads to what is to be done when data is in danger.
    static let runbook = Command(
        CommandDeclaration(
            name: "runbook",
            group: .operations,
            summary: "Say what to do when data is in danger, and do it step by step",
            discussion: """
                A runbook is a page for one trouble: when to use it, what it costs, the commands with what they answer, how
                to verify that it worked, and how to go back. Three of them can be walked through.
                """,
            examples: [
                .init("parlor runbook list", "Which page is for which trouble"),
                .init("parlor runbook show table", "One of them"),
                .init("parlor runbook run point-in-time", "Back to a moment of the past, step by step"),
            ]),
        subcommands: [.runbookList, .runbookShow, .runbookRun])

    /// `parlor runbook list`.
    static let runbookList = Command(
        CommandDeclaration(
            name: "list",
            group: .operations,
            summary: "Say which runbook is for which trouble",
            discussion: "Nothing needs to run. The pages are files in docs/runbooks beside the program.",
            options: [.json],
            examples: [.init("parlor runbook list", "All of them, with when to use them")],
            success: "the runbooks were listed", failures: [.file]),
        work: { invocation in
            let terminal = invocation.terminal
            let view = RunbookView(try pages.all(), walkable: Runbook.all(isSolo: false).map(\.name))
            if invocation.command.has(.json) { return try terminal.write(view.json.pretty + "\n") }
            let lines = view.lines(width: terminal.width, inColor: terminal.allowsColor())
            try terminal.write(lines.map { "\($0)\n" }.joined())
        })

    /// `parlor runbook show`.
    static let runbookShow = Command(
        CommandDeclaration(
            name: "show",
            group: .operations,
            summary: "Print a runbook",
            discussion: "Nothing needs to run. The page is printed as it stands in docs/runbooks.",
            arguments: [.init("name", "The runbook, as \"runbook list\" names it")],
            examples: [.init("parlor runbook show full-restore", "What to do when everything is lost")],
            success: "the runbook was printed", failures: [.file]),
        work: { try $0.terminal.write(try pages.text(of: $0.command.arguments.first ?? "")) })

    private static var pages: RunbookPages { RunbookPages(root: Workplace.root(Workplace.environment)) }
}
