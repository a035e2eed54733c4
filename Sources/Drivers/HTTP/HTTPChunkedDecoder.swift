import Basics

/// Reads a body that comes in chunks (RFC 9112, section 7.1). Chunk extensions and trailers are read over.
struct HTTPChunkedDecoder: Sendable {
    private enum State {
        case size
        case data(remaining: Int)
        case dataEnd
        case trailer(HTTPFieldSection)
        case done
    }

    private let limits: HTTPMessageLimits
    private var state = State.size
    private(set) var isDone = false

    init(_ limits: HTTPMessageLimits) { self.limits = limits }

    /// Takes chunks off `buffer`; gives back the bytes of one, or nil when no more has arrived or the body has ended.
    mutating func read(from buffer: inout HTTPLineBuffer) throws(HTTPFault) -> [UInt8]? {
        while true {
            switch state {
            case .size:
                guard
                    let line = try buffer.line(atMost: limits.startLine.bytes, else: .malformed("a chunk has no size"))
                else { return nil }
                let size = try HTTPChunkedDecoder.size(line)
                state = size == 0 ? .trailer(HTTPFieldSection(limits)) : .data(remaining: size)
            case .data(let remaining):
                let bytes = buffer.take(atMost: remaining)
                guard !bytes.isEmpty else { return nil }
                state = bytes.count == remaining ? .dataEnd : .data(remaining: remaining - bytes.count)
                return bytes
            case .dataEnd:
                let longer = HTTPFault.malformed("a chunk is longer than its size")
                guard let line = try buffer.line(atMost: 0, else: longer) else { return nil }
                assert(line.isEmpty)
                state = .size
            case .trailer(var section):
                let isWhole = try section.read(from: &buffer)
                state = isWhole ? .done : .trailer(section)
                guard isWhole else { return nil }
            case .done:
                isDone = true
                return nil
            }
        }
    }

    /// The size in hexadecimal digits, before a semicolon and extensions.
    private static func size(_ line: ArraySlice<UInt8>) throws(HTTPFault) -> Int {
        let digits = line.prefix { $0 != UInt8(ascii: ";") }
        // Fifteen digits never overflow, and no body is that large.
        guard (1...15).contains(digits.count) else { throw .malformed("a chunk has no size") }
        var size = 0
        for digit in digits {
            guard let value = digit.hexadecimalValue else { throw .malformed("the size of a chunk is not a number") }
            size = size << 4 | Int(value)
        }
        return size
    }
}
