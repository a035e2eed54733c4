import Basics
import Loop
import Postgres

/// Hands on what the outbox holds, at least once each and to the end: a message is removed when its receiver has taken
/// it, put back with a growing pause when it has not, and taken by another relay when this one dies in between.
///
/// Several relays may run; none gets what another one has.
package final class OutboxRelay: @unchecked Sendable {
    // Guard of @unchecked Sendable: used on the store's loop only.

    /// How a relay works.
    package struct Limits: Sendable {
        /// How many messages are taken at a time.
        package var batch = 100
        /// How long a receiver has before a message is taken again.
        package var lease = Duration.seconds(30)
        /// How often it looks when nobody wakes it.
        package var interval = Duration.seconds(1)
        /// The pause after the first failure of a message, which doubles with each.
        package var pause = Duration.seconds(1)
        /// The longest pause.
        package var longestPause = Duration.seconds(300)

        /// The usual ones.
        package init() {}
    }

    private let store: Store
    private let limits: Limits
    private let scope = PlatformScope(by: .service("outbox"))
    private let receive: @Sendable (OutboxMessage) async throws -> Void
    private var bell = LoopWait<Void>()

    /// A relay that gives each message to `receive`; one that throws gets the message again.
    package init(
        _ store: Store, _ limits: Limits = Limits(), receive: @escaping @Sendable (OutboxMessage) async throws -> Void
    ) {
        self.store = store
        self.limits = limits
        self.receive = receive
    }

    /// Something was put in: look now.
    package func wake() { bell.succeed() }

    /// Works until its task is cancelled. A database that does not answer is asked again with the next look.
    package func run() async throws {
        while !Task.isCancelled {
            bell = LoopWait()
            let handled = (try? await handOn()) ?? 0
            if handled == limits.batch { continue }
            let timer = store.loop.schedule(after: limits.interval) { self.bell.succeed() }
            defer { timer.cancel() }
            try await bell.value(on: store.loop)
        }
    }

    /// Hands on what is due, one batch of it, and says how many messages that was.
    @discardableResult
    package func handOn() async throws -> Int {
        let seconds = Double(limits.lease.components.seconds)
        let messages = try await store.write(OutboxStatements.take, (limits.batch, seconds), in: scope).value
        // In the order in which they were written, whatever order the server returned them in.
        var done: [PostgresUUID] = []
        for message in messages.sorted(by: { $0.id < $1.id }) {
            do {
                try await receive(message)
                done.append(message.id)
            } catch {
                try await putBack(message, error)
            }
        }
        if !done.isEmpty { try await store.write(OutboxStatements.done, done, in: scope) }
        return messages.count
    }

    private func putBack(_ message: OutboxMessage, _ error: any Error) async throws {
        let pause = min(limits.pause * (1 << min(Int(message.attempts) - 1, 20)), limits.longestPause)
        let reason = ParlorError(describing: error).summary
        try await store.write(
            OutboxStatements.failed, (message.id, reason, Double(pause.components.seconds)), in: scope)
    }
}
