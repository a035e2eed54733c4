import Loop
import Synchronization

/// Has messages about the same trouble sent one after the other: an end that overtakes its beginning would leave the
/// trouble open for ever where it was told.
final class DeliveryTurns: Sendable {
    /// A place in the row; the first of a row may send.
    typealias Turn = LoopWait<Void>

    private let loop: EventLoop
    private let rows = Mutex<[String: [Turn]]>([:])

    init(on loop: EventLoop) { self.loop = loop }

    /// Performs `body` when nobody sends anything about `key` any more; at once when the task is cancelled.
    func perform<Result>(
        about key: String, _ body: nonisolated(nonsending) () async -> Result
    ) async -> Result {
        let turn = Turn()
        let isFirst = rows.withLock { rows in
            rows[key, default: []].append(turn)
            return rows[key]?.count == 1
        }
        if !isFirst { try? await turn.value(on: loop) }
        let result = await body()
        leave(turn, key)
        return result
    }

    private func leave(_ turn: Turn, _ key: String) {
        let next: Turn? = rows.withLock { rows in
            guard var row = rows[key], let place = row.firstIndex(where: { $0 === turn }) else { return nil }
            row.remove(at: place)
            rows[key] = row.isEmpty ? nil : row
            return place == 0 ? row.first : nil
        }
        if let next { loop.execute { next.succeed() } }
    }
}
