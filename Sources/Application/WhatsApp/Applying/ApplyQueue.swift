/// Decides which lines of the log are applied together and when. It performs nothing.
///
/// Invariants:
/// - A salon's lines are applied in the order in which they came, one batch at a time.
/// - Salons are served by turns, so that one with many lines does not hold up the others.
/// - No more lines wait than allowed. One more is left to the log, where it is found later.
package struct ApplyQueue<Salon: Hashable & Sendable, Event: Sendable>: Sendable {
    /// How much is done at a time.
    package struct Limits: Hashable, Sendable {
        /// Salons that are worked for at a time.
        package var salons = 4
        /// The most lines in one batch.
        package var batch = 256
        /// The most lines that wait. Some kilobytes each are all the memory that a storm may take; what is left to the log
        /// is applied from there.
        package var waiting = 4_000

        /// The usual ones.
        package init() {}
    }

    /// Lines that are to be applied now.
    package struct Batch: Sendable {
        /// Whose they are.
        package let salon: Salon
        /// The lines.
        package let events: [Event]
    }

    private let limits: Limits
    private var lines: [Salon: [Event]] = [:]
    private var busy: Set<Salon> = []
    /// The salons that wait for their turn. What was taken from its beginning is cut off from time to time.
    private var turns: [Salon] = []
    private var next = 0

    /// How many lines wait.
    package private(set) var waiting = 0

    /// An empty one.
    package init(_ limits: Limits = Limits()) { self.limits = limits }

    /// Whether nothing waits and nothing is worked on.
    package var isIdle: Bool { waiting == 0 && busy.isEmpty }

    /// Takes a line; false when there is no room for it.
    package mutating func add(_ event: Event, of salon: Salon) -> Bool {
        guard waiting < limits.waiting else { return false }
        if lines[salon] == nil, !busy.contains(salon) { turns.append(salon) }
        lines[salon, default: []].append(event)
        waiting += 1
        return true
    }

    /// The next lines to apply; nil when there are none, or enough is being worked on: as much as allowed, or one batch
    /// when something else is more urgent.
    package mutating func take(isPressed: Bool = false) -> Batch? {
        guard busy.count < (isPressed ? 1 : limits.salons), next < turns.count else { return nil }
        let salon = turns[next]
        next += 1
        if next == turns.count || next > 1024 {
            turns.removeFirst(next)
            next = 0
        }
        guard var events = lines.removeValue(forKey: salon) else { return nil }
        if events.count > limits.batch {
            lines[salon] = Array(events[limits.batch...])
            events.removeSubrange(limits.batch...)
        }
        busy.insert(salon)
        waiting -= events.count
        return Batch(salon: salon, events: events)
    }

    /// A salon's batch is done with, however it went.
    package mutating func finish(_ salon: Salon) {
        busy.remove(salon)
        if lines[salon] != nil { turns.append(salon) }
    }
}
