import Basics
import Synchronization

@testable import Trust

/// Counts the steps on disk, and ends everything before one of them, as a kill does: nothing is cleaned up.
final class Killer: Sendable {
    static let death = ParlorError(.cancelled, "killed")

    private let left: Mutex<Int>
    private let seen = Mutex(0)

    init(after steps: Int = .max) { left = Mutex(steps) }

    var steps: Int { seen.withLock { $0 } }

    func ask(_ operation: FileOperation) throws(ParlorError) {
        seen.withLock { $0 += 1 }
        let isLast = left.withLock {
            $0 -= 1
            return $0 < 0
        }
        guard isLast else { return }
        // The kill may fall into the middle of a write.
        if case .write(let path, let bytes, let mode) = operation {
            try FileOperation.write(path: path, bytes: Array(bytes.prefix(bytes.count / 2)), mode: mode).perform()
        }
        throw Self.death
    }
}
