import Basics

/// Settings of PostgreSQL itself that somebody decided on, by their names in lower case.
public struct DatabaseSettings: NamedValues {
    /// The key that they stand under.
    static let key = "database.settings"

    /// The values.
    public private(set) var values: [String: String] = [:]

    /// None.
    public init() {}

    /// Whether nobody decided on anything.
    public var isEmpty: Bool { values.isEmpty }

    static let memberExpectation = "the name of a setting of PostgreSQL, and a value on one line"

    /// Names and values, by name.
    public var pairs: [(name: String, value: String)] {
        values.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
    }

    init?(name: String, value: String) {
        guard Self.isName(name), value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return nil }
        values = [name.lowercased(): value]
    }

    mutating func merge(_ others: DatabaseSettings) { values.merge(others.values) { $1 } }

    /// Letters, digits and underscores; behind a dot those of an extension.
    private static func isName(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return (1...2).contains(parts.count)
            && parts.allSatisfy { part in
                guard let first = part.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
                    return false
                }
                return part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
            }
    }
}

// MARK: - On one line

extension DatabaseSettings {
    /// Reads `work_mem=64MB; jit=off`; a value that holds a semicolon, a quote or spaces at its ends stands in single
    /// quotes, a quote in it twice. Nil for anything else.
    init?(_ text: String) {
        self.init()
        var rest = text[...]
        while true {
            rest = rest.drop { $0 == " " || $0 == ";" }
            guard !rest.isEmpty else { return }
            guard let equals = rest.firstIndex(of: "=") else { return nil }
            let name = String(rest[..<equals]).trimmed
            rest = rest[rest.index(after: equals)...].drop { $0 == " " }
            guard let value = Self.value(&rest), let setting = DatabaseSettings(name: name, value: value) else {
                return nil
            }
            merge(setting)
        }
    }

    /// The value at the beginning of a text, which afterwards begins behind it; nil where quotes do not match.
    private static func value(_ rest: inout Substring) -> String? {
        guard rest.first == "'" else {
            let value = rest.prefix { $0 != ";" }
            rest = rest.dropFirst(value.count)
            return value.contains("'") ? nil : String(value).trimmed
        }
        var value = ""
        rest.removeFirst()
        while let character = rest.popFirst() {
            if character == "'" {
                guard rest.first == "'" else {
                    rest = rest.drop { $0 == " " }
                    return rest.isEmpty || rest.first == ";" ? value : nil
                }
                rest.removeFirst()
            }
            value.append(character)
        }
        return nil
    }

    /// A text that reads back as the same settings.
    var text: String {
        pairs.map { name, value in
            let isPlain = !value.contains { $0 == ";" || $0 == "'" } && value.trimmed == value && !value.isEmpty
            return "\(name)=\(isPlain ? value : "'\(value.replacing("'", with: "''"))'")"
        }.joined(separator: "; ")
    }
}
