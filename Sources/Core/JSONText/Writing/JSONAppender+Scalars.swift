extension JSONAppender {
    /// `null`.
    public mutating func appendNull() {
        beginValue()
        appendRaw("null".utf8)
    }

    /// `true` or `false`.
    public mutating func append(_ value: Bool) {
        beginValue()
        appendRaw(value ? "true".utf8 : "false".utf8)
    }

    /// A whole number.
    public mutating func append(_ number: Int) { append(integer: number) }

    @inline(__always)
    mutating func append(integer number: some FixedWidthInteger) {
        beginValue()
        guard let magnitude = UInt64(exactly: number.magnitude) else { return appendRaw(String(number).utf8) }
        if number < 0 { appendByte(UInt8(ascii: "-")) }
        appendDigits(magnitude)
    }

    /// A number, with the fewest digits that are read as the same number again. JSON has neither infinity nor NaN: they
    /// become `null`.
    public mutating func append(_ number: Double) { append(shortest: number) }

    /// A number, as above.
    public mutating func append(_ number: Float) { append(shortest: number) }

    private mutating func append(shortest number: some BinaryFloatingPoint & CustomStringConvertible) {
        guard number.isFinite else { return appendNull() }
        beginValue()
        appendRaw(number.description.utf8)
    }

    /// A value that is JSON already, such as a column of PostgreSQL's; it is not checked again.
    public mutating func append(checkedJSON bytes: some Sequence<UInt8>) {
        beginValue()
        appendRaw(bytes)
    }

    private mutating func appendDigits(_ number: UInt64) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var (rest, start) = (number, digits.count)
            repeat {
                start -= 1
                digits[start] = UInt8(truncatingIfNeeded: rest % 10) + UInt8(ascii: "0")
                rest /= 10
            } while rest > 0
            appendRaw(digits[start...])
        }
    }
}
