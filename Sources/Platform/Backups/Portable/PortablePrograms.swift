import Basics
import Loop
import Postgres
import Processes

/// The programs that make a dump, and how they are called.
package struct PortablePrograms: Equatable, Sendable {
    /// PostgreSQL's own, of the version of the server or a later one.
    package var dump: String
    /// Compresses.
    package var compression = "/usr/bin/zstd"
    /// Encrypts.
    package var encryption = "/usr/bin/gpg"

    /// Debian's, with pg_dump from that folder.
    package init(postgres folder: String) { dump = "\(folder)/pg_dump" }

    /// The version of each; an error with the package that is missing when one is not there.
    func versions(on loop: EventLoop) async throws -> [PortableEntry.Version] {
        var versions: [PortableEntry.Version] = []
        let known = [(dump, "postgresql-client-15"), (compression, "zstd"), (encryption, "gnupg")]
        for (path, package) in known {
            let text: String
            do {
                let program = Program(path, ["--version"], environment: ["LC_ALL": "C"])
                text = try await Child.runSuccessfully(program, within: .seconds(30), on: loop)
            } catch var error as ParlorError where error.code == .engineMissing {
                error.hint = "Install the package \(package)."
                throw error
            }
            versions.append(.init(program: Files.name(of: path), version: Self.version(in: text)))
        }
        return versions
    }

    /// The first number with a dot in what a program says of itself.
    static func version(in text: String) -> String {
        let words = text.split { $0.isWhitespace || $0 == "," }.map { $0.drop { $0 == "v" } }
        return words.first { $0.first?.isNumber == true && $0.contains(".") }.map(String.init) ?? "unknown"
    }

    /// The dump of a snapshot. What identifies the server and who asks goes through the environment, the password too.
    func dump(of connection: ConnectionOptions, _ snapshot: DumpSnapshot, home: String) -> Program {
        var environment = Self.variables(of: connection)
        environment["LC_ALL"] = "C"
        environment["HOME"] = home
        return Program(
            dump, ["--format=custom", "--compress=0", "--no-password", "--snapshot=\(snapshot.identifier)"],
            environment: environment)
    }

    /// Says at its end how many bytes came in, exactly.
    var compress: Program {
        Program(compression, ["-3", "-vv", "--no-progress", "--stdout"], environment: ["LC_ALL": "C"])
    }

    /// How many bytes came in, from what it said; nil when it said something else.
    static func bytesIn(_ errors: String) -> Int? {
        // Like `/*stdin*\            : 12.50%   (   800 B =>    100 B, /*stdout*\)`.
        guard let line = errors.split(separator: "\n").last(where: { $0.contains(" B => ") }),
            let open = line.firstIndex(of: "(")
        else { return nil }
        return Int(line[line.index(after: open)...].drop { $0 == " " }.prefix(while: \.isNumber))
    }

    /// The variables by which libpq's programs connect as these options do.
    private static func variables(of options: ConnectionOptions) -> [String: String] {
        var variables = [
            "PGHOST": options.host, "PGPORT": "\(options.port)", "PGDATABASE": options.database,
            "PGUSER": options.user, "PGSSLMODE": options.sslMode.rawValue, "PGAPPNAME": options.applicationName,
            "PGCONNECT_TIMEOUT": "\(max(2, Int(options.connectTimeout.seconds)))",
        ]
        variables["PGPASSWORD"] = options.password?.reveal()
        let known = [
            "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY",
            "sslcrl": "PGSSLCRL", "options": "PGOPTIONS", "passfile": "PGPASSFILE", "hostaddr": "PGHOSTADDR",
            "password": "PGPASSWORD",
        ]
        for (keyword, value) in options.parameters { if let name = known[keyword] { variables[name] = value } }
        return variables
    }
}
