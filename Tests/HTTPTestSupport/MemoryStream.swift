import Basics
import Loop

/// One end of a stream that never leaves this process. What is written waits until it is read.
final class MemoryStream: ByteStream {
    /// An end that can be handed to another task.
    struct End: @unchecked Sendable {
        // Guard of @unchecked Sendable: each end is used on the loop only.
        let stream: MemoryStream
    }

    private let incoming: PieceChannel
    private let outgoing: PieceChannel
    private var rest: [UInt8] = []
    let peer = SocketAddress.path("memory")

    private init(_ incoming: PieceChannel, _ outgoing: PieceChannel) {
        self.incoming = incoming
        self.outgoing = outgoing
    }

    /// Both ends of one stream.
    static func pair() -> (End, End) {
        let (one, other) = (PieceChannel(), PieceChannel())
        return (End(stream: MemoryStream(one, other)), End(stream: MemoryStream(other, one)))
    }

    func read(appendingTo buffer: inout [UInt8], atMost limit: Int) async throws -> Int {
        if rest.isEmpty { rest = try await incoming.next() ?? [] }
        let piece = rest.prefix(limit)
        buffer += piece
        rest.removeFirst(piece.count)
        return piece.count
    }

    func write(_ bytes: [UInt8]) async throws { try await outgoing.put(bytes) }

    func within<Result>(
        _ limit: Duration, _ what: @autoclosure () -> String, _ body: () async throws -> Result
    ) async throws -> Result {
        try await body()
    }

    var abort: @Sendable (any Error) -> Void {
        { [incoming, outgoing] error in
            incoming.finish(.failure(error))
            outgoing.abandon()
        }
    }

    func finishWriting() { outgoing.finish() }

    func close() {
        outgoing.finish()
        incoming.abandon()
    }
}
