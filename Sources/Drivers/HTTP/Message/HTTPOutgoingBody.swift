/// What writes the body of a response, piece by piece, while the client takes it.
///
/// It runs once the head is decided, on the loop, and its first bytes travel with the head; for HEAD it does not run.
/// When it throws, a response of which nothing was sent yet becomes a 500, and any other one is cut short so that the
/// client cannot take it for whole. It is cancelled when the client leaves.
public final class HTTPOutgoingBody: Sendable {
    /// Writes all of the body.
    public typealias Producer = @Sendable (HTTPBodyWriter) async throws -> Void

    /// The length, when it is known beforehand: writing more or less than that is an error. Without it the body goes out
    /// in chunks, and to a client of HTTP/1.0 until the connection ends.
    public let length: Int?
    /// Whether it lasts until somebody ends it: a server that shuts down cancels it rather than wait.
    public let isOpenEnded: Bool
    let produce: Producer

    /// A body that `produce` writes.
    public init(length: Int? = nil, isOpenEnded: Bool = false, _ produce: @escaping Producer) {
        self.length = length
        self.isOpenEnded = isOpenEnded
        self.produce = produce
    }

    /// Hands every piece to `take`, as a server does.
    public func write(to take: @escaping @Sendable ([UInt8]) async throws -> Void) async throws {
        try await produce(HTTPBodyWriter(take))
    }
}

extension HTTPOutgoingBody: Hashable {
    /// Whether both are the same body, which is more than the same bytes.
    public static func == (left: HTTPOutgoingBody, right: HTTPOutgoingBody) -> Bool { left === right }

    /// Hashes which body it is.
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

/// Where the producer of a body puts its pieces.
public struct HTTPBodyWriter: Sendable {
    private let take: @Sendable ([UInt8]) async throws -> Void

    init(_ take: @escaping @Sendable ([UInt8]) async throws -> Void) { self.take = take }

    /// Sends a piece at once, and comes back when the system has taken it, however slow the client is.
    public func write(_ bytes: [UInt8]) async throws {
        if !bytes.isEmpty { try await take(bytes) }
    }

    /// Sends a piece of text.
    public func write(_ text: String) async throws { try await write(Array(text.utf8)) }
}

extension HTTPResponse {
    /// A response whose body is written piece by piece, each as the client takes it.
    public static func stream(
        _ status: HTTPStatus = .ok, headers: HTTPHeaders = [:], length: Int? = nil,
        _ produce: @escaping HTTPOutgoingBody.Producer
    ) -> HTTPResponse {
        var response = HTTPResponse(status, headers: headers)
        response.outgoing = HTTPOutgoingBody(length: length, produce)
        return response
    }

    /// A response whose body is what a sequence gives; the next piece is asked for when the client has taken the last.
    public static func stream<Pieces: AsyncSequence & Sendable>(
        _ pieces: Pieces, status: HTTPStatus = .ok, headers: HTTPHeaders = [:], length: Int? = nil
    ) -> HTTPResponse where Pieces.Element == [UInt8] {
        stream(status, headers: headers, length: length) { writer in
            for try await piece in pieces { try await writer.write(piece) }
        }
    }
}
