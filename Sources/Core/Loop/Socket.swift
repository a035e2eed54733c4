package import Basics
import Glibc

/// A connected stream socket on one loop, read and written by the task that owns it.
///
/// States: open; failed (a deadline passed or `abort` was called: whatever waits, now or later, throws that error);
/// closed. The descriptor is closed by `close`, at the latest when the object goes away.
public final class Socket: ByteStream {
    /// The loop that it lives on.
    package let loop: EventLoop
    private let descriptor: Int32
    private let watch: DescriptorWatch
    private var isOpen = true
    private var isDrained = false
    /// The other end, for messages.
    public let peer: SocketAddress

    init(adopting descriptor: Int32, peer: SocketAddress, on loop: EventLoop) throws(ParlorError) {
        self.loop = loop
        self.descriptor = descriptor
        self.peer = peer
        do { watch = try DescriptorWatch(descriptor, on: loop) } catch {
            Glibc.close(descriptor)
            throw error
        }
    }

    deinit { close() }

    /// Connects within `limit`.
    public static func connect(
        to address: SocketAddress, within limit: Duration, on loop: EventLoop
    ) async throws -> Socket {
        let descriptor = try address.makeSocket()
        let result: Int32
        let failure: Int32
        do {
            result = try address.withSystemAddress { Glibc.connect(descriptor, $0, $1) }
            failure = errno
        } catch {
            Glibc.close(descriptor)
            throw error
        }
        let socket = try Socket(adopting: descriptor, peer: address, on: loop)
        if result != 0 {
            // A path answers EAGAIN when the listener's queue is full, and there is nothing to wait for.
            guard failure == EINPROGRESS else { throw refused(address, failure) }
            try await socket.within(limit, "connecting to \(address)") { try await socket.watch.writable() }
            let pending = socket.pendingError()
            guard pending == 0 else { throw refused(address, pending) }
        }
        if case .tcp = address { socket.set(Int32(IPPROTO_TCP), TCP_NODELAY, 1) }
        return socket
    }

    private static func refused(_ address: SocketAddress, _ number: Int32) -> ParlorError {
        ParlorError(.connection, "no connection to \(address)", why: errnoMeaning(number))
    }

    func set(_ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    private func pendingError() -> Int32 {
        var value: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &value, &size)
        return value
    }

    // MARK: - Bytes

    /// Appends what has arrived, at least one byte unless the other end has finished, and says how many bytes that
    /// were.
    public func read(appendingTo buffer: inout [UInt8], atMost limit: Int) async throws -> Int {
        // A read that left nothing over is not tried again before something has arrived: most would be in vain.
        if isDrained, !Task.isCancelled, !watch.hasFailed { try await watch.readable() }
        while true {
            if let count = try receive(&buffer, limit) {
                isDrained = count > 0 && count < min(limit, loop.scratch.count)
                return count
            }
            try await watch.readable()
        }
    }

    private func receive(_ buffer: inout [UInt8], _ limit: Int) throws -> Int? {
        let scratch = loop.scratch
        let room = UnsafeMutableRawBufferPointer(rebasing: scratch.prefix(min(limit, scratch.count)))
        guard let count = try receive(into: room) else { return nil }
        buffer += UnsafeRawBufferPointer(rebasing: room.prefix(count))
        return count
    }

    /// Writes all of it, waiting while the other end is slow.
    public func write(_ bytes: [UInt8]) async throws {
        var done = 0
        while done < bytes.count {
            if let count = try bytes[done...].withUnsafeBytes({ try send($0) }) {
                done += count
            } else {
                try await watch.writable()
            }
        }
    }

    // MARK: - Without waiting, for what encrypts over the socket

    /// One attempt to read: how many bytes arrived, 0 when the other end has finished, nil when nothing is there.
    package func receive(into room: UnsafeMutableRawBufferPointer) throws(ParlorError) -> Int? {
        guard isOpen else { throw ParlorError(.connection, "the connection is closed") }
        while true {
            let count = recv(descriptor, room.baseAddress, room.count, 0)
            if count >= 0 { return count }
            if errno == EAGAIN { return nil }
            guard errno == EINTR else { throw lost(errno) }
        }
    }

    /// One attempt to write: how many bytes the system took, nil when it takes none now.
    package func send(_ bytes: UnsafeRawBufferPointer) throws(ParlorError) -> Int? {
        guard isOpen else { throw ParlorError(.connection, "the connection is closed") }
        while true {
            let count = Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            if count >= 0 { return count }
            if errno == EAGAIN { return nil }
            guard errno == EINTR else { throw lost(errno) }
        }
    }

    /// Comes back when there is something to receive.
    package func readable() async throws { try await watch.readable() }

    /// Comes back when there is room to send.
    package func writable() async throws { try await watch.writable() }

    /// Whether a deadline or `abort` has ended what the socket was used for.
    package var hasFailed: Bool { watch.hasFailed }

    private func lost(_ number: Int32) -> ParlorError {
        ParlorError(.connection, "the connection to \(peer) broke", why: errnoMeaning(number))
    }

    // MARK: - Ends

    /// Performs `body`; when it takes longer than `limit`, the socket fails with `timeout`, and so does what `body`
    /// waits for.
    public func within<Result>(
        _ limit: Duration, _ what: @autoclosure () -> String, _ body: () async throws -> Result
    ) async throws -> Result {
        let watch = self.watch
        let error = ParlorError(.timeout, "\(what()) took longer than \(limit.brief)")
        let timer = loop.schedule(after: limit) { watch.fail(error) }
        defer { timer.cancel() }
        return try await body()
    }

    /// Makes what is in progress, and everything later, throw `error`. May be called from any task on the loop.
    public var abort: @Sendable (any Error) -> Void {
        let (watch, loop) = (watch, loop)
        return { error in loop.onLoop { watch.fail(error) } }
    }

    /// Performs `action` once when the other end has finished writing or is gone, whether or not anybody reads.
    public func onHangUp(_ action: @escaping @Sendable () -> Void) { watch.onHangUp(action) }

    /// Whether the other end has neither sent anything that was not read yet, nor finished, nor gone.
    public var isQuiet: Bool {
        guard isOpen else { return false }
        var byte: UInt8 = 0
        return recv(descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) < 0 && errno == EAGAIN
    }

    /// Tells the other end that nothing more will be written.
    public func finishWriting() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Closes the socket; fine to call twice.
    public func close() {
        guard isOpen else { return }
        isOpen = false
        watch.close()
        Glibc.close(descriptor)
    }
}
