/// The parts of a PostgreSQL URL, as the specification's `DATABASE_URL` writes them.
///
/// The URL holds a password, and a badly written one may hold it anywhere; so a failure never quotes a part.
struct DatabaseURL: Equatable {
    var user: String?
    var password: String?
    var host: String?
    var port: String?
    var name: String?
    var parameters: [Parameter] = []

    /// A name and a value after the question mark.
    struct Parameter: Equatable {
        var name: String
        var value: String
    }

    /// Why a text is no such URL: words that end the sentence "DATABASE_URL …".
    struct Failure: Error, Equatable {
        var message: String
        var hint: String?

        static let encoding = "Write / ? # @ : and % in a user name or password as %2F %3F %23 %40 %3A and %25."
    }

    /// Takes a URL apart.
    init(_ text: String) throws(Failure) {
        let lowered = text.lowercased()
        guard let scheme = ["postgresql://", "postgres://"].first(where: lowered.hasPrefix) else {
            throw Failure(message: "does not begin with postgresql:// or postgres://")
        }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            throw Failure(message: "holds a space or a control character", hint: Failure.encoding)
        }
        let rest = text.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let tail = rest.dropFirst(authority.count)
        // Otherwise a password with one of these characters would be taken for a host, and printed.
        guard !tail.contains("@"), !tail.contains("#"), authority.count(where: { $0 == "@" }) <= 1 else {
            throw Failure(message: "holds a user name or password that is not percent-encoded", hint: Failure.encoding)
        }
        try readAuthority(authority)
        let path = tail.prefix { $0 != "?" }
        name = try decoded(path.dropFirst(), "database name")
        for pair in tail.dropFirst(path.count + 1).split(separator: "&") { try readParameter(pair) }
    }

    private mutating func readAuthority(_ authority: Substring) throws(Failure) {
        let parts = authority.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2 {
            let login = parts[0].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            user = try decoded(login[0], "user name")
            if login.count == 2 { password = try decoded(login[1], "password") }
        }
        try readServer(parts[parts.count - 1])
    }

    private mutating func readServer(_ server: Substring) throws(Failure) {
        guard !server.contains(",") else { throw Failure(message: "names several hosts, expected one") }
        var afterHost = server
        if server.hasPrefix("[") {
            guard let bracket = server.firstIndex(of: "]") else {
                throw Failure(message: "has an IPv6 address without a closing bracket")
            }
            host = String(server[server.index(after: server.startIndex)..<bracket])
            afterHost = server[server.index(after: bracket)...]
            guard afterHost.isEmpty || afterHost.hasPrefix(":") else {
                throw Failure(message: "has something between the IPv6 address and the port")
            }
        } else {
            let colon = server.firstIndex(of: ":") ?? server.endIndex
            host = try decoded(server[..<colon], "host")
            afterHost = server[colon...]
        }
        let digits = afterHost.dropFirst()
        port = digits.isEmpty ? nil : String(digits)
    }

    private mutating func readParameter(_ pair: Substring) throws(Failure) {
        let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let name = try decoded(parts[0], "parameter") else {
            throw Failure(message: "has a parameter that is not written as name=value")
        }
        guard !parameters.contains(where: { $0.name == name }) else {
            throw Failure(message: "has the parameter \(quoted(name)) twice")
        }
        parameters.append(Parameter(name: name, value: try decoded(parts[1], "parameter") ?? ""))
    }

    /// The text with its %-escapes resolved; nil when it is empty.
    private func decoded(_ text: Substring, _ part: String) throws(Failure) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2)
            guard digits.count == 2, !digits.contains(UInt8(ascii: "+")), !digits.contains(UInt8(ascii: "-")),
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            else {
                throw Failure(message: "has a % without two hexadecimal digits in its \(part)", hint: Failure.encoding)
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        guard let decoded = String(validating: bytes, as: UTF8.self) else {
            throw Failure(message: "has a \(part) that is not UTF-8")
        }
        return decoded.isEmpty ? nil : decoded
    }
}
