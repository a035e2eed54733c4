public import Basics

/// The body of a response, read from the connection as it is asked for: who does not ask keeps the server waiting.
///
/// It is good only as long as the closure that it was handed to. What is left unread then is not read any more, and the
/// connection is closed.
public final class HTTPResponseBody {
    private let connection: HTTPClientConnection
    private let name: String
    private var parser: HTTPResponseParser
    private var incoming: [UInt8] = []
    private var isWhole = false

    init(_ connection: HTTPClientConnection, _ parser: HTTPResponseParser, name: String) {
        self.connection = connection
        self.parser = parser
        self.name = name
    }

    /// The next bytes, as many as have come; nil at the end.
    public func next() async throws -> [UInt8]? {
        guard !isWhole else { return nil }
        let event = try await nextEvent()
        if case .body(let bytes) = event { return bytes }
        isWhole = true
        connection.isReusable = parser.allowsReuse
        return nil
    }

    /// Everything that is left, when it is not more than `limit`.
    public func all(atMost limit: ByteCount) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        while let piece = try await next() {
            bytes += piece
            guard bytes.count <= limit.bytes else {
                throw ParlorError(.protocolViolation, "the response to \(name) is larger than \(limit)")
            }
        }
        return bytes
    }

    /// Reads over a body that nobody wants when it is known to be small, so that the connection can be used again.
    func drain(_ head: HTTPResponse) async throws {
        let length = head.headers["Content-Length"].flatMap { HTTPGrammar.decimal($0.utf8) } ?? .max
        guard length <= 65_536 || !head.status.allowsBody else { return }
        while try await next() != nil {}
    }

    /// Notices that the body has ended, without waiting for anything.
    func finishIfWhole() {
        guard !isWhole, case .end = parser.next() else { return }
        isWhole = true
        connection.isReusable = parser.allowsReuse
    }

    /// The head of the response; `onInterim` is called when the server has sent a sign before it.
    func head(onInterim: () -> Void = {}) async throws -> HTTPResponse {
        while true {
            if case .head(let head) = try await nextEvent(onInterim: onInterim) { return head }
        }
    }

    /// The next event that is not about missing bytes.
    private func nextEvent(onInterim: () -> Void = {}) async throws -> HTTPResponseParser.Event {
        while true {
            let event = parser.next()
            if parser.interimCount > 0 { onInterim() }
            switch event {
            case .needMore: try await readMore()
            case .fault(let fault):
                throw ParlorError(.protocolViolation, "\(name) got no valid response", why: fault.reason)
            default: return event
            }
        }
    }

    private func readMore() async throws {
        incoming.removeAll(keepingCapacity: true)
        let count = try await connection.read(appendingTo: &incoming)
        guard count == 0 else { return parser.feed(incoming) }
        guard connection.hasReceived else {
            throw ParlorError(.connection, "\(name) got no response", why: "the server closed the connection")
        }
        parser.finish()
    }
}
