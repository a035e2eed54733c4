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
        /// A head, as a request whose body is still empty, and the length of the body that follows.
        case head(HTTPRequest, bodyLength: Int)
        /// Some bytes of the body.
        case body([UInt8])
        /// The request is whole.
        case end
        /// The bytes are no request that is served here.
        case fault(HTTPFault)
    }

    private enum State {
        case start(sawEmptyLine: Bool)
        case fields(HTTPRequestLine, HTTPFieldSection)
        case body(remaining: Int)
        case failed(HTTPFault)
    }

    private let limits: HTTPMessageLimits
    private var state = State.start(sawEmptyLine: false)
    private var buffer = HTTPLineBuffer()

    /// A parser at the beginning of a stream.
    public init(limits: HTTPMessageLimits = HTTPMessageLimits()) { self.limits = limits }

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

    /// One step through the states; nil when it led to no event.
    private mutating func step() throws(HTTPFault) -> Event? {
        switch state {
        case .start(let sawEmptyLine): try readStartLine(sawEmptyLine: sawEmptyLine)
        case .fields(let line, let section): try readFields(line, section)
        case .body(let remaining): readBody(remaining: remaining)
        case .failed(let fault): throw fault
        }
    }

    private mutating func readStartLine(sawEmptyLine: Bool) throws(HTTPFault) -> Event? {
        let tooLong = HTTPFault(.uriTooLong, "the request line is longer than \(limits.startLine)")
        guard let line = try buffer.line(atMost: limits.startLine.bytes, else: tooLong) else { return .needMore }
        if line.isEmpty {
            guard !sawEmptyLine else { throw .malformed("more than one empty line stands before the request") }
            state = .start(sawEmptyLine: true)
        } else {
            state = .fields(try HTTPRequestLine(line), HTTPFieldSection(limits))
        }
        return nil
    }

    private mutating func readFields(_ line: HTTPRequestLine, _ section: HTTPFieldSection) throws(HTTPFault) -> Event? {
        var section = section
        guard try section.read(from: &buffer) else {
            state = .fields(line, section)
            return .needMore
        }
        let head = HTTPRequest(line.method, line.target, version: line.version, headers: section.headers)
        let length = try HTTPRequestRules.bodyLength(of: head, limits: limits)
        state = .body(remaining: length)
        return .head(head, bodyLength: length)
    }

    private mutating func readBody(remaining: Int) -> Event {
        guard remaining > 0 else {
            state = .start(sawEmptyLine: false)
            return .end
        }
        let bytes = buffer.take(atMost: remaining)
        guard !bytes.isEmpty else { return .needMore }
        state = .body(remaining: remaining - bytes.count)
        return .body(bytes)
    }
}
