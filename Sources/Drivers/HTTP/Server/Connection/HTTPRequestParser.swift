import Basics

/// Reads requests off a stream of bytes, strictly after RFC 9112; it does no input or output.
///
/// Feed it what arrives, then ask for events until it says `needMore`. A request is one `head`, any number of `body`,
/// and `end`; the next one may follow at once. After a `fault` the stream has lost its rhythm: answer and close, for
/// every later event is the same fault. Where the bytes are cut into pieces makes no difference, save to where bodies
/// are cut.
public struct HTTPRequestParser: Sendable {
    /// What the bytes turned out to be.
    public enum Event: Hashable, Sendable {
        /// The rest has not arrived.
        case needMore
        /// A head, as a request whose body is still empty, and how the end of the body that follows is told.
        case head(HTTPRequest, HTTPBodyFraming)
        /// Some bytes of the body.
        case body([UInt8])
        /// The request is whole.
        case end
        /// The bytes are no request that is served here.
        case fault(HTTPFault)
    }

    private enum State {
        case start
        case fields(HTTPRequestLine)
        case counted(remaining: Int)
        case chunked
        case failed(HTTPFault)
    }

    private let limits: HTTPMessageLimits
    private var state = State.start
    private var sawEmptyLine = false
    private var section: HTTPFieldSection
    private var chunks: HTTPChunkedDecoder
    private var bodySize = 0
    private var buffer = HTTPLineBuffer()

    /// A parser at the beginning of a stream.
    public init(limits: HTTPMessageLimits = HTTPMessageLimits()) {
        self.limits = limits
        section = HTTPFieldSection(limits)
        chunks = HTTPChunkedDecoder(limits)
    }

    /// Adds what has arrived.
    public mutating func feed(_ bytes: some Collection<UInt8>) { buffer.feed(bytes) }

    /// Whether nothing of a next request has arrived.
    public var isBetweenRequests: Bool { if case .start = state { buffer.count == 0 } else { false } }

    /// Whether bytes have arrived that no event has told yet.
    public var hasUnreadBytes: Bool { buffer.count > 0 }

    /// The next event.
    public mutating func next() -> Event {
        do throws(HTTPFault) {
            while true {
                if let event = try step() { return event }
            }
        } catch {
            state = .failed(error)
            return .fault(error)
        }
    }

    /// The bytes that no event has told yet, for the protocol that follows when the connection changes to another.
    mutating func takeUnreadBytes() -> [UInt8] { buffer.take(atMost: buffer.count) }

    /// One step through the states; nil when it led to no event.
    private mutating func step() throws(HTTPFault) -> Event? {
        switch state {
        case .start: try readStartLine()
        case .fields(let line): try readFields(line)
        case .counted(let remaining): readCounted(remaining)
        case .chunked: try readChunk()
        case .failed(let fault): throw fault
        }
    }

    private mutating func readStartLine() throws(HTTPFault) -> Event? {
        guard
            let line = try buffer.line(
                atMost: limits.startLine.bytes,
                else: HTTPFault(.uriTooLong, "the request line is longer than \(limits.startLine)"))
        else { return .needMore }
        if line.isEmpty {
            guard !sawEmptyLine else { throw .malformed("more than one empty line stands before the request") }
            sawEmptyLine = true
        } else {
            state = .fields(try HTTPRequestLine(line))
            section = HTTPFieldSection(limits)
        }
        return nil
    }

    private mutating func readFields(_ line: HTTPRequestLine) throws(HTTPFault) -> Event? {
        guard try section.read(from: &buffer) else { return .needMore }
        let head = HTTPRequest(line.method, line.target, version: line.version, headers: section.headers)
        let framing = try HTTPRequestRules.framing(of: head)
        bodySize = 0
        switch framing {
        case .none: state = .counted(remaining: 0)
        case .counted(let length):
            guard length <= limits.body.bytes else { throw tooLarge }
            state = .counted(remaining: length)
        case .chunked:
            state = .chunked
            chunks = HTTPChunkedDecoder(limits)
        }
        return .head(head, framing)
    }

    private mutating func readCounted(_ remaining: Int) -> Event {
        guard remaining > 0 else { return end() }
        let bytes = buffer.take(atMost: remaining)
        guard !bytes.isEmpty else { return .needMore }
        state = .counted(remaining: remaining - bytes.count)
        return .body(bytes)
    }

    private mutating func readChunk() throws(HTTPFault) -> Event {
        guard let bytes = try chunks.read(from: &buffer) else { return chunks.isDone ? end() : .needMore }
        bodySize += bytes.count
        guard bodySize <= limits.body.bytes else { throw tooLarge }
        return .body(bytes)
    }

    private mutating func end() -> Event {
        state = .start
        sawEmptyLine = false
        return .end
    }

    private var tooLarge: HTTPFault { HTTPFault(.contentTooLarge, "the body is larger than \(limits.body)") }
}
