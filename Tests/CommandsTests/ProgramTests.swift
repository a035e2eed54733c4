import Basics
import Glibc
import JSONText
import TestSupport
import Testing

@testable import Commands

@Suite struct ProgramTests {
    /// What a run of the program left behind.
    private struct Answer {
        var status: Int32
        var output: String
        var error: String
    }

    private func run(_ line: String, main: Command = .main) throws -> Answer {
        try withTemporaryFolder { folder in
            let output = open("\(folder)/output", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            let error = open("\(folder)/error", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            try #require(output >= 0 && error >= 0)
            defer {
                close(output)
                close(error)
            }
            let terminal = Terminal(output: output, error: error, environment: ["COLUMNS": "80"])
            let status = Program(main: main, terminal: terminal).run(line.split(separator: " ").map(String.init))
            return Answer(
                status: status, output: try Files.readText("\(folder)/output"),
                error: try Files.readText("\(folder)/error"))
        }
    }

    /// A program with one command, `work`.
    private func program(_ work: @escaping Command.Work) -> Command {
        let declaration = CommandDeclaration(
            name: "work", group: .daily, summary: "Work", discussion: "", options: [.json, .lines])
        return Command(
            CommandDeclaration(name: "parlor", group: .help, summary: "Parlor", discussion: ""),
            subcommands: [Command(declaration, work: work)])
    }

    @Test("The version is printed")
    func version() throws {
        let answer = try run("--version")
        #expect(answer.output == "parlor \(Version.current)\n" && answer.status == 0 && answer.error.isEmpty)
    }

    @Test(
        "Help comes from the help command and from --help alike",
        arguments: ["", "up", "config", "config check", "help"])
    func help(command: String) async throws {
        let asked = try run("help \(command)")
        let flagged = try run("\(command) --help")
        #expect(asked.status == 0 && flagged.status == 0)
        #expect(asked.output == flagged.output && !asked.output.isEmpty)
    }

    @Test("A line without a command shows the main help", arguments: ["", "--debug"])
    func noCommand(line: String) async throws {
        let answer = try run(line)
        #expect(answer.output == HelpView(width: 80).text(main: Command.main.declaration, path: []))
    }

    @Test("Help for tools is JSON, of all commands or of one")
    func catalog() throws {
        let all = try JSON(reading: try run("help --json").output)
        let one = try JSON(reading: try run("help config check --json").output)
        #expect(all == HelpCatalog.json(main: Command.main.declaration))
        #expect(one["commands"]?.elements?.map { $0["name"]?.text } == ["check"])
    }

    @Test("The help command knows what was meant")
    func unknownHelp() throws {
        let answer = try run("help config shwo")
        #expect(answer.status == 2 && answer.output.isEmpty)
        #expect(answer.error.hasPrefix("parlor: error: there is no command \"parlor config shwo\": did you mean"))
        #expect(answer.error.contains("\"parlor config show\"?\nHINT: Run \"./parlor config --help\""))
    }

    @Test("The tests are left to the launcher")
    func launcher() throws {
        let answer = try run("test")
        #expect(answer.status == 2)
        #expect(answer.error.contains("\nHINT: Run \"./parlor test\" in the checkout.\n"))
    }

    @Test("A command gets what was asked for, and its output is the only output")
    func work() throws {
        let main = program { invocation in
            try invocation.terminal.write("\(invocation.command.count(of: .lines) ?? -1) lines\n")
        }
        let answer = try run("work --lines 5", main: main)
        #expect(answer.output == "5 lines\n" && answer.error.isEmpty && answer.status == 0)
    }

    @Test("An error goes to the standard error, in the form that was asked for")
    func errors() throws {
        let main = program { _ in throw ParlorError(.diskFull, "the disk is full", detail: "private") }
        let plain = try run("work", main: main)
        #expect(plain.error == "parlor: error: the disk is full\n" && plain.output.isEmpty && plain.status == 14)
        #expect(try run("work --debug", main: main).error.contains("DETAIL: private"))
        let json = try JSON(reading: try run("work --json", main: main).error)
        #expect(json["error"]?["code"] == "disk_full")
    }

    @Test("An error that nobody foresaw has status 1 and keeps its detail to itself")
    func unexpected() throws {
        struct Surprise: Error { let secret = "hunter2" }
        let answer = try run("work", main: program { _ in throw Surprise() })
        #expect(answer.status == 1 && !answer.error.contains("hunter2"))
    }

    @Test("A command that has said everything ends with its status and nothing more")
    func alreadySaid() throws {
        let answer = try run("work", main: program { _ in throw AlreadySaid(.unhealthy) })
        #expect(answer.status == 3 && answer.error.isEmpty)
    }

    @Test("A reader that went away ends the command quietly, with status 0")
    func outputClosed() throws {
        let answer = try run("work", main: program { _ in throw OutputClosed() })
        #expect(answer.status == 0 && answer.error.isEmpty)
    }

    @Test("A command line that cannot be understood is an error in JSON for those who asked for JSON")
    func usageAsJSON() throws {
        let answer = try run("work --json --wrong", main: program { _ in })
        #expect(try JSON(reading: answer.error)["error"]?["code"] == "usage")
        #expect(answer.status == 2)
    }
}
