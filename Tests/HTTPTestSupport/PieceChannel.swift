import Synchronization

/// Hands pieces from one task to another, one at a time: who puts waits until the piece was taken.
final class PieceChannel: Sendable {
    private struct State {
        var piece: [UInt8]?
        var producer: CheckedContinuation<Void, any Error>?
        var consumer: CheckedContinuation<[UInt8]?, any Error>?
        var end: Result<Void, any Error>?
        var isAbandoned = false
    }

    private let state = Mutex(State())

    /// Hands a piece over; throws when nobody will take it.
    func put(_ piece: [UInt8]) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            state.withLock { state in
                if state.isAbandoned {
                    continuation.resume(throwing: CancellationError())
                } else if let consumer = state.consumer.take() {
                    consumer.resume(returning: piece)
                    continuation.resume()
                } else {
                    (state.piece, state.producer) = (piece, continuation)
                }
            }
        }
    }

    /// The next piece; nil at the end.
    func next() async throws -> [UInt8]? {
        try await withCheckedThrowingContinuation { continuation in
            state.withLock { state in
                if let piece = state.piece.take() {
                    continuation.resume(returning: piece)
                    state.producer.take()?.resume()
                } else if let end = state.end {
                    continuation.resume(with: end.map { nil })
                } else {
                    state.consumer = continuation
                }
            }
        }
    }

    /// Says that no piece follows.
    func finish(_ end: Result<Void, any Error> = .success(())) {
        state.withLock { state in
            state.end = state.end ?? end
            state.consumer.take()?.resume(with: end.map { nil })
        }
    }

    /// Says that nobody will take another piece.
    func abandon() {
        state.withLock { state in
            state.isAbandoned = true
            state.producer.take()?.resume(throwing: CancellationError())
        }
    }
}
