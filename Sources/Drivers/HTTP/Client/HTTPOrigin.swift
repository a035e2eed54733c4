/// Where a server stands on the network: a scheme, a host and a port.
///
/// Credentials for one origin mean nothing at another.
public struct HTTPOrigin: Hashable, Sendable, CustomStringConvertible {
    /// How the bytes travel.
    public enum Scheme: String, Hashable, Sendable {
        /// As they are.
        case http
        /// Encrypted, to a server that has proved who it is.
        case https

        /// The port that need not be written.
        public var defaultPort: Int { self == .http ? 80 : 443 }
    }

    /// How the bytes travel.
    public let scheme: Scheme
    /// A name in lower case or a numeric address, without brackets.
    public let host: String
    /// The port.
    public let port: Int

    /// An origin; nil when the host or the port cannot be one.
    public init?(_ scheme: Scheme, host: String, port: Int? = nil) {
        let port = port ?? scheme.defaultPort
        let isAddress = host.contains(":")
        let isSound = host.utf8.allSatisfy { byte in
            isAddress
                ? byte.hexadecimalValue != nil || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".")
                : byte.isUnreserved
        }
        guard !host.isEmpty, host.utf8.count <= 253, isSound, (1...65_535).contains(port) else { return nil }
        self.scheme = scheme
        self.host = host.lowercased()
        self.port = port
    }

    /// Reads `https://example.org` or `http://[::1]:8080`; nil for anything else, a path or a user included.
    public init?(_ text: String) {
        guard let mark = text.firstRange(of: "://"),
            let scheme = Scheme(rawValue: text[..<mark.lowerBound].lowercased())
        else { return nil }
        var rest = text[mark.upperBound...]
        if rest.hasSuffix("/") { rest.removeLast() }
        let host: Substring
        if rest.hasPrefix("[") {
            guard let end = rest.firstIndex(of: "]"), rest[..<end].contains(":") else { return nil }
            host = rest[..<end].dropFirst()
            rest = rest[end...].dropFirst()
        } else {
            host = rest.prefix { $0 != ":" }
            rest = rest.dropFirst(host.count)
        }
        guard !rest.isEmpty else {
            self.init(scheme, host: String(host))
            return
        }
        guard rest.first == ":", let port = HTTPGrammar.decimal(rest.dropFirst().utf8) else { return nil }
        self.init(scheme, host: String(host), port: port)
    }

    /// The host, and the port where it is not the usual one: what the field `Host` says.
    public var authority: String {
        let host = host.contains(":") ? "[\(host)]" : host
        return port == scheme.defaultPort ? host : "\(host):\(port)"
    }

    /// As people write it: `https://example.org`.
    public var description: String { "\(scheme.rawValue)://\(authority)" }
}
