import Basics
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
                from, what it is, and what was expected. Nothing is started or changed.
                """,
            options: [.json],
            examples: [
                .init("parlor config check", "Check parlor.yaml and the environment"),
                .init("parlor config check --json", "The same for a program"),
                .init("parlor config check --config new.yaml", "Check a file before it is put in place"),
            ],
            success: "the configuration can be used",
            failures: [.configuration, .file]),
        work: { try check($0) })

    private static func check(_ invocation: Invocation) throws {
        let terminal = invocation.terminal
        do {
            let loaded = try Workplace.load(invocation)
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
}
