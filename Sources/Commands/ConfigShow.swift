import Agent
import Basics
import Cluster
import Configuration

extension Command {
    /// `parlor config show`.
    static let configShow = Command(
        CommandDeclaration(
            name: "show",
            group: .configuration,
            summary: "Show every setting and where its value comes from",
            discussion: """
                Shows the settings as a start would use them, each with the default, the line of the file, the
                variable or the option that its value comes from. Secrets are masked.

                With --postgresql, shows instead what the private PostgreSQL gets: what follows from the machine
                and what you set in database.settings, each with the reason.
                """,
            options: [.postgresql, .json],
            examples: [
                .init("parlor config show", "Every setting"),
                .init("parlor config show --postgresql", "PostgreSQL's settings, and why they are so"),
                .init("parlor config show --json", "The same for a program"),
            ],
            success: "the settings are shown",
            failures: [.configuration, .file]),
        work: { try await show($0) })

    private static func show(_ invocation: Invocation) async throws {
        let loaded = try Workplace.load(invocation)
        guard !invocation.command.has(.postgresql) else { return try await showServer(loaded, invocation) }
        let terminal = invocation.terminal
        if invocation.command.has(.json) { return try terminal.write(loaded.json().pretty + "\n") }
        let columns = [Table.Column("KEY"), Table.Column("VALUE", shrinks: true), Table.Column("FROM")]
        let rows = loaded.entries().map { entry in
            [Table.Cell(entry.key), Table.Cell(entry.value), Table.Cell(entry.origin, entry.isDefault ? .dim : nil)]
        }
        let table = Table(columns: columns, rows: rows)
        let lines = table.lines(fitting: terminal.width, inColor: terminal.allowsColor())
        try terminal.write(lines.map { "\($0)\n" }.joined())
    }

    private static func showServer(_ loaded: LoadedConfiguration, _ invocation: Invocation) async throws {
        let database = loaded.configuration.database
        guard database.managed else {
            throw ParlorError(
                .configuration, "the database is not Parlor's", why: "database.managed is false",
                hint: "Ask that server itself: \"SELECT name, setting FROM pg_settings\".")
        }
        var machine = Machine.current(holding: Workplace.standardStatePath)
        machine.memory = database.memory ?? machine.memory
        let installation = await PostgresInstallation.used(by: database, invocation)
        let settings = ServerSettings(
            of: database, on: machine, .solo, in: installation, isArchived: loaded.configuration.archivesLog
        ) { name in
            loaded.origin(ofSetting: name).phrase
        }
        let custom = "\(Workplace.standardStatePath)/postgres/custom.conf"
        let view = ServerSettingsView(
            settings, machine, memoryKey: database.memory.map { _ in "database.memory" },
            customFile: Files.exists(custom) ? custom : nil)
        let terminal = invocation.terminal
        if invocation.command.has(.json) { return try terminal.write(view.json.pretty + "\n") }
        let lines = view.lines(width: terminal.width, inColor: terminal.allowsColor())
        try terminal.write(lines.map { "\($0)\n" }.joined())
    }
}

extension OptionDeclaration {
    /// PostgreSQL's settings instead of Parlor's.
    package static let postgresql = flag("postgresql", "Show PostgreSQL's settings, each with its reason")
}

extension ConfigurationOrigin {
    /// As it ends a sentence: `in parlor.yaml:12`, `with --set`.
    fileprivate var phrase: String {
        switch self {
        case .flag(let name): "with \(name)"
        case .environment(let name): "with \(name)"
        case .standard, .file, .consequence: "in \(self)"
        }
    }
}
