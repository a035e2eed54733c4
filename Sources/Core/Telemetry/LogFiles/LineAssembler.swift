/// Makes whole lines of the pieces in which a program's output arrives.
///
/// Bytes pass through as they are, whether they are UTF-8 or not. A line that grows too long is cut, if possible
/// between two characters, so that a program that never ends its line cannot take all the memory.
public struct LineAssembler: Sendable {
    private let longest: Int
    private var pending: [UInt8] = []

    /// An assembler that cuts lines longer than `longest` bytes.
    public init(longest: Int = 65_536) { self.longest = max(4, longest) }

    /// Takes a piece and returns the lines that are whole now, without their newlines.
    public mutating func feed(_ bytes: [UInt8]) -> [[UInt8]] { feed(bytes[...]) }

    /// Takes a piece and returns the lines that are whole now, without their newlines.
    public mutating func feed(_ bytes: ArraySlice<UInt8>) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var rest = bytes
        while let newline = rest.firstIndex(of: UInt8(ascii: "\n")) {
            pending += rest[..<newline]
            cutPending(into: &lines)
            lines.append(pending)
            pending = []
            rest = rest[(newline + 1)...]
        }
        pending += rest
        cutPending(into: &lines)
        return lines
    }

    /// The last line, when its newline never came; nil when nothing is left.
    public mutating func finish() -> [UInt8]? {
        defer { pending = [] }
        return pending.isEmpty ? nil : pending
    }

    private mutating func cutPending(into lines: inout [[UInt8]]) {
        guard pending.count > longest else { return }
        var start = 0
        while pending.count - start > longest {
            let end = boundary(before: start + longest)
            lines.append(Array(pending[start..<end]))
            start = end
        }
        pending.removeFirst(start)
    }

    /// The place at or up to three bytes before `index` where a character begins; `index` itself when there is none.
    private func boundary(before index: Int) -> Int {
        (index - 3...index).last { pending[$0] & 0b1100_0000 != 0b1000_0000 } ?? index
    }
}
