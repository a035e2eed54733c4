import Basics
import Loop

/// One connection of a client, for one exchange at a time.
///
/// One task may write while another one reads. What was sent and received is counted anew for each exchange, because it
/// decides what may be done again when the connection breaks.
final class HTTPClientConnection: @unchecked Sendable {
    // Guard of @unchecked Sendable: loop only.
    let number: Int
    let loop: EventLoop
    private let socket: Socket
    private let stream: any ByteStream
    private let stall: HTTPStallWatch
    private var exchanges = 0
    /// Whether anything of the request may have left.
    private(set) var hasSent = false
    /// Whether anything of a response has come.
    private(set) var hasReceived = false
    /// Whether the body could not be made, for which the network can do nothing.
    private(set) var isAbortedForSource = false
    /// Whether the last exchange has ended so that another one can follow.
    var isReusable = false

    init(_ number: Int, _ socket: Socket, _ stream: any ByteStream, stallLimit: Duration, on loop: EventLoop) {
        self.number = number
        self.loop = loop
        self.socket = socket
        self.stream = stream
        stall = HTTPStallWatch(stallLimit, on: loop, abort: stream.abort)
    }

    /// Whether there was an exchange before this one.
    var wasUsedBefore: Bool { exchanges > 1 }

    /// Whether nothing has come since the last exchange; the end of the connection would be something.
    var isQuiet: Bool { socket.isQuiet }

    /// Begins an exchange; `purpose` is for messages.
    func begin(_ purpose: String) {
        exchanges += 1
        (hasSent, hasReceived, isReusable) = (false, false, false)
        stall.purpose = purpose
    }

    func write(_ bytes: [UInt8]) async throws {
        // Noted before, because a write that fails may have sent a part of it.
        hasSent = true
        try await stall.during { try await stream.write(bytes) }
    }

    func read(appendingTo buffer: inout [UInt8]) async throws -> Int {
        var arrived: [UInt8] = []
        swap(&arrived, &buffer)
        defer { swap(&arrived, &buffer) }
        let count = try await stall.during { try await stream.read(appendingTo: &arrived) }
        if count > 0 { hasReceived = true }
        return count
    }

    /// Performs `body`; when it takes longer than `limit`, the connection fails.
    func within<Result>(_ limit: Duration, _ what: String, _ body: () async throws -> Result) async throws -> Result {
        try await stream.within(limit, what, body)
    }

    /// Makes what waits for the connection throw what the source of a body has thrown.
    func abortForSource(_ error: any Error) {
        isAbortedForSource = true
        stream.abort(error)
    }

    func close() {
        isReusable = false
        stream.close()
    }
}
