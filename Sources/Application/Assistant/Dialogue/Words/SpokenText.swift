import Basics
import Messaging

/// What a customer wrote, taken apart: words in small letters without accents, numbers, and signs that stand alone.
struct SpokenText {
    enum Piece: Hashable {
        case word(String)
        case number(Int, digits: Int)
        case sign(Character)
    }

    /// Longer texts are read up to here only; nobody books at greater length.
    private static let lengthMax = 500

    let pieces: [Piece]
    let words: [String]

    init(_ text: String) {
        var pieces: [Piece] = []
        var word = ""
        var digits = ""
        func finish() {
            if !word.isEmpty { pieces.append(.word(word)) }
            if let number = Int(digits) { pieces.append(.number(number, digits: digits.count)) }
            (word, digits) = ("", "")
        }
        for character in Self.plain(text.prefix(Self.lengthMax)) {
            if character.isLetter {
                if !digits.isEmpty { finish() }
                word.append(character)
            } else if let digit = character.wholeNumberValue, character.isASCII {
                if !word.isEmpty || digits.count == 9 { finish() }
                digits += String(digit)
            } else {
                finish()
                if !character.isWhitespace { pieces.append(.sign(character)) }
            }
        }
        finish()
        self.pieces = pieces
        words = pieces.compactMap { if case .word(let word) = $0 { word } else { nil } }
    }

    /// Small letters without the accents of the languages that are spoken here.
    private static func plain(_ text: Substring) -> String {
        String(text.lowercased().map { plainLetters[$0] ?? $0 })
    }

    private static let plainLetters: [Character: Character] = [
        "á": "a", "à": "a", "â": "a", "ã": "a", "ä": "a", "é": "e", "è": "e", "ê": "e", "ë": "e", "í": "i", "ì": "i",
        "î": "i", "ó": "o", "ò": "o", "ô": "o", "õ": "o", "ö": "o", "ú": "u", "ù": "u", "ü": "u", "ñ": "n", "ç": "c",
        "ё": "е",
    ]

    /// Whether one of the words is meant by one of the entries.
    func says(_ entries: [String]) -> Bool { words.contains { Self.fits($0, entries) } }

    /// Whether it says so in one of the languages.
    func says(_ entries: KeyPath<Vocabulary, [String]>) -> Bool {
        Language.allCases.contains { says($0.vocabulary[keyPath: entries]) }
    }

    static func fits(_ word: String, _ entries: [String]) -> Bool {
        entries.contains { entry in entry.hasSuffix("*") ? word.hasPrefix(entry.dropLast()) : word == entry }
    }

    /// The language that it is in; nil when that cannot be told.
    var language: Language? {
        if words.contains(where: { $0.unicodeScalars.contains { (0x400...0x4FF).contains($0.value) } }) {
            return .russian
        }
        let counts = [Language.english, .spanish, .portuguese].map { language in
            (language, words.count { language.vocabulary.hints.contains($0) })
        }.sorted { $0.1 > $1.1 }
        return counts[0].1 > counts[1].1 ? counts[0].0 : nil
    }

    /// The language that it asks for by name.
    var namedLanguage: Language? {
        words.count <= 4 ? Language.allCases.first { says($0.vocabulary.names) } : nil
    }
}
