import Basics
import COpenSSL
import Loop

/// The encrypted side of a stream: carries OpenSSL's bytes over the socket.
///
/// OpenSSL calls it through a BIO. Reading passes on what the socket has, without waiting. Writing always succeeds:
/// what the socket does not take now stays in `unsent`, at most about one record, because `TLSStream` flushes before it
/// encrypts the next. So OpenSSL never has to repeat a write, and reader and writer do not meet inside it.
///
/// On failure: the socket's error is kept in `failure` for the one who asked OpenSSL.
final class TLSWire: @unchecked Sendable {
    // Guard of @unchecked Sendable: loop only.
    let socket: Socket
    private var unsent: [UInt8] = []
    /// Shared by all who wait for room, because the socket admits only one of them.
    private var roomArrival: LoopWait<Void>?
    private var finishesWhenSent = false
    /// Whether the other end has finished, with a farewell or without.
    private(set) var hasEnded = false
    /// Why the socket cannot go on.
    private(set) var failure: ParlorError?

    init(_ socket: Socket) { self.socket = socket }

    // MARK: - Sending

    /// Comes back when everything has been handed to the system.
    func flush() async throws {
        while !unsent.isEmpty {
            if let failure { throw failure }
            if try !sendUnsent() { try await waitForRoom() }
        }
    }

    private func waitForRoom() async throws {
        if let arrival = roomArrival {
            try await arrival.value(on: socket.loop)
            return
        }
        let arrival = LoopWait<Void>()
        roomArrival = arrival
        defer {
            roomArrival = nil
            // Whatever came of it, the others see for themselves.
            arrival.succeed()
        }
        try await socket.writable()
    }

    /// Whether it made progress.
    private func sendUnsent() throws -> Bool {
        guard let count = try unsent.withUnsafeBytes({ try socket.send($0) }) else { return false }
        unsent.removeFirst(count)
        return true
    }

    /// Sees to it that what reading has produced, the answer to a change of keys for example, goes out.
    func flushInBackground() {
        guard !unsent.isEmpty, roomArrival == nil else { return }
        // Unstructured because nobody waits for it; it ends at the latest with the socket.
        Task(executorPreference: socket.loop) {
            try? await self.flush()
            self.finishIfSent()
        }
    }

    /// Ends the socket's outgoing side once everything has been sent.
    func finishWriting() {
        finishesWhenSent = true
        finishIfSent()
        flushInBackground()
    }

    private func finishIfSent() {
        guard finishesWhenSent, unsent.isEmpty else { return }
        finishesWhenSent = false
        socket.finishWriting()
    }

    // MARK: - What OpenSSL calls

    fileprivate func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard failure == nil else { return false }
        do throws(ParlorError) {
            let sent = unsent.isEmpty ? try socket.send(bytes) ?? 0 : 0
            unsent += bytes[sent...]
            return true
        } catch {
            failure = error
            return false
        }
    }

    /// How many bytes came; nil when there is nothing yet.
    fileprivate func give(_ room: UnsafeMutableRawBufferPointer) -> Int? {
        guard failure == nil else { return 0 }
        do throws(ParlorError) {
            let count = try socket.receive(into: room)
            if count == 0 { hasEnded = true }
            return count
        } catch {
            failure = error
            return 0
        }
    }

    /// A new BIO over the wire, which must outlive it.
    func makeBIO() -> OpaquePointer? {
        guard let bio = BIO_new(Self.method) else { return nil }
        BIO_set_data(bio, Unmanaged.passUnretained(self).toOpaque())
        BIO_set_init(bio, 1)
        return bio
    }

    private static func wire(of bio: OpaquePointer?) -> TLSWire? {
        BIO_get_data(bio).map { Unmanaged<TLSWire>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Made once, for all connections.
    // Guard of nonisolated(unsafe): written here, and only read afterwards.
    nonisolated(unsafe) private static let method: OpaquePointer? = {
        let method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket of a loop")
        BIO_meth_set_write(method) { bio, bytes, count in
            BIO_clear_flags(bio, retryFlags)
            let bytes = UnsafeRawBufferPointer(start: bytes, count: Int(count))
            return TLSWire.wire(of: bio)?.take(bytes) == true ? count : -1
        }
        BIO_meth_set_read(method) { bio, room, count in
            BIO_clear_flags(bio, retryFlags)
            let room = UnsafeMutableRawBufferPointer(start: room, count: Int(count))
            guard let wire = TLSWire.wire(of: bio) else { return -1 }
            if let count = wire.give(room) { return Int32(count) }
            BIO_set_flags(bio, BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY)
            return -1
        }
        BIO_meth_set_ctrl(method) { _, command, _, _ in command == BIO_CTRL_FLUSH ? 1 : 0 }
        return method
    }()
}

private let retryFlags = BIO_FLAGS_READ | BIO_FLAGS_WRITE | BIO_FLAGS_SHOULD_RETRY
