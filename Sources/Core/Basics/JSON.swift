/// A JSON value whose objects keep the order of their members, so that what people and golden files see is stable.
public enum JSON: Hashable, Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A whole number.
    case integer(Int)
    /// A number with a fraction or an exponent.
    case number(Double)
    /// A text.
    case string(String)
    /// A list.
    case array([JSON])
    /// Members in their order.
    case object([Member])

    /// A name and its value.
    public struct Member: Hashable, Sendable {
        /// The name.
        public var name: String
        /// The value.
        public var value: JSON

        /// A member.
        public init(_ name: String, _ value: JSON) {
            self.name = name
            self.value = value
        }
    }

    /// A text, or `null`.
    public static func string(_ text: String?) -> JSON { text.map(JSON.string) ?? .null }

    /// A whole number, or `null`.
    public static func integer(_ number: Int?) -> JSON { number.map(JSON.integer) ?? .null }

    /// A string, or null for nil.
    public static func text(_ text: String?) -> JSON { text.map(JSON.string) ?? .null }

    /// The first member of that name; nil when this is no object or has none.
    public subscript(name: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    /// The elements of a list.
    public var elements: [JSON]? { if case .array(let elements) = self { elements } else { nil } }
    /// The text.
    public var text: String? { if case .string(let text) = self { text } else { nil } }
    /// The whole number.
    public var int: Int? { if case .integer(let number) = self { number } else { nil } }
    /// The truth value.
    public var boolean: Bool? { if case .bool(let value) = self { value } else { nil } }
}

extension JSON: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral
{
    /// An object in the order of the literal.
    public init(dictionaryLiteral elements: (String, JSON)...) { self = .object(elements.map { Member($0.0, $0.1) }) }
    /// A list.
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
    /// A text.
    public init(stringLiteral value: String) { self = .string(value) }
    /// A whole number.
    public init(integerLiteral value: Int) { self = .integer(value) }
    /// A truth value.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
}

// MARK: - Writing

extension JSON {
    /// On one line, without spaces.
    public var compact: String {
        var output: [UInt8] = []
        output.reserveCapacity(1024)
        write(to: &output, indent: nil)
        return String(decoding: output, as: UTF8.self)
    }

    /// With two spaces of indentation and a line for each member, for people.
    public var pretty: String {
        var output: [UInt8] = []
        write(to: &output, indent: 0)
        return String(decoding: output, as: UTF8.self)
    }

    private func write(to output: inout [UInt8], indent: Int?) {
        switch self {
        case .null: output += "null".utf8
        case .bool(let value): output += (value ? "true" : "false").utf8
        case .integer(let number): output += String(number).utf8
        // JSON has no infinity and no NaN.
        case .number(let number): output += (number.isFinite ? "\(number)" : "null").utf8
        case .string(let text): JSON.writeQuoted(text, to: &output)
        case .array(let elements):
            JSON.writeList(elements, open: "[", close: "]", to: &output, indent: indent) { element, output, inner in
                element.write(to: &output, indent: inner)
            }
        case .object(let members):
            JSON.writeList(members, open: "{", close: "}", to: &output, indent: indent) { member, output, inner in
                JSON.writeQuoted(member.name, to: &output)
                output += (indent == nil ? ":" : ": ").utf8
                member.value.write(to: &output, indent: inner)
            }
        }
    }

    private static func writeList<Element>(
        _ elements: [Element], open: String, close: String, to output: inout [UInt8], indent: Int?,
        each: (Element, inout [UInt8], Int?) -> Void
    ) {
        output += open.utf8
        for (index, element) in elements.enumerated() {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            if let indent { output += "\n\(String(repeating: " ", count: indent + 2))".utf8 }
            each(element, &output, indent.map { $0 + 2 })
        }
        if let indent, !elements.isEmpty { output += "\n\(String(repeating: " ", count: indent))".utf8 }
        output += close.utf8
    }

    /// Appends `text` as a JSON string, quotes included.
    public static func writeQuoted(_ text: String, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { bytes in
            var start = 0
            // What needs no escape goes in one piece.
            for (place, byte) in bytes.enumerated() where mustBeEscaped(byte) {
                output.append(contentsOf: bytes[start..<place])
                writeEscaped(byte, to: &output)
                start = place + 1
            }
            output.append(contentsOf: bytes[start...])
        }
        output.append(UInt8(ascii: "\""))
    }

    private static func mustBeEscaped(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == 0x7F || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private static func writeEscaped(_ byte: UInt8, to output: inout [UInt8]) {
        switch byte {
        case 0x0A: output += #"\n"#.utf8
        case 0x0D: output += #"\r"#.utf8
        case 0x09: output += #"\t"#.utf8
        case 0..<0x20, 0x7F: output += "\\u00\(hexadecimal([byte]))".utf8
        default: output += [UInt8(ascii: "\\"), byte]
        }
    }
}
