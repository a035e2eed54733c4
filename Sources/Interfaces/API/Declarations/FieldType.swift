import Basics
import Postgres

/// What is wrong with one value of a request: where it stands, as a JSON pointer into the body or as the name of a
/// parameter behind a question mark, and what it should be.
struct FieldFault: Hashable, Sendable {
    let pointer: String
    let detail: String

    var json: JSON { ["pointer": .string(pointer), "detail": .string(detail)] }
}

/// A kind of value, declared once: how it is described to clients, how it is read and checked, how it is written.
struct FieldType<Value: Sendable>: Sendable {
    /// As JSON Schema 2020-12 describes it.
    let schema: [JSON.Member]
    /// The value; nil when it is none, which is then among the faults.
    let read: @Sendable (JSON, _ pointer: String, inout [FieldFault]) -> Value?
    /// The value as answers have it.
    let json: @Sendable (Value) -> JSON

    init(
        schema: [JSON.Member], read: @escaping @Sendable (JSON, String, inout [FieldFault]) -> Value?,
        json: @escaping @Sendable (Value) -> JSON
    ) {
        self.schema = schema
        self.read = read
        self.json = json
    }

    /// A type whose values are read or are not; `expectation` ends the sentence "must be".
    init(
        schema: [JSON.Member], expectation: String, reading: @escaping @Sendable (JSON) -> Value?,
        json: @escaping @Sendable (Value) -> JSON
    ) {
        self.init(
            schema: schema,
            read: { value, pointer, faults in
                if let read = reading(value) { return read }
                faults.append(FieldFault(pointer: pointer, detail: "must be \(expectation)"))
                return nil
            }, json: json)
    }
}

extension FieldType where Value == String {
    /// A text of so many characters, counted as JSON Schema and PostgreSQL count them. `pattern` is both a regular
    /// expression of ECMA 262 for clients and what `accepts` checks.
    static func text(
        _ length: ClosedRange<Int>, pattern: String = #"^[^\u0000]*$"#, _ expectation: String? = nil,
        accepts: @escaping @Sendable (String) -> Bool = { _ in true }
    ) -> FieldType {
        let bounds = "a text of \(length.lowerBound) to \(length.upperBound) characters"
        return FieldType(
            schema: [
                .init("type", "string"), .init("minLength", .integer(length.lowerBound)),
                .init("maxLength", .integer(length.upperBound)), .init("pattern", .string(pattern)),
            ], expectation: expectation ?? bounds,
            reading: { json in
                guard let text = json.text, length.contains(text.unicodeScalars.count), accepts(text) else {
                    return nil
                }
                return text
            }, json: { .string($0) })
    }

    /// A text that only ever comes out.
    static var told: FieldType {
        FieldType(
            schema: [.init("type", "string")], expectation: "a text", reading: { $0.text }, json: { .string($0) })
    }

    /// An address of e-mail, as far as anybody but its server can tell.
    static var email: FieldType {
        text(3...254, pattern: #"^[^\s@\u0000]+@[^\s@\u0000]+$"#, "an e-mail address") { text in
            let parts = text.split(separator: "@", omittingEmptySubsequences: false)
            return parts.count == 2 && parts.allSatisfy { !$0.isEmpty }
                && !text.contains(where: { $0.isWhitespace || $0 == "\0" })
        }
    }

    /// A telephone number in the international form of E.164, with its plus.
    static var phone: FieldType {
        text(8...16, pattern: "^\\+[1-9][0-9]{6,14}$", "a number in international form, like +4930901820") { text in
            text.first == "+" && text.utf8.dropFirst().first != UInt8(ascii: "0")
                && text.utf8.dropFirst().allSatisfy { (48...57).contains($0) }
        }
    }

    /// Three capital letters.
    static var currency: FieldType {
        text(3...3, pattern: "^[A-Z]{3}$", "a currency of ISO 4217, like EUR") { text in
            text.utf8.allSatisfy { (65...90).contains($0) }
        }
    }

    /// A language, perhaps with its country.
    static var language: FieldType {
        text(2...5, pattern: "^[a-z]{2}(_[A-Z]{2})?$", "a language, like pt or pt_BR") { text in
            let bytes = Array(text.utf8)
            let isLanguage = bytes.prefix(2).allSatisfy { (97...122).contains($0) }
            guard bytes.count != 2 else { return isLanguage }
            return isLanguage && bytes.count == 5 && bytes[2] == UInt8(ascii: "_")
                && bytes.suffix(2).allSatisfy { (65...90).contains($0) }
        }
    }
}

extension FieldType where Value == PostgresUUID {
    /// The key of something.
    static var identifier: FieldType {
        FieldType(
            schema: [.init("type", "string"), .init("format", "uuid")], expectation: "a UUID",
            reading: { $0.text.flatMap { PostgresUUID($0) } }, json: { .string($0.description) })
    }
}

extension FieldType where Value == Bool {
    /// `true` or `false`.
    static var truth: FieldType {
        FieldType(
            schema: [.init("type", "boolean")], expectation: "true or false", reading: { $0.boolean },
            json: { .bool($0) })
    }
}

extension FieldType where Value: FixedWidthInteger {
    /// A whole number.
    static func integer(_ range: ClosedRange<Value>) -> FieldType {
        FieldType(
            schema: [
                .init("type", "integer"), .init("minimum", .integer(Int(range.lowerBound))),
                .init("maximum", .integer(Int(range.upperBound))),
            ], expectation: "a whole number from \(range.lowerBound) to \(range.upperBound)",
            reading: { json in
                guard let number = json.wholeNumber, let value = Value(exactly: number), range.contains(value) else {
                    return nil
                }
                return value
            }, json: { .integer(Int($0)) })
    }

    /// How many there are.
    static var count: FieldType { integer(0...Value(clamping: Int.max)) }
}

extension FieldType where Value == Double {
    /// A number that only ever comes out.
    static var number: FieldType {
        FieldType(
            schema: [.init("type", "number")], expectation: "a number",
            reading: { json in
                if case .number(let number) = json { number } else { json.int.map(Double.init) }
            }, json: { .number($0) })
    }
}

extension JSON {
    /// The number, when it is a whole one; to JSON Schema `1.0` is as whole as `1`.
    var wholeNumber: Int? {
        if case .number(let number) = self { return Int(exactly: number) }
        return int
    }
}
