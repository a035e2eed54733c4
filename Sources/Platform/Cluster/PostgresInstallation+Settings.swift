package import Loop
import Basics
import Processes

extension PostgresInstallation {
    /// The libraries that Parlor makes use of where they are installed.
    private static let optionalLibraries = ["pgaudit"]

    /// Those of the optional libraries that are installed beside the programs, as Debian does it or as PostgreSQL's own
    /// makefiles do.
    package var libraries: Set<String> { Set(Self.optionalLibraries.filter { has(library: $0) }) }

    private func has(library name: String) -> Bool {
        let root = Files.parent(of: folder)
        return ["lib", "lib/postgresql"].contains { Files.exists("\(root)/\($0)/\(name).so") }
    }

    /// The libraries of a list that are not there, and without which the server would not start.
    private func missingLibraries(_ list: String) -> [String] {
        // Where not even PostgreSQL's own are found, the libraries are somewhere else.
        guard has(library: "plpgsql") else { return [] }
        return list.split(whereSeparator: { $0 == "," || $0 == " " || $0 == "\"" }).map(String.init)
            .filter { !$0.contains("/") && !has(library: $0) }
    }

    /// What PostgreSQL has against a value of a setting; nil when it takes it. No server runs for that, and an extension
    /// that is not loaded has no say.
    package func objection(to name: String, _ value: String, on loop: EventLoop) async throws -> String? {
        if name.lowercased() == "shared_preload_libraries", let missing = missingLibraries(value).first {
            return "library \"\(missing)\" is not installed"
        }
        // With another file than /dev/null it would say what else is wrong there.
        let program = Program(
            self.program("postgres"), ["-D", "/", "-c", "config_file=/dev/null", "-c", "\(name)=\(value)", "-C", name],
            environment: ["PATH": "\(folder):/usr/bin:/bin", "LC_ALL": "C"])
        let outcome = try await Child.run(program, within: .seconds(10), on: loop)
        return outcome.status.isSuccess ? nil : Self.objection(in: outcome.output)
    }

    /// The words of the server's last complaint, without its time and process; all of them where there are no such
    /// words.
    package static func objection(in output: String) -> String {
        let lines = output.split(separator: "\n")
        func words(_ level: String) -> String? {
            lines.lazy.compactMap { line in line.firstRange(of: "\(level):  ").map { String(line[$0.upperBound...]) } }
                .first
        }
        let parts = [
            words("FATAL") ?? lines.last.map { String($0) } ?? "it does not say why", words("DETAIL"), words("HINT"),
        ]
        return parts.compactMap(\.self).joined(separator: "; ")
    }
}
