/// The name of a table, a type or an index, with or without its schema.
package struct SQLName: Hashable, Sendable, CustomStringConvertible {
    /// The schema that it names, if any.
    package let schema: String?
    /// The name itself.
    package let name: String

    /// A name.
    package init(_ name: String, in schema: String? = nil) {
        self.schema = schema
        self.name = name
    }

    /// As SQL writes it, in quotes where they are needed.
    package var description: String { schema.map { "\(Self.quoted($0)).\(Self.quoted(name))" } ?? Self.quoted(name) }

    /// A name in quotes, unless it is what it says without them, too.
    package static func quoted(_ name: String) -> String {
        let bytes = name.utf8
        let isPlain =
            bytes.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 }
            && bytes.first.map { !(48...57).contains($0) } == true
        return isPlain
            ? name : "\"\(name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))\""
    }
}
