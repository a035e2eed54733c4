import Basics
import Foundation
import JSONText
import Testing

/// The pages show commands that exist.
enum DocumentedCommands {
    static func faults(in pages: [SourceFile], _ list: CommandList) -> [Fault] {
        pages.flatMap { page in
            DocumentedCommand.all(in: page).compactMap { command in
                list.objection(to: command.words).map { Fault(path: page.path, line: command.line, message: $0) }
            }
        }
    }

    static let pages = Repository.files.filter {
        $0.path == "README.md" || $0.isBelow("docs") && $0.path.hasSuffix(".md")
    }

    static let exist = pages.contains { !DocumentedCommand.all(in: $0).isEmpty }

    /// The program that was built beside these tests.
    static var program: String {
        URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().appending(path: "parlor")
            .path
    }
}

@Suite struct CommandTests {
    private static let remedy = "correct the page, or add it to the program"
    private let list: CommandList

    init() throws {
        let json = try JSON(
            reading: """
                {"options": ["--json", "--state"], "commands": [
                    {"name": "up", "options": ["--solo", "--detach"], "subcommands": []},
                    {"name": "logs", "options": ["--follow"]}, {"name": "test", "options": ["--sanitize"]},
                    {"name": "config", "options": [], "subcommands": [{"name": "check", "options": ["--strict"]}]}]}
                """)
        list = try #require(CommandList(json))
    }

    private func faults(_ line: String) -> [String] {
        let page = SourceFile("README.md", "Run\n```sh\n\(line)\n```\n")
        return DocumentedCommands.faults(in: [page], list).map(\.description)
    }

    @Test(
        "Commands that exist are fine",
        arguments: [
            "./parlor", "./parlor up --solo --detach", "$ ./parlor logs postgres --follow   # --nothing",
            "sudo ./parlor --state /srv/parlor up", "./parlor config check --strict --json | jq .",
            "PARLOR_X=1 ./parlor up",
            "./parlor up --detach && ./parlor logs; curl --silent localhost", "./parlor up \\\n    --solo",
            "# ./parlor nothing", "./parlor test --filter BasicsTests", "./parlor --state=/srv up",
            "./parlor up [--solo]", "./parlor …",
            "(cd x && ./parlor logs 'a b')", "./parlor config", "parlor nothing", "./parlor test -- --nothing",
        ])
    func exist(line: String) { #expect(faults(line) == []) }

    @Test(
        "Commands and options that do not exist are named, with what was probably meant",
        arguments: [
            ("./parlor upp", "README.md:3: ./parlor has no command upp; did you mean \"up\"?"),
            ("./parlor up --sole", "README.md:3: ./parlor up has no option --sole; did you mean \"--solo\"?"),
            ("ls && ./parlor config chek", "README.md:3: ./parlor config has no command chek; did you mean \"check\"?"),
            ("./parlor logs --solo=x", "README.md:3: ./parlor logs has no option --solo; \(Self.remedy)"),
            ("./parlor up \\\n  --unheard-of", "README.md:4: ./parlor up has no option --unheard-of; \(Self.remedy)"),
            (
                "./parlor test --sanitise",
                "README.md:3: ./parlor test has no option --sanitise; did you mean \"--sanitize\"?"
            ),
        ])
    func missing(line: String, expected: String) { #expect(faults(line) == [expected]) }

    @Test("Text outside of code blocks is not read")
    func prose() {
        let page = SourceFile("README.md", "./parlor nothing\n")
        #expect(DocumentedCommands.faults(in: [page], list) == [])
    }

    @Test("A list of another shape is refused", arguments: ["{}", "[]", #"{"commands": [{"options": []}]}"#])
    func shape(text: String) throws { #expect(CommandList(try JSON(reading: text)) == nil) }

    @Test(
        "Every command of README.md and docs exists in the program",
        .enabled(if: DocumentedCommands.exist, "no page shows a command"))
    func pages() throws {
        let output = try #require(
            Repository.output(DocumentedCommands.program, ["help", "--json"]), "parlor help --json must succeed")
        let json = try? JSON(reading: output)
        let list = try #require(json.flatMap { CommandList($0) }, "parlor help --json must list the commands")
        expectNone(DocumentedCommands.faults(in: DocumentedCommands.pages, list))
    }
}
