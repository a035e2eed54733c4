import Basics
import Loop

/// Whoever uses a link.
protocol RedisLinkOwner: AnyObject {
    /// The server admitted us.
    func linkOpened(_ link: RedisLink)
    /// What is to be sent next; empty when there is nothing.
    func outgoing(for link: RedisLink) -> [UInt8]
    /// A reply came.
    func link(_ link: RedisLink, received reply: RedisValue)
    /// The replies that came together have all been handed over.
    func linkCaughtUp(_ link: RedisLink)
    /// It could not be made, or it broke; said once, and never after `close`.
    func linkEnded(_ link: RedisLink, _ error: RedisError)
}

/// One connection to the server, from its making to its end; never used again after that.
///
/// Two tasks of its own work on it until it ends: one reads, one writes whatever its owner has whenever it was woken.
/// So the commands of a turn of the loop leave together. Both hold the link, and the link does not hold its owner.
final class RedisLink: @unchecked Sendable {
    // Guard of @unchecked Sendable: loop only.
    private let options: RedisOptions
    private let loop: EventLoop
    private weak var owner: (any RedisLinkOwner)?
    private var task: Task<Void, Never>?
    private var stream: (any ByteStream)?
    private var idleWriter: CheckedContinuation<Void, Never>?
    private(set) var hasEnded = false
    /// How many bytes have come.
    private(set) var bytesReceived = 0

    init(_ options: RedisOptions, on loop: EventLoop, owner: any RedisLinkOwner) {
        self.options = options
        self.loop = loop
        self.owner = owner
    }

    private var address: String { "\(options.address)" }

    /// Begins to connect.
    func open() {
        // Unstructured because it lives as long as the connection; `close` and every failure end it.
        task = Task(executorPreference: loop) { await self.run() }
    }

    private func run() async {
        let reader = ReplyReader(bytesMax: options.replyBytesMax.bytes)
        let stream: any ByteStream
        do { stream = try await connect(reader) } catch { return end(.notConnected(address, error)) }
        owner?.linkOpened(self)
        guard !hasEnded else { return }
        // Unstructured because a group would need a stream that can be sent; both tasks stay on the loop.
        Task(executorPreference: loop) { await self.write() }
        do { try await read(stream, reader) } catch { end(.lost(address, error)) }
    }

    // MARK: - Beginning

    private func connect(_ reader: ReplyReader) async throws -> any ByteStream {
        let deadline = ContinuousClock.now + options.connectTimeout
        let stream = try await options.transport.connect(
            to: options.address, within: options.connectTimeout, on: loop)
        guard !hasEnded else {
            stream.close()
            throw CancellationError()
        }
        self.stream = stream
        let left = max(.zero, ContinuousClock.now.duration(to: deadline))
        try await stream.within(left, "logging in") { try await shakeHands(stream, reader) }
        return stream
    }

    private func shakeHands(_ stream: any ByteStream, _ reader: ReplyReader) async throws {
        let handshake = Handshake(options)
        try await stream.write(handshake.bytes)
        var replies: [RedisValue] = []
        var buffer: [UInt8] = []
        while replies.count < handshake.replyCount {
            buffer.removeAll(keepingCapacity: true)
            guard try await stream.read(appendingTo: &buffer) > 0 else {
                throw ParlorError(.connection, "the server closed the connection")
            }
            try feed(buffer, reader) { reply in
                replies.append(reply)
                return true
            }
            // Judged as they come: a server that is full says one sentence and hangs up.
            for (place, reply) in replies.prefix(handshake.replyCount).enumerated() {
                if let objection = handshake.objection(to: reply, at: place) { throw objection }
            }
        }
        guard replies.count == handshake.replyCount else { throw unasked }
    }

    // MARK: - Working

    private func read(_ stream: any ByteStream, _ reader: ReplyReader) async throws {
        var buffer: [UInt8] = []
        while !hasEnded {
            buffer.removeAll(keepingCapacity: true)
            guard try await stream.read(appendingTo: &buffer) > 0 else {
                throw RedisError.lost(address, why: "the server closed it")
            }
            bytesReceived += buffer.count
            guard let owner else { return close() }
            try feed(buffer, reader) { reply in
                owner.link(self, received: reply)
                return !hasEnded
            }
            if !hasEnded { owner.linkCaughtUp(self) }
        }
    }

    private func feed(_ bytes: [UInt8], _ reader: ReplyReader, _ receive: (RedisValue) -> Bool) throws(RedisError) {
        do throws(ReplyFault) { try reader.feed(bytes, receive) } catch {
            throw .violation(address, why: error.reason)
        }
    }

    /// What it is to be told when a reply belongs to nothing.
    var unasked: RedisError { .violation(address, why: "it sent a reply that nobody asked for") }

    private func write() async {
        while !hasEnded, let stream {
            let bytes = owner?.outgoing(for: self) ?? []
            if bytes.isEmpty {
                await withCheckedContinuation { idleWriter = $0 }
            } else {
                do { try await stream.write(bytes) } catch { return end(.lost(address, error)) }
            }
        }
    }

    /// There is something to send.
    func wake() { idleWriter.take()?.resume() }

    // MARK: - Ending

    /// Ends it and tells its owner why.
    func end(_ error: RedisError) {
        guard !hasEnded else { return }
        close()
        owner?.linkEnded(self, error)
    }

    /// Ends it without a word.
    func close() {
        guard !hasEnded else { return }
        hasEnded = true
        // The attempt to connect ends by this; afterwards everything waits for the stream.
        task?.cancel()
        stream?.close()
        wake()
    }
}
