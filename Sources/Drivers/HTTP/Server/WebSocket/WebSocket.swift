import Basics
package import Loop

/// One end of a WebSocket: messages both ways until somebody says farewell. Used on its loop.
///
/// States: open; closing (a farewell was sent or received; the other end has `farewell` to answer it); over. Three tasks
/// serve it beside the handler: one reads, one writes, one listens for silence.
///
/// On failure: a broken rule is answered with its code; silence, a reader that is too slow and a lost connection end it
/// without a farewell (1006). However it ends, `messages` ends, and a handler that still runs is cancelled.
public final class WebSocket: @unchecked Sendable {
    // Guard of @unchecked Sendable: loop only.

    /// What is sent at once.
    public enum Message: Hashable, Sendable {
        /// Text.
        case text(String)
        /// Bytes.
        case binary([UInt8])
    }

    /// Speaks with the other end until it returns; then farewell is said. What it throws ends the WebSocket with 1011.
    public typealias Handler = @Sendable (WebSocket) async throws -> Void

    let stream: any ByteStream
    let loop: EventLoop
    let limits: WebSocketLimits
    let codec: WebSocketCodec
    let ended = LoopWait<Void>()
    /// Bytes that wait to be written, and how many are being written.
    var outbox: [UInt8] = []
    var writing = 0
    var handling: Task<Void, any Error>?
    var hasHeard = true
    var farewellTimer: LoopTimer?
    private var inbox: [Message] = []
    private var isInboxClosed = false
    private var receiver: CheckedContinuation<Message?, Never>?
    /// Tasks that wait until something has changed: more to write, more room, the end.
    private var waiting: [CheckedContinuation<Void, Never>] = []
    /// How it ended, or is ending; nil while it is open.
    public internal(set) var close: WebSocketClose?

    init(_ role: WebSocketCodec.Role, over stream: any ByteStream, limits: WebSocketLimits, on loop: EventLoop) {
        self.stream = stream
        self.loop = loop
        self.limits = limits
        codec = WebSocketCodec(role, limits)
    }

    /// The client's end, over a stream whose handshake is done.
    package convenience init(clientOver stream: any ByteStream, limits: WebSocketLimits, on loop: EventLoop) {
        self.init(.client, over: stream, limits: limits, on: loop)
    }

    // MARK: - Receiving

    /// The messages as they come, until the end; for one reader.
    public var messages: Messages { Messages(socket: self) }

    /// The messages of a WebSocket.
    public struct Messages: AsyncSequence, AsyncIteratorProtocol, Sendable {
        fileprivate let socket: WebSocket

        /// The next message; nil when there will be no more.
        public func next() async -> Message? { await socket.next() }

        /// Itself.
        public func makeAsyncIterator() -> Messages { self }
    }

    /// The next message; nil when there will be no more. While nobody takes messages, few of them are read.
    public func next() async -> Message? {
        precondition(loop.isCurrent && receiver == nil, "one task reads a WebSocket, on its loop")
        if !inbox.isEmpty {
            defer { changed() }
            return inbox.removeFirst()
        }
        guard !isInboxClosed else { return nil }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { receiver = $0 }
        } onCancel: {
            loop.execute { self.receiver.take()?.resume(returning: nil) }
        }
    }

    var isInboxFull: Bool { inbox.count >= limits.waitingMessages }

    func deliver(_ message: Message) {
        guard !isInboxClosed else { return }
        if let receiver = receiver.take() { receiver.resume(returning: message) } else { inbox.append(message) }
    }

    func closeInbox() {
        isInboxClosed = true
        receiver.take()?.resume(returning: nil)
    }

    /// Nobody takes messages any more; what still comes is dropped.
    func stopReceiving() {
        closeInbox()
        inbox = []
    }

    // MARK: - Sending

    /// Whether messages can be sent.
    public var isOpen: Bool { close == nil && codec.canSend }

    /// Sends a message; waits while too much is on its way to a slow reader.
    public func send(_ message: Message) async throws {
        precondition(loop.isCurrent, "a WebSocket is used on its loop")
        while isOpen, isOutboxFull { await change() }
        guard isOpen else { throw ParlorError(.connection, "the WebSocket is closed") }
        queue(message)
    }

    /// Sends text.
    public func send(_ text: String) async throws { try await send(.text(text)) }

    /// Sends a message without waiting, for whoever tells many at once. A reader that is too slow for it is cut; false
    /// when it was, or had left before.
    @discardableResult public func offer(_ message: Message) -> Bool {
        precondition(loop.isCurrent, "a WebSocket is used on its loop")
        guard isOpen else { return false }
        guard !isOutboxFull else {
            lose(ParlorError(.timeout, "the other end of a WebSocket reads too slowly"))
            return false
        }
        queue(message)
        return true
    }

    private func queue(_ message: Message) {
        switch message {
        case .text(let text): codec.send(text: text)
        case .binary(let bytes): codec.send(binary: bytes)
        }
        flush()
    }

    var isOutboxFull: Bool { outbox.count + writing >= limits.outgoing.bytes }

    /// Hands what the codec wants sent to the task that writes.
    func flush() {
        outbox += codec.takeOutput()
        changed()
    }

    /// Says farewell; the other end has some time to answer.
    public func end(_ close: WebSocketClose = .normal) {
        precondition(loop.isCurrent, "a WebSocket is used on its loop")
        codec.farewell(close)
        flush()
        limitFarewell()
    }

    // MARK: - Waiting

    /// Comes back when something has changed.
    func change() async { await withCheckedContinuation { waiting.append($0) } }

    func changed() {
        let all = waiting
        waiting = []
        for one in all { one.resume() }
    }
}
