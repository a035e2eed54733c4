import Basics
import JSONText
import TestSupport
import Testing

@testable import Commands

/// The commands that have a help text, `parlor` itself first.
private let helpPaths: [[String]] = {
    func paths(below command: CommandDeclaration, at path: [String]) -> [[String]] {
        [path] + command.subcommands.flatMap { paths(below: $0, at: path + [$0.name]) }
    }
    return paths(below: Command.main.declaration, at: [])
}()

@Suite struct HelpTests {
    private let main = Command.main.declaration
    private let parser = CommandLineParser(main: Command.main.declaration, general: OptionDeclaration.general)

    @Test("The help reads as it should", arguments: helpPaths)
    func golden(path: [String]) {
        expectGolden(HelpView(width: 80).text(main: main, path: path), (["help"] + path).joined(separator: "-"))
    }

    @Test("No line is longer than the terminal between 80 and 100 columns is wide", arguments: helpPaths)
    func width(path: [String]) {
        for (width, allowed) in [(20, 80), (80, 80), (93, 93), (300, 100)] {
            let lines = HelpView(width: width).text(main: main, path: path).split(separator: "\n").map(String.init)
            #expect(lines.filter { $0.displayWidth > allowed } == [])
            #expect(lines.filter { $0.hasSuffix(" ") } == [])
        }
    }

    @Test("Colour changes only how the help looks")
    func color() {
        let plain = HelpView(width: 80).text(main: main, path: ["logs"])
        let colored = HelpView(width: 80, inColor: true).text(main: main, path: ["logs"])
        #expect(colored != plain)
        #expect(colored.replacing("\u{1B}[1m", with: "").replacing("\u{1B}[0m", with: "") == plain)
    }

    @Test("Every example is a command line that is understood", arguments: helpPaths)
    func examples(path: [String]) throws {
        for example in main.command(at: path)?.examples ?? [] {
            let words = example.line.split(separator: " ").map(String.init)
            guard case .command(let parsed) = try parser.parse(Array(words.dropFirst())) else {
                Issue.record("\(example.line) runs nothing")
                continue
            }
            #expect(parsed.path.starts(with: path))
        }
    }

    @Test("Every command has a summary, a discussion and an example", arguments: helpPaths.dropFirst())
    func complete(path: [String]) throws {
        let command = try #require(main.command(at: path))
        #expect(!command.discussion.isEmpty && !command.examples.isEmpty)
        #expect(!command.summary.isEmpty && !command.summary.hasSuffix("."))
        #expect(command.options.allSatisfy { !$0.help.isEmpty && !$0.help.hasSuffix(".") })
    }

    @Test("Names and letters of a command are its own, and its defaults can be used", arguments: helpPaths)
    func consistent(path: [String]) throws {
        let command = try #require(main.command(at: path))
        let options = command.options + OptionDeclaration.general
        #expect(Set(options.map(\.name)).count == options.count)
        #expect(Set(options.compactMap(\.letter)).count == options.compactMap(\.letter).count)
        for value in options.compactMap(\.value) {
            #expect(value.standard.map(value.kind.accepts) ?? true)
        }
        #expect(Set(command.subcommands.map(\.name)).count == command.subcommands.count)
        #expect(command.subcommands.isEmpty || command.arguments.isEmpty)
        #expect(command.arguments.dropLast().allSatisfy { !$0.isRepeatable })
    }

    @Test("Choices, defaults and repetition stand behind the help of an option")
    func notes() {
        let text = HelpView(width: 100).text(main: sampleProgram, path: ["copy"])
        #expect(text.contains("  -n, --number <n>          Number (default: 3)\n"))
        #expect(text.contains("  -t, --tag <tag>           Tag (may be repeated)\n"))
        #expect(text.contains("      --mode <mode>         Mode (one of safe, fast)\n"))
        #expect(text.contains("  parlor copy <source> [target] [--quick]"))
    }

    @Test("The catalog for tools names every command, option and argument")
    func catalog() throws {
        let catalog = try JSON(reading: HelpCatalog.json(main: main).compact)
        let names = catalog["commands"]?.elements?.compactMap { $0["name"]?.text }
        #expect(names == main.subcommands.map(\.name))
        let logs = catalog["commands"]?.elements?.first { $0["name"] == "logs" }
        #expect(logs?["options"] == ["--follow", "--lines"])
        #expect(logs?["arguments"] == ["[part]"])
        let config = catalog["commands"]?.elements?.first { $0["name"] == "config" }
        #expect(config?["subcommands"]?.elements?.compactMap { $0["name"]?.text } == ["check", "show"])
        #expect(catalog["options"] == ["--config", "--set", "--no-color", "--debug", "--help", "--version"])
    }

    @Test(
        "No golden file is left behind by a text that is gone",
        .disabled(if: GoldenFile.isUpdating, "they are being written"))
    func goldenFiles() throws {
        let helps = helpPaths.map { (["help"] + $0).joined(separator: "-") }
        let expected =
            helps + StatusViewTests.goldenNames + ErrorViewTests.goldenNames + ProgressTests.goldenNames
            + MigrationViewTests.goldenNames + ServerSettingsViewTests.goldenNames
            + ClusterViewTests.goldenNames + DrillViewTests.goldenNames + InstallationViewTests.goldenNames
            + SimulationViewTests.goldenNames
        #expect(try Files.list(GoldenFile.folder(of: #filePath)) == expected.map { "\($0).txt" }.sorted())
    }
}
