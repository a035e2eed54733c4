import Synchronization

/// What the timers of a loop go by.
public enum LoopClock: Sendable {
    /// The machine's clock, which never goes back.
    case real
    /// A clock that a test moves.
    case manual(ManualClock)
}

/// A clock that stands still until a test moves it, so that what takes hours happens at once and in the same order in
/// every run.
///
/// It moves from timer to timer: whatever a timer sets off runs until it waits again, at the time of that timer, before
/// the next one is due. Timers of the same moment fire in the order in which they were made. What waits for a
/// descriptor or for another thread takes its real time, during which the clock stands still.
public final class ManualClock: Sendable {
    private struct Pending {
        let timer: LoopTimer
        let moment: ContinuousClock.Instant
    }

    private struct State {
        var now = ContinuousClock.now
        /// In the order in which they fire.
        var pending: [Pending] = []
        /// Those that run by it.
        var loops: [EventLoop] = []
        var watchers: [(count: Int, wait: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    /// A clock that shows some moment.
    public init() {}

    /// The moment that it shows.
    public var now: ContinuousClock.Instant { state.withLock { $0.now } }

    /// How many timers have yet to fire.
    public var pendingCount: Int { state.withLock { $0.pending.count } }

    /// How long until the next timer fires; nil when there is none.
    public var untilNext: Duration? {
        state.withLock { state in state.pending.first.map { state.now.duration(to: $0.moment) } }
    }

    /// Comes back when so many timers are pending: what they belong to waits then.
    public func timersArePending(_ count: Int = 1) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                guard state.pending.count < count else { return true }
                state.watchers.append((count, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    /// Moves the clock, and lets each timer that becomes due do its work.
    public func advance(by duration: Duration) async {
        // First, so that what has begun comes to its wait at the old time.
        await settle()
        let end = now.advanced(by: duration)
        while let timer = takeNext(until: end) {
            // Unstructured because the caller may be on another loop, or on none.
            await Task(executorPreference: timer.loop) { timer.fire() }.value
            await settle()
        }
        state.withLock { $0.now = max($0.now, end) }
    }

    /// Comes back when nothing is left to run on any loop of the clock.
    private func settle() async {
        for loop in state.withLock({ $0.loops }) { await loop.settle() }
    }

    private func takeNext(until end: ContinuousClock.Instant) -> LoopTimer? {
        state.withLock { state in
            guard let first = state.pending.first, first.moment <= end else { return nil }
            state.pending.removeFirst()
            state.now = max(state.now, first.moment)
            return first.timer
        }
    }

    func began(_ loop: EventLoop) { state.withLock { $0.loops.append(loop) } }

    /// Forgets a loop, and its timers with it.
    func ended(_ loop: EventLoop) {
        let dropped = state.withLock { state in
            defer {
                state.loops.removeAll { $0 === loop }
                state.pending.removeAll { $0.timer.loop === loop }
            }
            return state.pending
        }
        // Outside of the lock, because a timer's end may cancel another one.
        _ = dropped
    }

    func add(_ timer: LoopTimer, after delay: Duration) {
        let ready = state.withLock { state in
            let moment = state.now.advanced(by: max(.zero, delay))
            let place = state.pending.firstIndex { $0.moment > moment } ?? state.pending.count
            state.pending.insert(Pending(timer: timer, moment: moment), at: place)
            let ready = state.watchers.filter { $0.count <= state.pending.count }
            state.watchers.removeAll { $0.count <= state.pending.count }
            return ready.map(\.wait)
        }
        for wait in ready { wait.resume() }
    }

    func remove(_ timer: LoopTimer) {
        state.withLock { $0.pending.removeAll { $0.timer === timer } }
    }
}
