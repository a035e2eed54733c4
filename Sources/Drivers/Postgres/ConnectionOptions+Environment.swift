import Basics
import Glibc

extension ConnectionOptions {
    /// The connection that libpq's programs would make of these environment variables: `PGHOST`, `PGSERVICE`,
    /// `PGPASSFILE` and so on, with the service file, the password file and the certificates of the user.
    ///
    /// It is asked for here because connections otherwise ignore the process's environment. Lists of hosts and ports
    /// become alternatives. A service wins over variables, as in libpq.
    public init(environment: [String: String]) throws(PostgresError) {
        var values: [String: String] = [:]
        for (keyword, variable) in ConnectionParameters.keywords where keyword != "service" {
            if let value = variable.flatMap({ environment[$0] }), !value.isEmpty { values[keyword] = value }
        }
        if let service = environment["PGSERVICE"], !service.isEmpty {
            let files = ServiceFile.paths(environment)
            guard let found = try ServiceFile.find(service, in: files) else {
                throw .unusable(
                    "the service \"\(service)\" is not defined",
                    hint: "Define it in \(files.joined(separator: " or ")).")
            }
            values.merge(found) { _, service in service }
        }
        try self.init(values, home: environment["HOME"])
    }

    private init(_ given: [String: String], home: String?) throws(PostgresError) {
        var values = given
        let user = values.removeValue(forKey: "user") ?? Self.systemUser
        let places = try Self.places(
            values.removeValue(forKey: "host") ?? values.removeValue(forKey: "hostaddr") ?? "/var/run/postgresql",
            values.removeValue(forKey: "port") ?? "5432")
        self.init(
            host: places[0].host, port: places[0].port, database: values.removeValue(forKey: "dbname") ?? user,
            user: user, password: values.removeValue(forKey: "password").map { Secret($0) },
            alternatives: Array(places.dropFirst()))
        if let text = values.removeValue(forKey: "target_session_attrs") {
            guard let target = Target(rawValue: text) else { throw Self.wrong("target_session_attrs", text) }
            self.target = target
        }
        if let mode = values["sslmode"].flatMap({ SSLMode(rawValue: $0) }) {
            sslMode = mode
            values["sslmode"] = nil
        }
        if let name = values.removeValue(forKey: "application_name") { applicationName = name }
        if let text = values.removeValue(forKey: "connect_timeout") {
            guard let seconds = Int(text) else { throw Self.wrong("connect_timeout", text) }
            // As in libpq: nothing and less mean no limit, and one second is too little.
            connectTimeout = seconds <= 0 ? .seconds(86_400) : .seconds(max(2, seconds))
        }
        if let home { values.merge(Self.files(of: home)) { given, _ in given } }
        parameters = values
    }

    private static func places(_ hosts: String, _ ports: String) throws(PostgresError) -> [Place] {
        let hosts = hosts.split(separator: ",").map(String.init)
        var numbers: [Int] = []
        for text in ports.split(separator: ",") {
            guard let port = Int(text), (1...65_535).contains(port) else { throw wrong("port", ports) }
            numbers.append(port)
        }
        guard !hosts.isEmpty, numbers.count == 1 || numbers.count == hosts.count else { throw wrong("port", ports) }
        return hosts.indices.map { Place(host: hosts[$0], port: numbers.count == 1 ? numbers[0] : numbers[$0]) }
    }

    private static func wrong(_ keyword: String, _ value: String) -> PostgresError {
        .unusable("the connection's \(keyword) cannot be \"\(value)\"")
    }

    private static var systemUser: String {
        getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) } ?? "postgres"
    }

    /// What libpq looks for in the user's home folder.
    private static func files(of home: String) -> [String: String] {
        [
            "passfile": ".pgpass", "sslrootcert": ".postgresql/root.crt", "sslcrl": ".postgresql/root.crl",
            "sslcert": ".postgresql/postgresql.crt", "sslkey": ".postgresql/postgresql.key",
        ].mapValues { "\(home)/\($0)" }.filter { Files.exists($0.value) }
    }
}

/// A file of named sets of connection parameters.
enum ServiceFile {
    /// The user's file, and the system's.
    static func paths(_ environment: [String: String]) -> [String] {
        let own = environment["PGSERVICEFILE"] ?? environment["HOME"].map { "\($0)/.pg_service.conf" }
        return [own, "\(environment["PGSYSCONFDIR"] ?? "/etc/postgresql-common")/pg_service.conf"].compactMap(\.self)
    }

    /// The parameters of a service in the first file that defines it.
    static func find(_ service: String, in paths: [String]) throws(PostgresError) -> [String: String]? {
        for path in paths where Files.exists(path) {
            guard let text = try? Files.readText(path) else { throw .unusable("\(path) cannot be read") }
            if let found = try parse(text, service, path) { return found }
        }
        return nil
    }

    private static func parse(_ text: String, _ service: String, _ path: String) throws(PostgresError) -> [String:
        String]?
    {
        var found: [String: String]?
        for (number, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = raw.trimmed
            if line.isEmpty || line.hasPrefix("#") { continue }
            if line.hasPrefix("[") {
                if found != nil { return found }
                if line == "[\(service)]" { found = [:] }
            } else if found != nil {
                let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                let keyword = String(parts[0])
                guard parts.count == 2, ConnectionParameters.keywords.keys.contains(keyword), keyword != "service"
                else {
                    throw .unusable("line \(number + 1) of \(path) is no \"keyword=value\" of libpq")
                }
                found?[keyword] = String(parts[1])
            }
        }
        return found
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var text = self.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
