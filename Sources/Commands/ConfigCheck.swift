import Agent
import Basics
import Cluster
import Configuration

extension Command {
    /// `parlor config check`.
    static let configCheck = Command(
        CommandDeclaration(
            name: "check",
            group: .configuration,
            summary: "Say what is wrong with the configuration",
            discussion: """
                Reads everything that a start would read, and reports all faults together: where each value comes
                from, what it is, and what was expected. The settings of PostgreSQL are shown to PostgreSQL
                itself, where it is installed. Nothing is started or changed.
                """,
            options: [.json],
            examples: [
                .init("parlor config check", "Check parlor.yaml and the environment"),
                .init("parlor config check --json", "The same for a program"),
                .init("parlor config check --config new.yaml", "Check a file before it is put in place"),
            ],
            success: "the configuration can be used",
            failures: [.configuration, .file]),
        work: { try await check($0) })

    private static func check(_ invocation: Invocation) async throws {
        let terminal = invocation.terminal
        do {
            let loaded = try Workplace.load(invocation)
            if let faults = try await objections(to: loaded, invocation) { throw faults }
            if invocation.command.has(.json) {
                let warnings = JSON.array(loaded.warnings.map(\.json))
                try terminal.write(JSON.object([.init("faults", []), .init("warnings", warnings)]).pretty + "\n")
            } else {
                for warning in loaded.warnings { try terminal.write("warning: \(warning)\n") }
                try terminal.write(
                    "\(loaded.file ?? "no parlor.yaml, so the defaults") and the environment can be used\n")
            }
        } catch let faults as ConfigurationFaults where invocation.command.has(.json) {
            try terminal.write(
                JSON.object([.init("faults", .array(faults.faults.map(\.json))), .init("warnings", [])]).pretty + "\n")
            throw AlreadySaid(.configuration)
        }
    }

    /// What PostgreSQL has against the settings that are meant for it; nothing where it is not installed.
    private static func objections(
        to loaded: LoadedConfiguration, _ invocation: Invocation
    ) async throws -> ConfigurationFaults? {
        let database = loaded.configuration.database
        guard database.managed, !database.settings.isEmpty,
            let installation = await PostgresInstallation.used(by: database, invocation)
        else { return nil }
        // PostgreSQL does not even look at its settings as root.
        try Workplace(invocation).becomeOwner()
        return loaded.faults(objections: try await installation.objections(to: database.settings, on: invocation.loop))
    }
}

extension PostgresInstallation {
    /// The programs that a start would use; nil when it would find none.
    static func used(by database: Configuration.Database, _ invocation: Invocation) async -> PostgresInstallation? {
        let data = "\(Workplace.standardStatePath)/postgres/data"
        let version = (try? PrivateServer.dataVersion(in: data)) ?? nil
        return try? await find(in: database.binaries, dataVersion: version, on: invocation.loop)
    }
}
