/// An address of the web that is reached over TLS, like `https://example.org/hook`, taken apart.
public struct WebAddress: Hashable, Sendable {
    /// The host.
    public let host: String
    /// The port.
    public let port: Int
    /// The path with the query, if there is one.
    public let target: String

    /// Reads an address; nil for anything else, one without TLS or with a user in it included.
    public init?(_ text: String) {
        let scheme = "https://"
        guard text.lowercased().hasPrefix(scheme), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            return nil
        }
        let rest = text.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let target = rest.dropFirst(authority.count)
        let pieces = authority.split(separator: ":", omittingEmptySubsequences: false).map { String($0) }
        guard let host = pieces.first, HostName.isPlausible(host), pieces.count <= 2, !target.contains("#") else {
            return nil
        }
        if pieces.count == 2 {
            guard let port = wholeNumber(pieces[1]), (1...65_535).contains(port) else { return nil }
            self.port = port
        } else {
            port = 443
        }
        self.host = host
        self.target = target.hasPrefix("/") ? String(target) : "/\(target)"
    }
}
