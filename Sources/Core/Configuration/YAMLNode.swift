/// A value of a YAML file and where it stands.
package struct YAMLNode: Equatable, Sendable {
    /// Where the value begins.
    package var position: FilePosition
    /// The value.
    package var content: Content

    /// What a value can be.
    package enum Content: Equatable, Sendable {
        /// A single value; `isPlain` when it was written without quotes.
        case scalar(String, isPlain: Bool)
        /// Values in an order.
        case list([YAMLNode])
        /// Values with names, in the file's order.
        case mapping([Entry])
    }

    /// A name and its value.
    package struct Entry: Equatable, Sendable {
        /// The name.
        package var name: String
        /// Where the name begins.
        package var position: FilePosition
        /// The value.
        package var value: YAMLNode
    }

    /// Whether this is YAML's way of writing nothing.
    package var isNull: Bool {
        guard case .scalar(let text, isPlain: true) = content else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    /// The value of that name; nil when this is no mapping or has none.
    package subscript(name: String) -> YAMLNode? {
        guard case .mapping(let entries) = content else { return nil }
        return entries.first { $0.name == name }?.value
    }
}

/// Something about a YAML file that Parlor does not accept.
package struct YAMLFault: Hashable, Sendable {
    /// Where it stands.
    package var position: FilePosition
    /// What is wrong, in plain English.
    package var message: String
    /// What to do about it, where that is not plain.
    package var hint: String?

    init(_ position: FilePosition, _ message: String, hint: String? = nil) {
        self.position = position
        self.message = message
        self.hint = hint
    }
}
