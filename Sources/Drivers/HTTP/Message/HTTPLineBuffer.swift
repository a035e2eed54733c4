/// Bytes that have arrived, and the lines that can be taken off their front.
///
/// Every byte is looked at once, however the bytes are cut into pieces, and a fault is found at the same byte each
/// time.
struct HTTPLineBuffer: Sendable {
    private var bytes: [UInt8] = []
    private var start = 0
    private var scanned = 0

    /// How many bytes have arrived and were not taken.
    var count: Int { bytes.count - start }

    /// Adds bytes at the end.
    mutating func feed(_ new: some Collection<UInt8>) {
        if start == bytes.count {
            bytes.removeAll(keepingCapacity: true)
            (start, scanned) = (0, 0)
        } else if start > 65_536 {
            bytes.removeFirst(start)
            (start, scanned) = (0, scanned - start)
        }
        bytes += new
    }

    /// The next line without its CRLF; nil when it has not arrived whole. A line of more than `limit` bytes throws
    /// `tooLong`.
    mutating func line(
        atMost limit: Int, else tooLong: @autoclosure () -> HTTPFault
    ) throws(HTTPFault) -> ArraySlice<UInt8>? {
        // The end of what may be looked at before the line is too long.
        let end = min(bytes.count, start + min(limit, bytes.count))
        scanned = bytes.withUnsafeBufferPointer { bytes in
            var place = scanned
            while place < end, bytes[place].isFieldValueByte { place += 1 }
            return place
        }
        guard scanned < bytes.count else { return nil }
        switch bytes[scanned] {
        case .carriageReturn:
            guard scanned + 1 < bytes.count else { return nil }
            guard bytes[scanned + 1] == .lineFeed else { throw .malformed("a carriage return stands alone") }
            defer {
                scanned += 2
                start = scanned
            }
            return bytes[start..<scanned]
        case .lineFeed: throw .malformed("a line feed stands alone")
        case let byte where !byte.isFieldValueByte: throw .malformed("a control character stands in the head")
        default: throw tooLong()
        }
    }

    /// At most so many of the bytes that have arrived.
    mutating func take(atMost limit: Int) -> [UInt8] {
        let end = start + min(count, limit)
        defer { (start, scanned) = (end, end) }
        return Array(bytes[start..<end])
    }
}
