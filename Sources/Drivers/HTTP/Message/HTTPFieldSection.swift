import Basics

/// The field lines of a head or of a trailer, as they arrive.
struct HTTPFieldSection: Sendable {
    private let limits: HTTPMessageLimits
    private var size = 0
    private(set) var headers = HTTPHeaders()

    init(_ limits: HTTPMessageLimits) { self.limits = limits }

    /// Takes whole lines from `buffer`; true when the empty line that ends the section was among them.
    mutating func read(from buffer: inout HTTPLineBuffer) throws(HTTPFault) -> Bool {
        while let line = try buffer.line(
            atMost: max(0, limits.fields.bytes - size),
            else: HTTPFault(.headerFieldsTooLarge, "the header fields are larger than \(limits.fields)"))
        {
            if line.isEmpty { return true }
            size += line.count + 2
            guard headers.count < limits.fieldCount else {
                throw HTTPFault(.headerFieldsTooLarge, "there are more than \(limits.fieldCount) header fields")
            }
            try append(line)
        }
        return false
    }

    private mutating func append(_ line: ArraySlice<UInt8>) throws(HTTPFault) {
        guard line.first != .space, line.first != .tab else { throw .malformed("a header field is folded") }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
            throw .malformed("a header field has no colon")
        }
        let name = line[..<colon]
        guard !name.isEmpty, name.allSatisfy(\.isTokenByte) else {
            throw .malformed("the name of a header field is not a token")
        }
        let start = line[colon...].dropFirst().drop { $0 == .space || $0 == .tab }
        let end = start.lastIndex { $0 != .space && $0 != .tab }
        headers.append(name, end.map { start[...$0] } ?? [])
    }
}
