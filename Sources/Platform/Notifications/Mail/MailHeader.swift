import Digests

/// Text in the header of a message.
enum MailHeader {
    /// Short plain text as it is, everything else in encoded words (RFC 2047), folded. No text can begin another line of
    /// the header with it: what ends a line is encoded too.
    static func text(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { (0x20...0x7E).contains($0) } && text.utf8.count <= 60
        guard !isPlain || text.contains("=?") else { return text }
        return words(text).map { "=?UTF-8?B?\(Base64.text($0))?=" }.joined(separator: "\r\n ")
    }

    /// Pieces of whole characters, each short enough for a line.
    private static func words(_ text: String) -> [[UInt8]] {
        var words: [[UInt8]] = [[]]
        for scalar in text.unicodeScalars {
            let bytes = Array(String(scalar).utf8)
            if words[words.count - 1].count + bytes.count > 39 { words.append([]) }
            words[words.count - 1] += bytes
        }
        return words
    }
}
