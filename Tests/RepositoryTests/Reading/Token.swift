/// A piece of Swift source; comments and white space are gone.
struct Token: Equatable {
    enum Kind { case word, string, symbol }

    var kind: Kind
    /// What stands there; of a string literal what stands between its quotes.
    var text: String
    var line: Int
    /// Whether it is the first of its line.
    var startsLine: Bool
    /// Whether nothing stands between it and the one before.
    var touchesPrevious: Bool

    static func == (token: Token, text: String) -> Bool { token.kind != .string && token.text == text }
}

extension [Token] {
    /// The token at `index` if there is one that is no string literal: its text.
    func code(at index: Int) -> String? {
        indices.contains(index) && self[index].kind != .string ? self[index].text : nil
    }

    /// The index after the bracket that closes the one at `index`.
    func end(ofBracketAt index: Int) -> Int {
        var depth = 0
        for position in index..<count where self[position].kind == .symbol {
            if ["(", "[", "{"].contains(self[position].text) { depth += 1 }
            if [")", "]", "}"].contains(self[position].text) { depth -= 1 }
            if depth == 0 { return position + 1 }
        }
        return count
    }
}
