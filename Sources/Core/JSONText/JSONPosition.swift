/// A place in a JSON text.
public struct JSONPosition: Hashable, Sendable, CustomStringConvertible {
    /// How many bytes stand before it.
    public let offset: Int
    /// The line, from 1; a line ends with a line feed.
    public let line: Int
    /// The column, from 1, counted in Unicode scalars as editors do.
    public let column: Int

    init(offset: Int, line: Int, column: Int) {
        self.offset = offset
        self.line = line
        self.column = column
    }

    /// Counts up to a byte of a text; what stands before it must be UTF-8.
    init(of offset: Int, in bytes: UnsafeBufferPointer<UInt8>) {
        var (line, column) = (1, 1)
        for byte in bytes.prefix(offset) {
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        self.init(offset: offset, line: line, column: column)
    }

    /// `line 3, column 14, byte 120`.
    public var description: String { "line \(line), column \(column), byte \(offset)" }
}
