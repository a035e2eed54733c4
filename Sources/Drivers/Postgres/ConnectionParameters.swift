import Basics
import CPostgres
import Glibc

/// The keywords and values for libpq, in the order in which they are given; a later one wins over an earlier one.
///
/// libpq fills what is missing from the environment, from files in the home folder and from a service file. Here every
/// keyword with a neutral value gets one; what has none (a password, `hostaddr`), or would be told to a server for
/// nothing (`options` and `replication`, which a PgBouncer refuses), is kept out of the environment.
struct ConnectionParameters {
    private let options: ConnectionOptions
    private let open: [(keyword: String, value: String)]

    /// `addresses` are the numeric addresses of the host, none for a socket folder.
    init(_ options: ConnectionOptions, addresses: [String]) {
        self.options = options
        open =
            Self.place(options, addresses) + Self.manner(options)
            + options.parameters.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private static func place(_ options: ConnectionOptions, _ addresses: [String]) -> [(keyword: String, value: String)]
    {
        // libpq pairs the two lists; the name stays because certificates bear it.
        let host = addresses.isEmpty ? options.host : addresses.map { _ in options.host }.joined(separator: ",")
        return [
            ("host", host), ("hostaddr", addresses.joined(separator: ",")), ("port", String(options.port)),
            ("dbname", options.database), ("user", options.user),
        ]
    }

    private static func manner(_ options: ConnectionOptions) -> [(keyword: String, value: String)] {
        [
            ("sslmode", options.sslMode.rawValue), ("application_name", options.applicationName),
            ("client_encoding", "UTF8"), ("gssencmode", "disable"), ("target_session_attrs", options.target.rawValue),
            ("channel_binding", "prefer"), ("ssl_min_protocol_version", "TLSv1.2"),
            // A peer that vanished without a word is noticed within a minute, also in the middle of a statement.
            ("keepalives", "1"), ("keepalives_idle", "30"), ("keepalives_interval", "10"), ("keepalives_count", "3"),
            ("tcp_user_timeout", "60000"),
            ("sslcompression", "0"), ("sslsni", "1"),
            // A path below a file never exists, and libpq takes that for "there is none".
            ("passfile", "/dev/null/none"), ("sslcert", "/dev/null/none"), ("sslkey", "/dev/null/none"),
            ("sslrootcert", "/dev/null/none"), ("sslcrl", "/dev/null/none"),
        ]
    }

    /// Hands libpq's two arrays to `body`. The password stands in them and nowhere else.
    func withArrays<Result>(
        _ body: (UnsafePointer<UnsafePointer<CChar>?>, UnsafePointer<UnsafePointer<CChar>?>) -> Result
    ) throws(PostgresError) -> Result {
        let all = open + [("password", options.password?.reveal() ?? "")]
        for (keyword, value) in all where keyword.utf8.contains(0) || value.utf8.contains(0) {
            throw .unusable("the connection's \(keyword) holds a zero byte", why: "PostgreSQL's text cannot hold one")
        }
        var keywords = CStrings(all.map(\.keyword))
        var values = CStrings(all.map(\.value))
        defer {
            keywords.free()
            values.free()
        }
        return body(keywords.pointers, values.pointers)
    }

    // MARK: - Environment

    /// The variables that libpq reads, after the table in libpq itself and those that are not in it.
    static let environmentNames =
        ["PGSERVICEFILE", "PGREQUIRESSL", "PGDATESTYLE", "PGTZ", "PGGEQO"] + keywords.values.compactMap(\.self)

    /// The keywords that libpq knows, with the variables that it takes them from.
    static let keywords: [String: String?] = {
        // Parsing nothing gives the whole table, and reads no environment.
        guard let table = PQconninfoParse("", nil) else { return [:] }
        defer { PQconninfoFree(table) }
        var keywords: [String: String?] = [:]
        var next = table
        while let keyword = next.pointee.keyword {
            keywords[String(cString: keyword)] = .some(next.pointee.envvar.map { String(cString: $0) })
            next += 1
        }
        return keywords
    }()

    /// Takes libpq's variables out of this process: a stray PGSERVICE or PGTZ must not lead a connection elsewhere or
    /// change what it answers. `unsetenv` frees nothing, so a thread that reads the environment meanwhile is safe.
    static func forgetEnvironment() {
        for name in environmentNames where getenv(name) != nil { unsetenv(name) }
    }
}

/// Copies of texts as the null-terminated array of C strings that libpq wants.
private struct CStrings {
    private let memory: UnsafeMutableBufferPointer<UnsafePointer<CChar>?>
    let pointers: UnsafePointer<UnsafePointer<CChar>?>

    init(_ texts: [String]) {
        let base = UnsafeMutablePointer<UnsafePointer<CChar>?>.allocate(capacity: texts.count + 1)
        memory = UnsafeMutableBufferPointer(start: base, count: texts.count + 1)
        _ = memory.initialize(from: texts.map { strdup($0).map { UnsafePointer($0) } } + [nil])
        pointers = UnsafePointer(base)
    }

    /// Overwrites the texts before it gives them back, since one of them is a password.
    mutating func free() {
        for case let text? in memory {
            let writable = UnsafeMutablePointer(mutating: text)
            explicit_bzero(writable, strlen(writable))
            Glibc.free(writable)
        }
        memory.deallocate()
    }
}
