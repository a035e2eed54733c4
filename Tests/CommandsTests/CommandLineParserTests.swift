import Basics
import Testing

@testable import Commands

/// A made-up program with every kind of option and argument.
let sampleProgram = CommandDeclaration(
    name: "parlor", group: .help, summary: "A sample", discussion: "", options: [.version],
    subcommands: [
        CommandDeclaration(
            name: "copy", group: .daily, summary: "Copy", discussion: "",
            arguments: [.init("source", "Where from"), .init("target", isOptional: true, "Where to")],
            options: [
                .flag("quick", letter: "q", "Quick"), .flag("verbose", letter: "v", "Verbose"),
                .value("number", letter: "n", ValueDeclaration("<n>", .count, standard: "3"), "Number"),
                .value("tag", letter: "t", ValueDeclaration("<tag>"), isRepeatable: true, "Tag"),
                .value("mode", ValueDeclaration("<mode>", .choice(["safe", "fast"])), "Mode"),
                .value("wait", ValueDeclaration("<duration>", .duration), "Wait"),
            ]),
        CommandDeclaration(
            name: "config", group: .configuration, summary: "Configuration", discussion: "",
            subcommands: [
                CommandDeclaration(name: "check", group: .configuration, summary: "Check", discussion: ""),
                CommandDeclaration(
                    name: "print", group: .configuration, summary: "Print", discussion: "",
                    arguments: [.init("key", isOptional: true, isRepeatable: true, "Keys")]),
            ]),
    ])

@Suite struct CommandLineParserTests {
    private let parser = CommandLineParser(main: sampleProgram, general: OptionDeclaration.general)

    private func parse(_ line: String) throws(ParlorError) -> CommandLineRequest {
        try parser.parse(line.split(separator: " ").map(String.init))
    }

    private func command(_ line: String) throws -> ParsedCommand {
        guard case .command(let parsed) = try parse(line) else {
            throw ParlorError(.unexpected, "\(line) is no command")
        }
        return parsed
    }

    @Test("Every way of writing a value is understood", arguments: ["--number 7", "--number=7", "-n 7", "-n7", "-n=7"])
    func values(option: String) throws {
        let parsed = try command("copy a \(option)")
        #expect(parsed.values == ["number": ["7"]])
        #expect(parsed.arguments == ["a"])
    }

    @Test(
        "Flags may stand in one word, and a value may follow them",
        arguments: ["-qvn 7", "-qvn7", "-q -v -n 7", "-vqn=7"])
    func combinedFlags(options: String) throws {
        let parsed = try command("copy \(options) a")
        #expect(parsed.flags == ["quick", "verbose"])
        #expect(parsed.values == ["number": ["7"]])
    }

    @Test("A repeatable option keeps its values in order, and a flag may be repeated")
    func repeated() throws {
        let parsed = try command("copy a --tag one -q -t two -q --tag=three")
        #expect(parsed.values["tag"] == ["one", "two", "three"])
        #expect(parsed.flags == ["quick"])
    }

    @Test("After -- every word is an argument")
    func endOfOptions() throws {
        #expect(try command("copy -- -q --help").arguments == ["-q", "--help"])
        #expect(try command("copy a -- --").arguments == ["a", "--"])
    }

    @Test("A lone dash and a negative number are arguments and values", arguments: ["-", "-5", "-0.5", "-.5", "-1e3"])
    func dashes(word: String) throws {
        #expect(try command("copy \(word)").arguments == [word])
        #expect(try command("copy a --tag \(word)").values["tag"] == [word])
    }

    @Test("A value may hold anything behind an equals sign")
    func attachedValue() throws {
        #expect(try command("copy a --tag=--quick").values["tag"] == ["--quick"])
        #expect(try command("copy a --set=a.b=c=d").values["set"] == ["a.b=c=d"])
        #expect(try command("copy a --tag=-").values["tag"] == ["-"])
    }

    @Test("General options may stand before the command, between its words and behind them")
    func generalOptions() throws {
        let parsed = try command("--set a=1 --debug config --set b=2 check --set c=3")
        #expect(parsed.path == ["config", "check"])
        #expect(parsed.values["set"] == ["a=1", "b=2", "c=3"])
        #expect(parsed.flags == ["debug"])
    }

    @Test("An argument that may be repeated takes the rest")
    func repeatableArgument() throws {
        #expect(try command("config print a b c").arguments == ["a", "b", "c"])
        #expect(try command("config print").arguments == [])
    }

    @Test("What was not given has its default")
    func defaults() throws {
        let number = try #require(sampleProgram.command(at: ["copy"])?.options.first { $0.name == "number" })
        #expect(try command("copy a").count(of: number) == 3)
        #expect(try command("copy a -n 9").count(of: number) == 9)
    }

    @Test(
        "Help is given wherever it is asked for, even on a line that is wrong",
        arguments: [
            ("--help", []), ("-h", []), ("copy --help", ["copy"]), ("--help copy", ["copy"]), ("copy a b -h", ["copy"]),
            ("copy", nil), ("copy -qh", ["copy"]), ("copy --wrong --help", ["copy"]),
            ("copy --number --help", ["copy"]),
            ("copy a b c --help", ["copy"]), ("config check -h", ["config", "check"]), ("config", ["config"]), ("", []),
            ("--debug", []), ("copy a -- --help", nil),
        ] as [(String, [String]?)])
    func help(line: String, path: [String]?) {
        let request = try? parse(line)
        if let path { #expect(request == .help(path)) } else { #expect(request != .help(["copy"])) }
    }

    @Test("The version is an option of the program alone")
    func version() throws {
        #expect(try parse("--version") == .version)
        #expect(throws: ParlorError.self) { try parse("copy a --version") }
    }

    @Test(
        "What cannot be understood is said, with the command that explains it",
        arguments: [
            ("cpoy", "there is no command \"parlor cpoy\": did you mean \"parlor copy\"?", "parlor"),
            ("conf", "there is no command \"parlor conf\": did you mean \"parlor config\"?", "parlor"),
            ("frobnicate", "there is no command \"parlor frobnicate\"", "parlor"),
            ("frobnicate --help", "there is no command \"parlor frobnicate\"", "parlor"),
            (
                "config chekc", "there is no command \"parlor config chekc\": did you mean \"parlor config check\"?",
                "parlor config"
            ),
            ("copy --qiuck", "parlor copy has no option --qiuck: did you mean \"--quick\"?", "parlor copy"),
            ("copy --verb", "parlor copy has no option --verb: did you mean \"--verbose\"?", "parlor copy"),
            ("copy --wrong=secret", "parlor copy has no option --wrong", "parlor copy"),
            ("copy -qx", "parlor copy has no option -x", "parlor copy"),
            ("copy -tag", "parlor copy needs <source>", "parlor copy"),
            ("copy -mode", "parlor copy has no option -m: did you mean \"--mode\"?", "parlor copy"),
            ("--quick copy a", "--quick stands before the command: options of a command follow its name", "parlor"),
            ("copy a --number", "a value is missing after --number: it is written --number <n>", "parlor copy"),
            (
                "copy a -n -q",
                "a value is missing after --number: \"-q\" looks like an option; write --number=-q if it is the value",
                "parlor copy"
            ),
            ("copy a -n", "a value is missing after --number: it is written --number <n>", "parlor copy"),
            ("copy a --quick=yes", "--quick takes no value: it is a flag", "parlor copy"),
            ("copy a -q=yes", "--quick takes no value: it is a flag", "parlor copy"),
            ("copy a -n x", "--number wants a whole number like 100, not \"x\"", "parlor copy"),
            ("copy a -n -5", "--number wants a whole number like 100, not \"-5\"", "parlor copy"),
            ("copy a --tag=", "--tag wants a text, not \"\"", "parlor copy"),
            ("copy a --wait 5", "--wait wants a duration like 30s or 5min, not \"5\"", "parlor copy"),
            (
                "copy a --mode sfae", "--mode wants one of safe, fast, not \"sfae\": did you mean \"safe\"?",
                "parlor copy"
            ),
            ("copy a --set hunter2", "--set wants a key and a value like postgres.port=5433", "parlor copy"),
            ("copy a -n 1 -n 1", "--number is given twice: it takes one value", "parlor copy"),
            ("copy", "parlor copy needs <source>", "parlor copy"),
            ("copy a b c", "\"c\" was not expected: parlor copy takes 2 arguments at most", "parlor copy"),
            ("config check x", "\"x\" was not expected: parlor config check takes no arguments", "parlor config check"),
        ])
    func faults(line: String, message: String, command: String) throws {
        let error = try #require(throws: ParlorError.self) { try parse(line) }
        let offer = command == "parlor" ? "the commands and options there are" : "what it takes"
        #expect(error.code == .usage)
        #expect(error.description == "\(message)\nHINT: Run \"./\(command) --help\" to see \(offer).")
    }
}
