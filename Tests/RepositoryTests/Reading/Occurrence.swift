import Glibc

/// A place in a text file where some bytes stand.
struct Occurrence {
    var line: Int
    /// The byte before, nil at the start of the file.
    var before: UInt8?
    /// The byte after, nil at the end of the file.
    var after: UInt8?

    /// Whether neither neighbour belongs to the same word.
    var isWholeWord: Bool { ![before, after].contains { $0.map(Occurrence.isWordByte) ?? false } }

    static func isWordByte(_ byte: UInt8) -> Bool {
        let character = Character(Unicode.Scalar(byte))
        return character.isASCII && (character.isLetter || character.isNumber || character == "_")
    }
}

extension SourceFile {
    /// Where `word` stands, comments and strings included.
    func occurrences(of word: String) -> [Occurrence] {
        text.withCString { start in
            var found: [Occurrence] = []
            var (cursor, line) = (start, 1)
            while let hit = strstr(cursor, word).map({ UnsafePointer<CChar>($0) }) {
                line += UnsafeBufferPointer(start: cursor, count: hit - cursor).count { $0 == 0x0A }
                cursor = hit + word.utf8.count
                found.append(
                    Occurrence(
                        line: line, before: hit > start ? UInt8(bitPattern: hit[-1]) : nil,
                        after: cursor.pointee == 0 ? nil : UInt8(bitPattern: cursor.pointee)))
            }
            return found
        }
    }
}

/// A word written with dots in it, so that the check for that word does not find it in its own file.
func spelled(_ word: String) -> String { String(word.filter { $0 != "·" }) }
