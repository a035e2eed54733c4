public import Basics

/// Why the body of a response ended before its end: the client is gone, or was too slow, or was cut.
///
/// The producer of a body gets it from its writer; letting it through is the right thing to do.
public struct HTTPClientGone: ExplainedError {
    /// What happened on the connection.
    public let cause: any Error

    /// The same for people.
    public var explained: ParlorError {
        ParlorError(.connection, "the client left before the response was whole", cause: cause)
    }
}

/// One streamed body on its way out: its framing, and the head, which travels with the first piece.
final class HTTPBodyTransfer: @unchecked Sendable {
    // Guard of @unchecked Sendable: used by the task of the connection, on the loop.
    private let connection: HTTPServerConnection
    private let framing: HTTPResponseFraming
    private var head: [UInt8]
    private var remaining: Int
    private var isEnded = false
    /// Whether anything was sent, so that nothing else can be answered.
    private(set) var hasBegun = false

    init(over connection: HTTPServerConnection, head: [UInt8], framing: HTTPResponseFraming) {
        self.connection = connection
        self.head = head
        self.framing = framing
        remaining = if case .length(let length) = framing { length } else { 0 }
    }

    /// Sends a piece that is not empty.
    func send(_ piece: [UInt8]) async throws {
        guard !isEnded else { throw ParlorError(.unexpected, "a body goes on after its end") }
        var bytes = takeHead()
        switch framing {
        case .chunked:
            bytes.reserveCapacity(bytes.count + piece.count + 16)
            bytes.appendHexadecimal(piece.count)
            bytes.appendLineEnd()
            bytes += piece
            bytes.appendLineEnd()
        case .length:
            guard piece.count <= remaining else {
                throw ParlorError(.unexpected, "a body is longer than it was said to be")
            }
            remaining -= piece.count
            bytes += piece
        case .untilClose, .none, .upgrade: bytes += piece
        }
        try await write(bytes)
    }

    /// Sends what ends the body.
    func finish() async throws {
        isEnded = true
        guard remaining == 0 else { throw ParlorError(.unexpected, "a body is shorter than it was said to be") }
        var bytes = takeHead()
        if framing == .chunked { bytes += "0\r\n\r\n".utf8 }
        if !bytes.isEmpty { try await write(bytes) }
    }

    private func takeHead() -> [UInt8] {
        defer { head = [] }
        return head
    }

    private func write(_ bytes: [UInt8]) async throws {
        hasBegun = true
        do {
            try await connection.writeSlices(of: bytes)
        } catch {
            throw HTTPClientGone(cause: error)
        }
    }
}
