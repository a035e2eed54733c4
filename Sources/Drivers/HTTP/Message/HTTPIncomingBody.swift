public import Basics

/// The body of a request on its way: bytes are taken off the connection only as fast as somebody asks for them.
///
/// States: open, ended, failed (the fault is kept, for the server answers it whatever the handler does), closed (the
/// request was answered; whatever has not arrived by then belongs to nobody). Read by one task at a time, on the loop.
public final class HTTPIncomingBody: @unchecked Sendable {
    // Guard of @unchecked Sendable: used by the task of its request, on the loop.

    /// Gives the next bytes, or nil at the end.
    public typealias Source = @Sendable () async throws -> [UInt8]?

    /// How large it may be; a larger one throws a 413, and is refused unread when its length tells as much.
    public var limit: ByteCount
    /// The length that was told beforehand; nil when it comes in chunks.
    public let length: Int?
    /// What is wrong with it, once that is known.
    private(set) var fault: HTTPFault?
    private(set) var isEnded = false
    private(set) var received = 0
    private(set) var isBeingRead = false
    /// Where it comes from; nil once it is closed, for it would hold the connection as long as somebody keeps the body.
    private var source: Source?

    /// A body that `source` gives.
    public init(length: Int? = nil, limit: ByteCount, _ source: @escaping Source) {
        self.length = length
        self.limit = limit
        self.source = source
    }

    /// The next bytes; nil when the body has ended. What it throws as an `HTTPFault` is the client's doing.
    public func next() async throws -> [UInt8]? {
        if let fault { throw fault }
        guard !isEnded else { return nil }
        guard let source else { throw ParlorError(.connection, "the request was answered before its body was read") }
        guard !isBeingRead else { throw ParlorError(.unexpected, "two tasks read the same body") }
        isBeingRead = true
        defer { isBeingRead = false }
        do {
            guard length ?? 0 <= limit.bytes else { throw tooLarge }
            guard let piece = try await source() else {
                isEnded = true
                return nil
            }
            received += piece.count
            guard received <= limit.bytes else { throw tooLarge }
            return piece
        } catch let fault as HTTPFault {
            self.fault = fault
            throw fault
        }
    }

    /// All that is left of it.
    public func collect() async throws -> [UInt8] {
        guard var all = try await next() else { return [] }
        if let length { all.reserveCapacity(min(length, limit.bytes)) }
        while let piece = try await next() { all += piece }
        return all
    }

    private var tooLarge: HTTPFault { HTTPFault(.contentTooLarge, "the body is larger than \(limit)") }

    /// Ends the reading, whoever still does.
    func close() { source = nil }

    /// Reads what nobody wanted, at most so much of it, so that the next request can be found; whether it came to the
    /// end.
    func drain(atMost bytes: Int) async throws -> Bool {
        guard fault == nil else { return false }
        var drained = 0
        while !isEnded, let source {
            guard drained + (length.map { max(0, $0 - received) } ?? 0) <= bytes else { return false }
            guard let piece = try await source() else {
                isEnded = true
                break
            }
            drained += piece.count
            received += piece.count
        }
        return isEnded
    }
}

extension HTTPIncomingBody: Hashable {
    /// Whether both are the same body, which is more than the same bytes.
    public static func == (left: HTTPIncomingBody, right: HTTPIncomingBody) -> Bool { left === right }

    /// Hashes which body it is.
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

/// A body in pieces, as they arrive or all at once.
public struct HTTPBodyPieces: AsyncSequence, Sendable {
    enum Source: Sendable {
        case whole([UInt8])
        case incoming(HTTPIncomingBody)
    }

    private let source: Source

    init(_ source: Source) { self.source = source }

    /// Reads the pieces.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var source: Source?

        /// The next piece; nil at the end.
        public mutating func next() async throws -> [UInt8]? {
            switch source {
            case .whole(let bytes):
                source = nil
                return bytes.isEmpty ? nil : bytes
            case .incoming(let body): return try await body.next()
            case nil: return nil
            }
        }
    }

    /// An iterator; a body on its way goes on where another one stopped.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(source: source) }
}
