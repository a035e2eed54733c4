import Basics
public import HTTP
import Loop

/// A response on its way: its head, and its body as it comes.
public struct HTTPTestStream: Sendable {
    /// The head, as a response without a body.
    public let head: HTTPResponse
    private let take: @Sendable () async throws -> [UInt8]?
    private let end: @Sendable () -> Void

    init(
        _ head: HTTPResponse, end: @escaping @Sendable () -> Void,
        _ take: @escaping @Sendable () async throws -> [UInt8]?
    ) {
        self.head = head
        self.take = take
        self.end = end
    }

    /// The next bytes of the body; nil at its end.
    public func next() async throws -> [UInt8]? { try await take() }

    /// All that is left of the body, as text.
    public func rest() async throws -> String {
        var bytes: [UInt8] = []
        while let piece = try await take() { bytes += piece }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The text that comes until it ends with `ending`, or until the end.
    public func text(until ending: String) async throws -> String {
        var text = ""
        while !text.hasSuffix(ending), let piece = try await take() { text += String(decoding: piece, as: UTF8.self) }
        return text
    }

    /// Leaves in the middle, as a client does whose user has seen enough.
    public func leave() { end() }
}

/// How a request is sent and its response read in pieces.
enum HTTPTestExchange {
    typealias Reader = @Sendable (HTTPTestStream) async throws -> Void

    /// Calls the handler, and hands its pieces over as they are read.
    static func call(
        _ handler: @escaping HTTPServer.Handler, _ request: HTTPRequest, on loop: EventLoop, _ read: @escaping Reader
    ) async throws {
        let channel = PieceChannel()
        let head = LoopWait<HTTPResponse>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            // Unstructured so that leaving can cancel the handler alone; it is waited for below.
            let handling = Task(executorPreference: loop) {
                let response = await handler(request)
                head.succeed(response)
                guard request.method != .head, response.status.allowsBody else { return channel.finish() }
                do {
                    if let outgoing = response.outgoing {
                        try await outgoing.write { try await channel.put($0) }
                    } else if !response.body.isEmpty {
                        try await channel.put(response.body)
                    }
                    channel.finish()
                } catch {
                    channel.finish(.failure(error))
                }
            }
            let leave: @Sendable () -> Void = {
                channel.abandon()
                handling.cancel()
            }
            var response = try await head.value(on: loop)
            (response.body, response.outgoing) = ([], nil)
            let stream = HTTPTestStream(response, end: leave) { try await channel.next() }
            group.addTask { try await read(stream) }
            try await group.waitForAll()
            leave()
            await handling.value
        }
    }

    /// Sends the request over a connection of its own.
    static func send(
        _ request: HTTPRequest, to address: SocketAddress, on loop: EventLoop, _ read: @escaping Reader
    ) async throws {
        let connection = LiveExchange(try await Socket.connect(to: address, within: .seconds(30), on: loop), request)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await connection.sendRequest() }
            let head = try await connection.head()
            try await read(HTTPTestStream(head, end: { connection.close() }) { try await connection.next() })
            connection.close()
            try await group.waitForAll()
        }
    }
}
