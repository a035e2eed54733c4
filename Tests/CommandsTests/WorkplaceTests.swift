import Basics
import Configuration
import Loop
import Telemetry
import TestSupport
import Testing

@testable import Commands

@Suite struct WorkplaceTests {
    /// What a command line asks for, in a folder whose parlor.yaml holds `file`.
    private func load(
        _ line: String, file: String? = nil, environment: [String: String] = [:], others: [String: String] = [:]
    ) throws -> LoadedConfiguration {
        try withTemporaryFolder { folder in
            for (name, text) in others.merging(file.map { ["parlor.yaml": $0] } ?? [:], uniquingKeysWith: { $1 }) {
                try Files.writeAtomically(text, to: "\(folder)/\(name)")
            }
            let words = line.split(separator: " ").map { String($0).replacing("@", with: folder) }
            let parser = CommandLineParser(main: Command.main.declaration, general: OptionDeclaration.general)
            guard case .command(let command) = try parser.parse(["config", "show"] + words) else {
                throw ParlorError(.usage, "\(line) is no command")
            }
            let environment = environment.mapValues { $0.replacing("@", with: folder) }
            let invocation = Invocation(
                command: command, main: Command.main.declaration, terminal: Terminal(environment: [:]),
                loop: try EventLoop())
            return try Workplace.load(invocation, environment, folder)
        }
    }

    private let port4000 = "api:\n  port: 4000\n"

    @Test("Without anything said the defaults count")
    func defaults() throws {
        let loaded = try load("")
        #expect(loaded.configuration == Configuration() && loaded.file == nil && loaded.origins.isEmpty)
    }

    @Test("The file is over the default, the environment over the file, --set over everything, the last --set wins")
    func precedence() throws {
        let environment = ["PARLOR_API_PORT": "5000"]
        func port(_ line: String, _ file: String?, _ environment: [String: String] = [:]) throws -> String {
            let loaded = try load(line, file: file, environment: environment)
            let place = loaded.origin(of: "api.port").description.split(separator: "/").last ?? ""
            return "\(loaded.configuration.api.port) from \(place)"
        }
        #expect(try port("", port4000) == "4000 from parlor.yaml:2")
        #expect(try port("", port4000, environment) == "5000 from environment PARLOR_API_PORT")
        #expect(try port("--set api.port=6000", port4000, environment) == "6000 from flag --set")
        #expect(try port("--set api.port=6000 --set api.port=7000", port4000, environment) == "7000 from flag --set")
    }

    @Test("Every --set counts, and a value may hold what separates it from its key")
    func several() throws {
        let loaded = try load("--set log.level=debug --set database.password=a=b==c --set api.port=6000")
        #expect(loaded.configuration.log.level == .debug && loaded.configuration.api.port == 6000)
        #expect(loaded.configuration.database.password?.reveal() == "a=b==c")
    }

    @Test("The flag --config names another file than parlor.yaml, and than PARLOR_CONFIG")
    func otherFile() throws {
        let others = ["other.yaml": "api:\n  port: 4001\n", "third.yaml": "api:\n  port: 4002\n"]
        func loaded(_ line: String, _ environment: [String: String] = [:]) throws -> LoadedConfiguration {
            try load(line, file: port4000, environment: environment, others: others)
        }
        #expect(try loaded("").configuration.api.port == 4000)
        #expect(try loaded("", ["PARLOR_CONFIG": "@/other.yaml"]).configuration.api.port == 4001)
        let both = try loaded("--config @/third.yaml", ["PARLOR_CONFIG": "@/other.yaml"])
        #expect(both.configuration.api.port == 4002 && both.file?.hasSuffix("/third.yaml") == true)
        #expect(try loaded("--config /dev/null").configuration.api.port == 3000)
    }

    /// All faults of a line, for people.
    private func faults(_ line: String, file: String? = nil) throws -> [String] {
        let faults = try #require(throws: ConfigurationFaults.self) { try load(line, file: file) }
        return faults.faults.map(\.description)
    }

    @Test("A file that --config names must be there, while parlor.yaml need not")
    func missingFile() throws {
        let faults = try faults("--config @/nowhere.yaml")
        #expect(faults.count == 1 && faults[0].hasPrefix("--config: "))
        #expect(faults[0].hasSuffix("/nowhere.yaml does not exist"))
    }

    @Test("Faults of the file and of --set are told together, each with its place")
    func faultsTogether() throws {
        let faults = try faults("--set api.prot=1 --set log.keep=many", file: "api:\n  port: high\n")
        #expect(faults.count == 3)
        #expect(faults[0].contains("/parlor.yaml:2:9: api.port is \"high\", expected a whole number"))
        #expect(faults.contains { $0.hasPrefix("--set: ") && $0.hasSuffix("did you mean \"api.port\"?") })
        #expect(faults.contains { $0.hasPrefix("--set: log.keep is \"many\", expected a whole number") })
    }

    @Test("The launcher's folder is where parlor.yaml is looked for")
    func root() throws {
        try withTemporaryFolder { folder in
            try Files.writeAtomically(port4000, to: "\(folder)/parlor.yaml")
            let invocation = Invocation(
                command: ParsedCommand(), main: Command.main.declaration, terminal: Terminal(environment: [:]),
                loop: try EventLoop())
            let loaded = try Workplace.load(invocation, ["PARLOR_INTERNAL_ROOT": folder])
            #expect(loaded.configuration.api.port == 4000 && loaded.file == "\(folder)/parlor.yaml")
        }
    }

    @Test("The environment of this process is read, whatever its values hold")
    func environment() { #expect(Workplace.environment["PATH"]?.contains("/") == true) }

    @Test("Each level of the configuration is one of the logger's", arguments: Configuration.Log.Level.allCases)
    func levels(level: Configuration.Log.Level) { #expect(LogLevel(level).rawValue == level.rawValue) }
}
