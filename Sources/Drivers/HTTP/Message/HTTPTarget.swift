/// What a request is about: a path and perhaps a query, or `*` for the server itself.
///
/// Every target that exists is sound: its escapes are whole, mean UTF-8 without NUL, and no segment is `.` or `..`. An
/// escaped slash stays inside its segment.
public struct HTTPTarget: Hashable, Sendable, CustomStringConvertible {
    /// A name and a value of the query.
    public struct QueryItem: Hashable, Sendable {
        /// The name, decoded.
        public var name: String
        /// The value, decoded; empty when there was none.
        public var value: String

        /// An item.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The path as it was sent, from its first slash; `*` for the server itself.
    public let path: String
    /// What follows the question mark, as it was sent; nil when there is none.
    public let query: String?

    /// Whether the path has no escape, so that it means what it says.
    let isPlain: Bool

    /// As it stands in a request line.
    public var description: String { query.map { "\(path)?\($0)" } ?? path }

    /// Reads a target in origin form, or `*`; nil for anything else.
    public init?(_ text: String) { self.init(bytes: Array(text.utf8)[...]) }

    /// A path of these segments and a query of these items, escaped as they need it.
    public init?(segments: [String], query items: [QueryItem] = []) {
        let path = "/" + segments.map { PercentEncoding.encode($0) }.joined(separator: "/")
        let query = items.map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }
        self.init(items.isEmpty ? path : "\(path)?\(query.joined(separator: "&"))")
    }

    init?(bytes: ArraySlice<UInt8>) {
        if bytes.count == 1, bytes.first == UInt8(ascii: "*") {
            (path, query, isPlain) = ("*", nil, true)
            return
        }
        let mark = bytes.firstIndex(of: UInt8(ascii: "?"))
        let pathBytes = bytes[..<(mark ?? bytes.endIndex)]
        guard pathBytes.first == UInt8(ascii: "/"), pathBytes.allSatisfy(\.isPathByte) else { return nil }
        isPlain = !pathBytes.contains(UInt8(ascii: "%"))
        guard isPlain || PercentEncoding.decode(pathBytes) != nil else { return nil }
        path = String(decoding: pathBytes, as: UTF8.self)
        if let mark {
            let queryBytes = bytes[mark...].dropFirst()
            guard queryBytes.allSatisfy(\.isQueryByte), PercentEncoding.decode(queryBytes) != nil else { return nil }
            query = String(decoding: queryBytes, as: UTF8.self)
        } else {
            query = nil
        }
        // Dots of a parent folder only ever lead out of what a route guards.
        guard
            isPlain && !pathBytes.contains(UInt8(ascii: ".")) || !segments.contains(where: { $0 == "." || $0 == ".." })
        else { return nil }
    }

    /// The parts of the path between its slashes, decoded; `/` has one that is empty.
    public var segments: [String] {
        var path = path
        return path.withUTF8 { bytes in
            var segments: [String] = []
            segments.reserveCapacity(8)
            var rest = bytes[...]
            while rest.first == UInt8(ascii: "/") {
                rest = rest.dropFirst()
                let segment = rest.prefix { $0 != UInt8(ascii: "/") }
                segments.append(
                    isPlain ? String(decoding: segment, as: UTF8.self) : PercentEncoding.decode(segment) ?? "")
                rest = rest[segment.endIndex...]
            }
            return segments
        }
    }

    /// The items of the query in their order, a plus sign read as a space.
    public var queryItems: [QueryItem] {
        guard let query else { return [] }
        return query.utf8.split(separator: UInt8(ascii: "&")).map { item in
            let parts = item.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let decoded = parts.map { PercentEncoding.decode($0, plusMeansSpace: true) ?? "" }
            return QueryItem(decoded[0], decoded.count > 1 ? decoded[1] : "")
        }
    }
}
