import Basics

/// How PostgreSQL itself describes a setting: a row of pg_settings.
package struct RunningSetting: Equatable, Sendable {
    /// The name.
    package var name: String
    /// The value that holds, in `unit` and without saying so.
    package var value: String
    /// The unit of the bare number, like `8kB` or `ms`; nil without one.
    package var unit: String?
    /// The kind of value: `bool`, `integer`, `real`, `enum` or `string`.
    package var kind: String
    /// When a change takes effect, like `postmaster`.
    package var context: String
    /// Whether the files already say something else, and a restart is awaited.
    package var isRestartPending: Bool

    /// A row.
    package init(
        _ name: String, _ value: String, unit: String? = nil, kind: String, context: String,
        isRestartPending: Bool = false
    ) {
        self.name = name
        self.value = value
        self.unit = unit
        self.kind = kind
        self.context = context
        self.isRestartPending = isRestartPending
    }

    /// The query for all rows, its columns in the order of `init`. What the session itself changed does not count, and
    /// neither does what a setting is for a connection through a socket.
    package static let query = """
        SELECT name, coalesce(reset_val, setting), unit, vartype, context, pending_restart
        FROM pg_settings ORDER BY name
        """

    /// Whether a value that somebody wrote means the one that holds.
    package func means(_ text: String) -> Bool {
        switch kind {
        case "bool": Self.truth(text) == Self.truth(value) && Self.truth(value) != nil
        case "integer":
            if let wanted = number(text), let running = Double(value) { wanted.rounded() == running } else { false }
        case "real": if let wanted = number(text), let running = Double(value) { wanted == running } else { false }
        case "enum": text.lowercased() == value.lowercased()
        default: Self.words(folded(text)) == Self.words(folded(value))
        }
    }

    // MARK: - Values

    /// Names of zones and of dates' forms are the same in any case.
    private func folded(_ text: String) -> String {
        ["datestyle", "timezone", "log_timezone"].contains(name.lowercased()) ? text.lowercased() : text
    }

    private static func truth(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "on", "true", "yes", "1": true
        case "off", "false", "no", "0": false
        default: nil
        }
    }

    /// PostgreSQL writes lists with and without spaces behind their commas.
    private static func words(_ text: String) -> [String] {
        text.split(separator: ",", omittingEmptySubsequences: false).map { part in
            var word = part.drop { $0 == " " }
            while word.last == " " { word.removeLast() }
            return String(word)
        }
    }

    /// Units with what they come to in the smallest of their kind: bytes, or microseconds.
    private static let units: [(name: String, isTime: Bool, size: Double)] = [
        ("kB", false, 0x1p10), ("MB", false, 0x1p20), ("GB", false, 0x1p30), ("TB", false, 0x1p40), ("B", false, 1),
        ("us", true, 1), ("ms", true, 1e3), ("s", true, 1e6), ("min", true, 60e6), ("h", true, 3600e6),
        ("d", true, 86_400e6),
    ]

    private static func unit(_ name: some StringProtocol) -> (isTime: Bool, size: Double)? {
        // A unit such as 8kB counts pages.
        let digits = name.prefix { $0.isASCII && $0.isNumber }
        guard let known = units.first(where: { $0.name == name.dropFirst(digits.count) }) else { return nil }
        return (known.isTime, known.size * (digits.isEmpty ? 1 : Double(digits) ?? 1))
    }

    /// The number in the setting's own unit; nil for what is no number of that kind.
    private func number(_ text: String) -> Double? {
        let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == "." || $0 == "-" || $0 == "+") }
        let name = text.dropFirst(number.count).drop { $0 == " " }
        guard let value = Double(number) else { return nil }
        if name.isEmpty { return value }
        guard let written = Self.unit(name), let own = unit.flatMap({ Self.unit($0) }), written.isTime == own.isTime
        else {
            return nil
        }
        return value * written.size / own.size
    }
}
