extension JSONCursor {
    /// A text, its escapes undone.
    public func text() throws(JSONFault) -> String {
        guard tokens.isQuoted(focus.token) else { throw tokens.mismatch(at: focus.token, expected: "a text") }
        return tokens.string(of: focus.token)
    }

    /// Hands out the UTF-8 of a text without copying it, unless it has escapes to be undone.
    public func withText<Result>(
        _ body: (borrowing Span<UInt8>) throws(JSONFault) -> Result
    ) throws(JSONFault) -> Result {
        guard tokens.isQuoted(focus.token) else { throw tokens.mismatch(at: focus.token, expected: "a text") }
        guard tokens.isFlagged(focus.token) else { return try body(tokens.content(of: focus.token).span) }
        return try body(tokens.unescaped(focus.token).span)
    }

    /// Whether the value is this text; false also for other kinds of value.
    public func isText(_ text: StaticString) -> Bool {
        let text = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        return tokens.isQuoted(focus.token) && tokens.isText(focus.token, text)
    }

    /// `true` or `false`.
    public func boolean() throws(JSONFault) -> Bool {
        guard tokens.kind(of: focus.token) == .bool else {
            throw tokens.mismatch(at: focus.token, expected: "a truth value")
        }
        return tokens.byte(of: focus.token) == UInt8(ascii: "t")
    }

    /// A whole number that fits, written without fraction and exponent.
    @inline(__always)
    public func integer<Integer: FixedWidthInteger>(
        _ type: Integer.Type = Int.self
    ) throws(JSONFault) -> Integer {
        guard tokens.kind(of: focus.token) == .number else {
            throw tokens.mismatch(at: focus.token, expected: "a whole number")
        }
        guard tokens.isFlagged(focus.token) else {
            throw tokens.fault(
                .wrongType, "a whole number is expected where one with a fraction or an exponent stands",
                at: focus.token)
        }
        guard let integer = Integer(decimal: tokens.source(of: focus.token)) else {
            let bits = "\(Integer.bitWidth) bits\(Integer.isSigned ? "" : " without a sign")"
            throw tokens.fault(.outOfRange, "the number does not fit into \(bits)", at: focus.token)
        }
        return integer
    }

    /// A whole number where it is one that fits into `Int`; nil for every other number.
    func integerIfItFits() -> Int? {
        tokens.isFlagged(focus.token) ? Int(decimal: tokens.source(of: focus.token)) : nil
    }

    /// A number, rounded to the nearest `Double`.
    public func number() throws(JSONFault) -> Double {
        guard tokens.kind(of: focus.token) == .number else {
            throw tokens.mismatch(at: focus.token, expected: "a number")
        }
        guard let number = Double(decimal: tokens.source(of: focus.token)) else {
            throw tokens.fault(.outOfRange, "the number is too large", at: focus.token)
        }
        return number
    }

    /// A number exactly as it is written, for those that fit no type.
    public func numberText() throws(JSONFault) -> String {
        guard tokens.kind(of: focus.token) == .number else {
            throw tokens.mismatch(at: focus.token, expected: "a number")
        }
        return String(decoding: tokens.source(of: focus.token), as: UTF8.self)
    }
}

extension FixedWidthInteger {
    /// Reads digits that were checked; nil when the number does not fit.
    @inline(__always)
    fileprivate init?(decimal digits: UnsafeBufferPointer<UInt8>) {
        var value: Self = 0
        let isNegative = digits.first == UInt8(ascii: "-")
        for byte in digits.dropFirst(isNegative ? 1 : 0) {
            let (shifted, overflows) = value.multipliedReportingOverflow(by: 10)
            let digit = Self(truncatingIfNeeded: byte &- UInt8(ascii: "0"))
            // Towards the sign, because the smallest number has no positive counterpart.
            let (next, isBeyond) =
                isNegative ? shifted.subtractingReportingOverflow(digit) : shifted.addingReportingOverflow(digit)
            guard !overflows, !isBeyond else { return nil }
            value = next
        }
        self = value
    }
}
