/// Writes dates and times, which are most of what answers hold: digits of a fixed width between marks.
package struct DigitWriter: ~Copyable {
    private let bytes: UnsafeMutableBufferPointer<UInt8>
    private var count = 0

    /// What `body` writes, of 64 bytes at most.
    package static func text(_ body: (inout DigitWriter) -> Void) -> String {
        String(unsafeUninitializedCapacity: 64) { bytes in
            var writer = DigitWriter(bytes: bytes)
            body(&writer)
            return writer.count
        }
    }

    private init(bytes: UnsafeMutableBufferPointer<UInt8>) { self.bytes = bytes }

    private mutating func append(_ byte: UInt8) {
        precondition(count < bytes.count, "what is written is too long")
        bytes[count] = byte
        count += 1
    }

    /// A number with zeros before it up to a width.
    mutating func write(_ number: Int64, _ width: Int) {
        if number < 0 { append(UInt8(ascii: "-")) }
        var (digits, rest) = (1, number.magnitude / 10)
        while rest > 0 { (digits, rest) = (digits + 1, rest / 10) }
        let end = count + max(digits, width)
        precondition(end <= bytes.count, "what is written is too long")
        rest = number.magnitude
        for place in (count..<end).reversed() {
            bytes[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        count = end
    }

    /// A mark as it is.
    mutating func write(_ mark: Unicode.Scalar) { append(UInt8(ascii: mark)) }

    /// Hours, minutes and seconds of a day.
    mutating func write(secondsOfDay: Int64) {
        write(secondsOfDay / 3600, 2)
        write(":")
        write(secondsOfDay / 60 % 60, 2)
        write(":")
        write(secondsOfDay % 60, 2)
    }

    /// The time of a day, with six digits of fraction where there is one.
    package mutating func write(microsecondsOfDay: Int64) {
        let (seconds, fraction) = microsecondsOfDay.quotientAndRemainder(dividingBy: 1_000_000)
        write(secondsOfDay: seconds)
        guard fraction != 0 else { return }
        write(".")
        write(fraction, 6)
    }

    /// Year, month and day.
    mutating func write(_ date: (year: Int64, month: Int64, day: Int64)) {
        write(date.year, 4)
        write("-")
        write(date.month, 2)
        write("-")
        write(date.day, 2)
    }
}
