import Basics
package import Loop
import Postgres
import Synchronization

/// Clients that write numbered rows through a fault, and the journal of what they were told.
///
/// Invariants: a client has one write on its way at a time and never calls one off; it goes on after any error, with the
/// next number, so no number is sent twice; a write counts as acknowledged when the journal has that on its disk.
///
/// States: made, running (`run`), ended. `stop` and what asks for counts may be called from any thread.
package final class Writers: Sendable {
    private struct State {
        var measurements = WriterMeasurements()
        var isStopped = false
        /// How the connection of a client is closed when it has had so much time.
        var closings: [Int: @Sendable (Duration) -> Void] = [:]
        var milestones: [(count: Int, reached: @Sendable () -> Void)] = []
    }

    let plan: WriterPlan
    let journal: Journal
    private let state = Mutex(State())

    /// Clients that do not write yet.
    package init(_ plan: WriterPlan, journal: Journal) {
        self.plan = plan
        self.journal = journal
    }

    /// Writes on this loop until `stop`, or until the task is cancelled, which is a stop without grace.
    package func run(on loop: EventLoop) async throws {
        // Unstructured because cancelling a statement's task calls the statement off.
        let writing = Task(executorPreference: loop) { try await self.write(on: loop) }
        try await withTaskCancellationHandler {
            try await writing.value
        } onCancel: {
            self.stop(within: .zero)
        }
    }

    private func write(on loop: EventLoop) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            for number in 0..<plan.clients {
                group.addTask(executorPreference: loop) {
                    let ramp = self.plan.ramp ?? self.plan.pace ?? .zero
                    let first = loop.now + ramp * number / self.plan.clients
                    try await Writer(number: self.plan.firstClient + number, of: self, on: loop).run(from: first)
                }
            }
        }
    }

    /// Has every client end. A write on its way gets so much time for its answer; then it is left waiting on the server,
    /// and is unknown.
    package func stop(within grace: Duration = .seconds(2)) {
        let closings = state.withLock { state in
            state.isStopped = true
            return state.closings.values.map(\.self)
        }
        for close in closings { close(grace) }
    }

    /// What they have seen so far.
    package var measurements: WriterMeasurements { state.withLock { $0.measurements } }

    /// Counts stalls from now on: what clients waited for while they signed in is another matter.
    package func forgetStalls() { measure { $0.forgetStalls() } }

    /// Comes back when `count` more writes are acknowledged than now; the caller runs on `loop`.
    package func acknowledge(_ count: Int, on loop: EventLoop) async throws {
        let wait = LoopWait<Void>()
        state.withLock { state in
            // On the loop, because a thread that is woken by a client would be born in the client's network.
            state.milestones.append((state.measurements.acknowledged + count, { loop.execute { wait.succeed() } }))
        }
        try await wait.value(on: loop)
    }

    // MARK: - For the clients

    var isStopped: Bool { state.withLock { $0.isStopped } }

    /// Says how a client's connection is closed at `stop`; nil while it has none.
    func closing(of client: Int, _ close: (@Sendable (Duration) -> Void)?) {
        let isStopped = state.withLock { state in
            state.closings[client] = close
            return state.isStopped
        }
        if isStopped { close?(.zero) }
    }

    func measure(_ change: (inout WriterMeasurements) -> Void) {
        let reached = state.withLock { state in
            change(&state.measurements)
            let count = state.measurements.acknowledged
            let reached = state.milestones.filter { $0.count <= count }
            if !reached.isEmpty { state.milestones.removeAll { $0.count <= count } }
            return reached
        }
        for milestone in reached { milestone.reached() }
    }
}
