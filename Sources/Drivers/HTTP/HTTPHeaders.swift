/// The fields of a message in the order in which they were added; names are compared without regard to case.
public struct HTTPHeaders: Hashable, Sendable {
    /// One line of a header.
    public struct Field: Hashable, Sendable {
        /// The name as it was written.
        public var name: String
        /// The value without the space around it.
        public var value: String

        /// A field.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }

        /// Whether this is the field of that name.
        public func isNamed(_ other: String) -> Bool { equalIgnoringCase(name, other) }

        /// Whether it can be sent: a token, and a value that cannot end its line.
        public var isValid: Bool {
            !name.isEmpty && name.utf8.allSatisfy(\.isTokenByte) && value.utf8.allSatisfy(\.isFieldValueByte)
        }
    }

    /// Every field.
    public private(set) var fields: [Field] = []

    /// No field.
    public init() {}

    /// Adds a field after the others.
    public mutating func append(_ name: String, _ value: String) { fields.append(Field(name, value)) }

    mutating func append(_ field: Field) { fields.append(field) }

    /// Takes every field of that name away.
    public mutating func remove(_ name: String) { fields.removeAll { $0.isNamed(name) } }

    /// The first value of that name. Setting replaces every field of the name by one; nil removes them.
    public subscript(name: String) -> String? {
        get { fields.first { $0.isNamed(name) }?.value }
        set {
            remove(name)
            if let newValue { append(name, newValue) }
        }
    }

    /// Every value of that name, in order.
    public func values(of name: String) -> [String] { fields.lazy.filter { $0.isNamed(name) }.map(\.value) }

    /// The elements of a field that holds a list, over all its lines, in lower case: for `Connection` and its like.
    public func tokens(of name: String) -> [String] {
        values(of: name).flatMap { value in
            value.split(separator: ",").map { trimmed($0).lowercased() }.filter { !$0.isEmpty }
        }
    }
}

extension HTTPHeaders: ExpressibleByDictionaryLiteral {
    /// Fields in the order of the literal.
    public init(dictionaryLiteral elements: (String, String)...) { fields = elements.map { Field($0.0, $0.1) } }
}

/// Whether two texts are equal but for the case of their ASCII letters.
func equalIgnoringCase(_ left: String, _ right: String) -> Bool {
    left.utf8.count == right.utf8.count && zip(left.utf8, right.utf8).allSatisfy { $0.lowercased == $1.lowercased }
}

/// A text without the spaces and tabs around it.
func trimmed(_ text: Substring) -> Substring {
    let start = text.drop { $0 == " " || $0 == "\t" }
    return start.lastIndex { $0 != " " && $0 != "\t" }.map { start[...$0] } ?? ""
}
