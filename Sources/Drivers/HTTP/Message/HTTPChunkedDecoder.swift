import Basics

/// Reads a body that comes in chunks (RFC 9112, section 7.1). Chunk extensions and trailers are read over.
///
/// What is not content is bounded too: tiny chunks with long extensions would let a client keep a server busy for
/// nothing.
struct HTTPChunkedDecoder: Sendable {
    private enum State {
        case size
        case data(remaining: Int)
        case dataEnd
        case trailer(HTTPFieldSection)
        case done
    }

    /// The longest size line, its extensions included.
    private static let sizeLineLimit = 256
    /// What the framing may take beyond a fair share of each chunk.
    private static let framingLimit = 16 << 10
    private static let fairShare = 16

    private let limits: HTTPMessageLimits
    private var state = State.size
    private var framing = 0
    private(set) var isDone = false

    init(_ limits: HTTPMessageLimits) { self.limits = limits }

    /// Takes chunks off `buffer`; gives back the bytes of one, or nil when no more has arrived or the body has ended.
    mutating func read(from buffer: inout HTTPLineBuffer) throws(HTTPFault) -> [UInt8]? {
        while true {
            switch state {
            case .size:
                let tooLong = HTTPFault.malformed("a chunk has no size, or too much beside it")
                guard let line = try buffer.line(atMost: Self.sizeLineLimit, else: tooLong) else { return nil }
                let size = try HTTPChunkedDecoder.size(line)
                try count(line, of: size)
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

    private mutating func count(_ line: ArraySlice<UInt8>, of size: Int) throws(HTTPFault) {
        framing = max(0, framing + line.count - Self.fairShare - min(size, Self.framingLimit))
        guard framing <= Self.framingLimit else { throw .malformed("the body is more framing than content") }
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
