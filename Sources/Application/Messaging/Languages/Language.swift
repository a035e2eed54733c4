import JSONText

/// A language that customers are written to in.
package enum Language: String, CaseIterable, Hashable, Sendable, JSONReadable, JSONWritable {
    /// English.
    case english = "en"
    /// Spanish.
    case spanish = "es"
    /// Portuguese.
    case portuguese = "pt"
    /// Russian.
    case russian = "ru"

    /// The language of a tag like `pt-BR` or `pt_BR`; nil for one that nobody here writes.
    package init?(tag: String) {
        guard let first = tag.lowercased().split(whereSeparator: { $0 == "-" || $0 == "_" }).first else { return nil }
        self.init(rawValue: String(first))
    }

    /// How days and times are said in it.
    package var calendar: CalendarWords {
        switch self {
        case .english: .english
        case .spanish: .spanish
        case .portuguese: .portuguese
        case .russian: .russian
        }
    }
}
