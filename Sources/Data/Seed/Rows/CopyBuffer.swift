import Basics
import Postgres

/// Rows in the binary form of COPY, written byte by byte: no text is built and nothing is allocated for a cell.
package struct CopyBuffer {
    /// What was written so far.
    package private(set) var bytes: [UInt8] = []
    /// The rows among it.
    package private(set) var rows = 0

    /// How a stream begins: a signature, no flags, no extension.
    package static let head: [UInt8] =
        Array("PGCOPY\n".utf8) + [0xff, 0x0d, 0x0a, 0x00] + [UInt8](repeating: 0, count: 8)
    /// How a stream ends: a row of no width.
    package static let tail: [UInt8] = [0xff, 0xff]

    /// Nothing written yet.
    package init() {}

    /// Forgets what was written and keeps the memory.
    package mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        rows = 0
    }

    // MARK: - The frame of rows and cells

    /// Begins a row of so many cells.
    mutating func row(of columns: Int) {
        rows += 1
        integer(Int16(columns))
    }

    /// A cell whose bytes `body` writes.
    mutating func cell(_ body: (inout CopyBuffer) -> Void) {
        let start = bytes.count
        integer(Int32(0))
        body(&self)
        let length = UInt32(bytes.count - start - 4)
        bytes[start] = UInt8(truncatingIfNeeded: length >> 24)
        bytes[start + 1] = UInt8(truncatingIfNeeded: length >> 16)
        bytes[start + 2] = UInt8(truncatingIfNeeded: length >> 8)
        bytes[start + 3] = UInt8(truncatingIfNeeded: length)
    }

    /// NULL.
    mutating func null() { integer(Int32(-1)) }

    /// An integer without its length, most significant byte first.
    mutating func integer(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    // MARK: - Bytes inside of a cell

    /// Bytes as they are.
    mutating func append(_ more: [UInt8]) { bytes.append(contentsOf: more) }

    /// A text of the program's own.
    mutating func append(_ more: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: more.utf8Start, count: more.utf8CodeUnitCount))
    }

    /// One byte.
    mutating func append(byte: UInt8) { bytes.append(byte) }

    /// Decimal digits, with zeros in front up to `width`.
    mutating func append(digits value: Int, width: Int = 1) {
        var divisor = 1
        var places = 1
        while places < width || value / divisor >= 10 {
            divisor *= 10
            places += 1
        }
        while divisor > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
            divisor /= 10
        }
    }
}

// Cells by the types of the schema.
extension CopyBuffer {
    /// A text of the word tables.
    mutating func text(_ value: [UInt8]) {
        integer(Int32(value.count))
        append(value)
    }

    /// A text of the program's own, or the label of an enum.
    mutating func text(_ value: StaticString) {
        integer(Int32(value.utf8CodeUnitCount))
        append(value)
    }

    /// A `uuid`.
    mutating func uuid(_ value: PostgresUUID) {
        integer(Int32(16))
        integer(value.high)
        integer(value.low)
    }

    /// A `uuid`, or NULL.
    mutating func uuid(_ value: PostgresUUID?) {
        guard let value else { return null() }
        uuid(value)
    }

    /// A `timestamptz`; a `timestamp` is one of a clock that shows UTC.
    mutating func time(_ value: Timestamp) {
        integer(Int32(8))
        integer(Self.sinceEpoch(value))
    }

    /// A `timestamptz`, or NULL.
    mutating func time(_ value: Timestamp?) {
        guard let value else { return null() }
        time(value)
    }

    /// Microseconds since 2000, as PostgreSQL counts them.
    private static func sinceEpoch(_ value: Timestamp) -> Int64 { value.microseconds - 946_684_800_000_000 }

    /// A `time` by the minutes since midnight.
    mutating func clock(minutes: Int) {
        integer(Int32(8))
        integer(Int64(minutes) * 60_000_000)
    }

    /// A `boolean`.
    mutating func bool(_ value: Bool) {
        integer(Int32(1))
        append(byte: value ? 1 : 0)
    }

    /// A `smallint`.
    mutating func small(_ value: Int) {
        integer(Int32(2))
        integer(Int16(value))
    }

    /// An `integer`.
    mutating func int(_ value: Int) {
        integer(Int32(4))
        integer(Int32(value))
    }

    /// A `bigint`.
    mutating func big(_ value: Int) {
        integer(Int32(8))
        integer(Int64(value))
    }

    /// A `real`.
    mutating func real(_ value: Float) {
        integer(Int32(4))
        integer(value.bitPattern)
    }

    /// A `tstzrange` that holds its lower bound and not its upper one.
    mutating func range(_ lower: Timestamp, _ upper: Timestamp) {
        integer(Int32(25))
        append(byte: 0x02)
        time(lower)
        time(upper)
    }

    /// A `jsonb`, behind the version of its form.
    mutating func json(_ body: (inout CopyBuffer) -> Void) {
        cell { cell in
            cell.append(byte: 1)
            body(&cell)
        }
    }

    /// A `numeric` of so many decimals, by the count of its smallest unit: (1999, 2) is 19.99.
    mutating func numeric(_ units: Int, decimals: Int) {
        // Its digits are of base 10,000, and the point stands between two of them.
        let fractions = (decimals + 3) / 4
        var rest = units
        for _ in decimals..<fractions * 4 { rest *= 10 }
        var digits: (Int16, Int16, Int16, Int16, Int16) = (0, 0, 0, 0, 0)
        digits.4 = Int16(rest % 10_000)
        digits.3 = Int16(rest / 10_000 % 10_000)
        digits.2 = Int16(rest / 100_000_000 % 10_000)
        digits.1 = Int16(rest / 1_000_000_000_000 % 10_000)
        digits.0 = Int16(rest / 10_000_000_000_000_000)
        withUnsafeBytes(of: &digits) { memory in
            let all = memory.bindMemory(to: Int16.self)
            let first = all.firstIndex { $0 != 0 } ?? all.endIndex
            let end = (all.lastIndex { $0 != 0 } ?? -1) + 1
            let count = max(0, end - first)
            integer(Int32(8 + 2 * count))
            integer(Int16(count))
            integer(Int16(count == 0 ? 0 : 4 - fractions - first))
            integer(Int16(0))
            integer(Int16(decimals))
            for index in first..<first + count { integer(all[index]) }
        }
    }
}
