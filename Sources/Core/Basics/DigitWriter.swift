/// Writes dates and times, which are most of what answers hold: digits of a fixed width between marks.
struct DigitWriter {
    private var bytes: [UInt8] = []

    /// Nothing written yet.
    init() { bytes.reserveCapacity(32) }

    /// A number with zeros before it up to a width.
    mutating func write(_ number: Int64, _ width: Int) {
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        var (count, power) = (1, UInt64(1))
        while count < width || number.magnitude / power >= 10 {
            count += 1
            power *= 10
        }
        for _ in 0..<count {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number.magnitude / power % 10))
            power /= 10
        }
    }

    /// A mark as it is.
    mutating func write(_ mark: Unicode.Scalar) { bytes.append(UInt8(ascii: mark)) }

    /// Hours, minutes and seconds of a day.
    mutating func write(secondsOfDay: Int64) {
        write(secondsOfDay / 3600, 2)
        write(":")
        write(secondsOfDay / 60 % 60, 2)
        write(":")
        write(secondsOfDay % 60, 2)
    }

    /// Year, month and day.
    mutating func write(_ date: (year: Int64, month: Int64, day: Int64)) {
        write(date.year, 4)
        write("-")
        write(date.month, 2)
        write("-")
        write(date.day, 2)
    }

    /// What was written.
    var text: String { String(decoding: bytes, as: UTF8.self) }
}
