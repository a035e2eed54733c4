/// Which bytes of a resource a request asks for (RFC 9110, section 14).
enum HTTPByteRange: Equatable {
    /// All of them: nothing else was asked for, or nothing that is understood, or several ranges at once.
    case whole
    /// These.
    case part(Range<Int>)
    /// None that there are.
    case unsatisfiable

    /// Reads a `Range` field for a resource of `size` bytes.
    init(_ field: String?, of size: Int) {
        guard let field, let unit = field.firstIndex(of: "="), equalIgnoringCase(String(field[..<unit]), "bytes") else {
            self = .whole
            return
        }
        let ends = trimmed(field[unit...].dropFirst()).split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let first = Self.number(ends[0]), let last = Self.number(ends[1]) else {
            self = .whole
            return
        }
        switch (first, last) {
        case (nil, nil): self = .whole
        case (nil, let count?): self = count == 0 || size == 0 ? .unsatisfiable : .part(max(0, size - count)..<size)
        case (let start?, _) where start >= size: self = .unsatisfiable
        case (let start?, nil): self = .part(start..<size)
        case (let start?, let end?): self = end < start ? .whole : .part(start..<min(size, end == .max ? end : end + 1))
        }
    }

    /// A number, or nothing where none stands; nil for what is neither.
    private static func number(_ text: Substring) -> Int?? {
        text.isEmpty ? .some(nil) : HTTPGrammar.decimal(text.utf8).map { .some($0) }
    }
}
