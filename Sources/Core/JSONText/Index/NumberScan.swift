/// One number of a text, checked against the grammar.
struct NumberScan {
    /// Behind its last byte, or where it breaks the grammar.
    private(set) var end: Int
    /// Whether it has neither fraction nor exponent.
    private(set) var isInteger = true
    /// How it breaks the grammar.
    private(set) var complaint: StaticString?

    /// Reads the number that begins at `start` and ends before `limit`.
    init(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, limit: Int) {
        end = start
        complaint = whole(bytes, limit) ?? fraction(bytes, limit) ?? exponent(bytes, limit)
    }

    private mutating func whole(_ bytes: UnsafeBufferPointer<UInt8>, _ limit: Int) -> StaticString? {
        if end < limit, bytes[end] == UInt8(ascii: "-") { end += 1 }
        let first = end
        guard digits(bytes, limit) > 0 else { return "digits are missing" }
        guard bytes[first] == UInt8(ascii: "0"), end > first + 1 else { return nil }
        end = first + 1
        return "a number must not begin with a zero"
    }

    private mutating func fraction(_ bytes: UnsafeBufferPointer<UInt8>, _ limit: Int) -> StaticString? {
        guard end < limit, bytes[end] == UInt8(ascii: ".") else { return nil }
        isInteger = false
        end += 1
        return digits(bytes, limit) > 0 ? nil : "digits are missing after the point"
    }

    private mutating func exponent(_ bytes: UnsafeBufferPointer<UInt8>, _ limit: Int) -> StaticString? {
        guard end < limit, bytes[end] | 0x20 == UInt8(ascii: "e") else { return nil }
        isInteger = false
        end += 1
        if end < limit, bytes[end] == UInt8(ascii: "+") || bytes[end] == UInt8(ascii: "-") { end += 1 }
        return digits(bytes, limit) > 0 ? nil : "digits are missing in the exponent"
    }

    /// Passes over digits: how many there are.
    private mutating func digits(_ bytes: UnsafeBufferPointer<UInt8>, _ limit: Int) -> Int {
        let start = end
        while end < limit, bytes[end].isDigit { end += 1 }
        return end - start
    }
}
