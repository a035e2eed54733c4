import Basics

/// Reads the response to one request off a stream of bytes, strictly after RFC 9112; it does no input or output.
///
/// Feed it what arrives, then ask for events until it says `needMore`; call `finish` when the stream has ended. Interim
/// responses (1xx) are counted and read over. What follows the end is not looked at. The status of a fault means nothing
/// here.
public struct HTTPResponseParser: Sendable {
    /// What the bytes turned out to be.
    public enum Event: Hashable, Sendable {
        /// The rest has not arrived.
        case needMore
        /// A head, as a response whose body is still empty.
        case head(HTTPResponse)
        /// Some bytes of the body.
        case body([UInt8])
        /// The response is whole.
        case end
        /// The bytes are no response to the request.
        case fault(HTTPFault)
    }

    private enum State {
        case start
        case fields(HTTPStatusLine, HTTPFieldSection)
        case counted(remaining: Int)
        case chunked(HTTPChunkedDecoder)
        case untilClose
        case ended
        case failed(HTTPFault)
    }

    private let method: HTTPMethod
    private let limits: HTTPMessageLimits
    private var state = State.start
    private var buffer = HTTPLineBuffer()
    private var bodySize = 0
    private var isFinished = false
    private var keepsAlive = false
    /// How many interim responses have come so far.
    public private(set) var interimCount = 0

    /// A parser for the response to a request with `method`.
    public init(to method: HTTPMethod, limits: HTTPMessageLimits) {
        self.method = method
        self.limits = limits
    }

    /// Adds what has arrived.
    public mutating func feed(_ bytes: some Collection<UInt8>) { buffer.feed(bytes) }

    /// Whether the response is whole and another request can follow it on the same connection.
    public var allowsReuse: Bool {
        guard case .ended = state else { return false }
        return keepsAlive && !isFinished && buffer.count == 0
    }

    /// Says that nothing more will come, which is how some bodies end.
    public mutating func finish() { isFinished = true }

    /// The next event.
    public mutating func next() -> Event {
        do throws(HTTPFault) {
            while true {
                guard let event = try step() else { continue }
                guard case .body(let bytes) = event else { return event }
                bodySize += bytes.count
                guard bodySize <= limits.body.bytes else { throw tooLarge }
                return event
            }
        } catch {
            state = .failed(error)
            return .fault(error)
        }
    }

    private var tooLarge: HTTPFault { HTTPFault(.contentTooLarge, "the body is larger than \(limits.body)") }

    /// What it means that nothing is there to read.
    private func waiting() throws(HTTPFault) -> Event {
        guard !isFinished else { throw .malformed("it ends before it is whole") }
        return .needMore
    }

    /// One step through the states; nil when it led to no event.
    private mutating func step() throws(HTTPFault) -> Event? {
        switch state {
        case .start:
            let tooLong = HTTPFault.malformed("the status line is longer than \(limits.startLine)")
            guard let line = try buffer.line(atMost: limits.startLine.bytes, else: tooLong) else {
                return try waiting()
            }
            state = .fields(try HTTPStatusLine(line), HTTPFieldSection(limits))
        case .fields(let line, var section):
            let isWhole = try section.read(from: &buffer)
            state = .fields(line, section)
            return isWhole ? try readHead(line, section.headers) : try waiting()
        case .counted(0), .ended:
            state = .ended
            return .end
        case .counted(let remaining):
            let bytes = buffer.take(atMost: remaining)
            guard !bytes.isEmpty else { return try waiting() }
            state = .counted(remaining: remaining - bytes.count)
            return .body(bytes)
        case .chunked(var decoder):
            let bytes = try decoder.read(from: &buffer)
            state = decoder.isDone ? .ended : .chunked(decoder)
            if let bytes { return .body(bytes) }
            return decoder.isDone ? nil : try waiting()
        case .untilClose:
            let bytes = buffer.take(atMost: buffer.count)
            guard bytes.isEmpty else { return .body(bytes) }
            guard isFinished else { return .needMore }
            state = .ended
        case .failed(let fault): throw fault
        }
        return nil
    }

    /// Decides how the body ends (RFC 9112, section 6.3).
    private mutating func readHead(_ line: HTTPStatusLine, _ headers: HTTPHeaders) throws(HTTPFault) -> Event? {
        let status = line.status
        guard status != HTTPStatus(101) else { throw .malformed("it changes to a protocol that nobody asked for") }
        guard status.code >= 200 else {
            state = .start
            interimCount += 1
            return nil
        }
        let options = headers.tokens(of: "Connection")
        keepsAlive = !options.contains("close") && (line.version == .http11 || options.contains("keep-alive"))
        let (length, isAlone) = headers.single("Content-Length")
        let hasCoding = headers["Transfer-Encoding"] != nil
        if method == .head || !status.allowsBody {
            state = .ended
        } else if hasCoding {
            guard length == nil else { throw .malformed("it has both a Content-Length and a Transfer-Encoding") }
            guard line.version == .http11, headers.tokens(of: "Transfer-Encoding") == ["chunked"] else {
                throw .malformed("it has a Transfer-Encoding that is not known here")
            }
            state = .chunked(HTTPChunkedDecoder(limits))
        } else if let length {
            guard isAlone, let length = HTTPGrammar.decimal(length) else {
                throw .malformed("its Content-Length is not one number")
            }
            guard length <= limits.body.bytes else { throw tooLarge }
            state = .counted(remaining: length)
        } else {
            state = .untilClose
            keepsAlive = false
        }
        return .head(HTTPResponse(status, headers: headers))
    }
}
