package import Basics
package import Loop
import Processes

/// pgBackRest as a program: what it is told, and what it answers.
package struct PgBackRest: Sendable {
    /// Where Debian puts it.
    package static let executable = "/usr/bin/pgbackrest"

    /// The file that configures it.
    package var configurationFile: String
    /// How it gets into the servers, and the mark by which what a killed agent leaves of it is found.
    package var environment: [String: String]

    /// What is started.
    private let executable: String

    /// The program with a configuration; another executable than Debian's is for tests.
    package init(
        _ configurationFile: String, environment: [String: String], executable: String = Self.executable
    ) throws(ParlorError) {
        guard Files.exists(executable) else {
            throw ParlorError(
                .engineMissing, "pgBackRest is not installed", why: "\(executable) is missing",
                hint: "Install the package pgbackrest, then try again.")
        }
        self.configurationFile = configurationFile
        self.executable = executable
        self.environment = environment.merging(["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"]) { own, _ in
            own
        }
    }

    /// The words of a command. What is read is a shell's.
    package static func archiveCommand(_ configurationFile: String) -> String {
        "\(executable) --config=\(configurationFile) --stanza=\(PgBackRestConfiguration.stanza) archive-push %p"
    }

    /// Runs a command to its end, handing on what it writes line by line.
    package func run(
        _ command: String, _ options: [String] = [], within limit: Duration, on loop: EventLoop,
        line: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws {
        let program = Program(
            executable,
            ["--config=\(configurationFile)", "--stanza=\(PgBackRestConfiguration.stanza)", command] + options,
            environment: environment, parentDeathSignal: 15)
        let outcome = try await Child.run(program, within: limit, on: loop, line: line)
        guard outcome.status.isSuccess else {
            throw PgBackRestFailure(command, outcome.output, outcome.status.description).error
        }
    }

    /// Runs a command to its end, and gives back everything that it wrote.
    package func output(
        _ command: String, _ options: [String] = [], within limit: Duration, on loop: EventLoop
    ) async throws -> String {
        let text = Collected()
        try await run(command, options, within: limit, on: loop) { text.add($0) }
        return text.lines.joined(separator: "\n")
    }

    /// Lines as they come. Used on the loop only.
    private final class Collected: @unchecked Sendable {
        // Guard of @unchecked Sendable: loop only: the lines of a child are read there.
        var lines: [String] = []

        func add(_ line: String) { lines.append(line) }
    }
}
