/// Decides where the pooler leads while leaders come and go. It performs nothing and knows no clock.
///
/// Invariants:
/// - It never turns to a server that did not say, after being named the leader, that it takes writes.
/// - Of several changes in a row the last one wins; an answer about an earlier one changes nothing.
/// - At most one turn is under way. News that come meanwhile are acted on when it has ended.
/// - Whatever is held is released when a turn has succeeded, or when the old leader turns out to be the leader still.
///
/// States: following, holding (no leader is known), probing (one is named), turning.
package struct PoolerTurnMachine: Equatable, Sendable {
    /// What has happened.
    package enum Event: Equatable, Sendable {
        /// These servers are there, and this one leads.
        case leader(PoolerTopology)
        /// Nobody leads.
        case leaderLost
        /// What the probe of that number found.
        case probed(Int, Verdict)
        /// The wait of that number is over.
        case waited(Int)
        /// The turn of that number has ended.
        case turned(Int, isDone: Bool)
        /// The time for which statements may be held back is over.
        case holdExpired
    }

    /// What a server says of itself.
    package enum Verdict: Equatable, Sendable {
        /// It takes writes.
        case readWrite
        /// It follows another server, or takes no writes.
        case inRecovery
        /// It does not answer.
        case unreachable
    }

    /// What to do.
    package enum Action: Equatable, Sendable {
        /// Hold statements back.
        case hold
        /// Let them go on.
        case release
        /// Ask the server whether it takes writes, then report `probed`.
        case probe(Int, PoolerNode)
        /// Write the files and have them read, then report `turned`.
        case turn(Int, PoolerTopology)
        /// Report `waited` after a moment.
        case wait(Int)
    }

    private enum State: Equatable, Sendable {
        case following
        case holding
        case probing(PoolerTopology)
        case turning(PoolerTopology)
    }

    /// Where the pooler leads.
    package private(set) var current: PoolerTopology
    /// Whether statements are held back.
    package private(set) var isHeld = false
    private var state = State.following
    private var number = 0
    /// What became known while a turn was under way.
    private var news: Event?

    /// A machine of a pooler that leads there.
    package init(leading current: PoolerTopology) { self.current = current }

    /// Takes what has happened and says what to do.
    package mutating func handle(_ event: Event) -> [Action] {
        switch event {
        case .leader, .leaderLost:
            guard case .turning = state else { return take(event) }
            news = event
        case .probed(number, let verdict): return probed(verdict)
        case .waited(number):
            if case .probing(let wanted) = state { return [.probe(number, wanted.leader)] }
        case .turned(number, let isDone): return turned(isDone)
        case .holdExpired: isHeld = false
        case .probed, .waited, .turned: break
        }
        return []
    }

    private mutating func take(_ event: Event) -> [Action] {
        number += 1
        guard case .leader(let wanted) = event else {
            state = .holding
            guard !isHeld else { return [] }
            isHeld = true
            return [.hold]
        }
        // A leader that was lost for a moment must say again what it is.
        if wanted.leader == current.leader, state == .following {
            guard wanted != current else { return [] }
            return turn(to: wanted)
        }
        state = .probing(wanted)
        return [.probe(number, wanted.leader)]
    }

    private mutating func probed(_ verdict: Verdict) -> [Action] {
        guard case .probing(let wanted) = state else { return [] }
        guard verdict == .readWrite else { return [.wait(number)] }
        guard wanted != current else {
            state = .following
            return release()
        }
        return turn(to: wanted)
    }

    private mutating func turn(to wanted: PoolerTopology) -> [Action] {
        state = .turning(wanted)
        return [.turn(number, wanted)]
    }

    private mutating func turned(_ isDone: Bool) -> [Action] {
        guard case .turning(let wanted) = state else { return [] }
        let next = news.take()
        if isDone { current = wanted }
        if let next {
            // Statements stay held: the server that was turned to may be gone already.
            state = isHeld || next == .leaderLost ? .holding : .following
            let actions = take(next)
            return actions.isEmpty ? release() : actions
        }
        guard isDone else {
            // The servers may have changed in the meantime, so the leader is asked again.
            state = .probing(wanted)
            return [.wait(number)]
        }
        state = .following
        return release()
    }

    private mutating func release() -> [Action] {
        guard isHeld else { return [] }
        isHeld = false
        return [.release]
    }
}
