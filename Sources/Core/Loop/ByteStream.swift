/// Bytes both ways between two ends, on one loop: a `Socket`, or what encrypts over one.
public protocol ByteStream: AnyObject {
    /// The other end, for messages.
    var peer: SocketAddress { get }

    /// Appends what has arrived, at least one byte unless the other end has finished, and says how many bytes that
    /// were.
    func read(appendingTo buffer: inout [UInt8], atMost limit: Int) async throws -> Int

    /// Writes all of it, waiting while the other end is slow.
    func write(_ bytes: [UInt8]) async throws

    /// Performs `body`; when it takes longer than `limit`, the stream fails with `timeout`, and so does what `body`
    /// waits for.
    func within<Result>(
        _ limit: Duration, _ what: @autoclosure () -> String, _ body: () async throws -> Result
    ) async throws -> Result

    /// Makes what is in progress, and everything later, throw the error. May be called from any task on the loop.
    var abort: @Sendable (any Error) -> Void { get }

    /// Performs `action` once, on the loop, when the other end has finished writing or is gone, whether or not anybody
    /// reads. A stream that cannot tell never does.
    func onHangUp(_ action: @escaping @Sendable () -> Void)

    /// Tells the other end that nothing more will be written.
    func finishWriting()

    /// Closes the stream; fine to call twice.
    func close()
}

extension ByteStream {
    /// Never performs it.
    public func onHangUp(_ action: @escaping @Sendable () -> Void) {}

    /// Appends what has arrived, at most 64 kB of it.
    public func read(appendingTo buffer: inout [UInt8]) async throws -> Int {
        try await read(appendingTo: &buffer, atMost: 65_536)
    }
}
