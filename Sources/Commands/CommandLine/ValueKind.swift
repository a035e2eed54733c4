import Basics

/// What an option accepts as its value; checked while the command line is read, so that no command starts with a wrong
/// one.
package enum ValueKind: Sendable, Equatable {
    /// Any text but an empty one.
    case text
    /// A whole number from zero on.
    case count
    /// A decimal number above zero.
    case factor
    /// A day.
    case date
    /// A number with a unit of time.
    case duration
    /// A number with a unit of size.
    case bytes
    /// A key and a value, joined by an equals sign.
    case assignment
    /// One of some words.
    case choice([String])

    /// Whether `text` can be used.
    package func accepts(_ text: String) -> Bool {
        switch self {
        case .text: !text.isEmpty
        case .count: Int(text).map { $0 >= 0 } ?? false
        case .factor: Double(text).map { $0 > 0 && $0.isFinite } ?? false
        case .date: Timestamp(rfc3339: "\(text)T00:00:00Z") != nil
        case .duration: Duration(text: text) != nil
        case .bytes: ByteCount(text) != nil
        case .assignment: text.firstIndex(of: "=").map { $0 > text.startIndex } ?? false
        case .choice(let words): words.contains(text)
        }
    }

    /// What is accepted, in words that follow "wants".
    package var expectation: String {
        switch self {
        case .text: "a text"
        case .count: "a whole number like 100"
        case .factor: "a number above zero like 0.05"
        case .date: "a day like 2026-03-01"
        case .duration: "a duration like 30s or 5min"
        case .bytes: "a size like 64MB or 2GB"
        case .assignment: "a key and a value like postgres.port=5433"
        case .choice(let words): "one of \(words.joined(separator: ", "))"
        }
    }

    /// Whether a refused text may be repeated in the message: what follows `--set` can be a secret.
    var mayBeShown: Bool { self != .assignment }

    /// The word that was probably meant.
    func suggestion(for text: String) -> String? {
        guard case .choice(let words) = self else { return nil }
        return nearestWord(to: text, among: words)
    }
}
