import Synchronization

/// Whose tokens are known, for a moment, to all loops of a process.
package final class KnownPrincipals: Sendable {
    private struct Known {
        let principal: Principal
        let until: ContinuousClock.Instant
    }

    private struct Memory {
        var known: [[UInt8]: Known] = [:]
        /// How often everybody was forgotten.
        var generation = 0
    }

    /// When somebody began to ask.
    struct Question {
        fileprivate let moment: ContinuousClock.Instant
        fileprivate let generation: Int
    }

    private static let knownMax = 10_000

    private let memory = Mutex(Memory())
    private let lifetime: Duration

    /// Nobody yet; whoever comes to be known stays so for `lifetime`.
    package init(lifetime: Duration = .seconds(3)) { self.lifetime = lifetime }

    subscript(hash: [UInt8]) -> Principal? {
        let now = ContinuousClock.now
        return memory.withLock { memory in
            guard let known = memory.known[hash] else { return nil }
            if known.until > now { return known.principal }
            memory.known[hash] = nil
            return nil
        }
    }

    func question() -> Question { Question(moment: .now, generation: memory.withLock(\.generation)) }

    /// What was asked before something changed is not worth remembering.
    func remember(_ principal: Principal, of hash: [UInt8], _ question: Question) {
        memory.withLock { memory in
            guard question.generation == memory.generation else { return }
            if memory.known.count >= Self.knownMax { memory.known.removeAll(keepingCapacity: true) }
            memory.known[hash] = Known(principal: principal, until: question.moment.advanced(by: lifetime))
        }
    }

    func forget() {
        memory.withLock { memory in
            memory.generation += 1
            memory.known.removeAll(keepingCapacity: true)
        }
    }
}
