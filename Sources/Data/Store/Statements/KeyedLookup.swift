import Loop
import Postgres

/// Looks rows up by key for whoever asks in the same tick of the loop with one statement, so that a list whose entries
/// each want a row costs one statement and not one for each entry. It lives as long as a request and remembers what it
/// found.
package final class KeyedLookup<Key: Hashable & Sendable, Row: Sendable>: @unchecked Sendable {
    // Guard of @unchecked Sendable: used on the store's loop only.
    private let store: Store
    private let fetch: ([Key]) async throws -> [Row]
    private let key: (Row) -> Key
    private var waiting: [Key: LoopWait<Row?>] = [:]
    private var asked: [Key: LoopWait<Row?>] = [:]
    private var isScheduled = false
    /// How many statements it took so far.
    private(set) var statements = 0

    /// A lookup by a statement that takes several keys. `key` says of a row which of them it has.
    package init(
        _ statement: Statement<[Key], Row>, _ store: Store, in scope: some Scope, _ freshness: Freshness = .recent,
        key: @escaping (Row) -> Key
    ) {
        self.store = store
        self.key = key
        fetch = { try await store.read(statement, $0, in: scope, freshness) }
    }

    /// The row of a key; nil when there is none.
    package subscript(key: Key) -> Row? {
        get async throws {
            let wait: LoopWait<Row?>
            if let known = asked[key] {
                wait = known
            } else {
                wait = LoopWait()
                asked[key] = wait
                waiting[key] = wait
                schedule()
            }
            return try await wait.value(on: store.loop)
        }
    }

    private func schedule() {
        guard !isScheduled else { return }
        isScheduled = true
        store.loop.execute {
            self.isScheduled = false
            let waiting = self.waiting
            self.waiting = [:]
            // Unstructured because it works for all who asked, and any of them may give up.
            Task(executorPreference: self.store.loop) { await self.ask(waiting) }
        }
    }

    private func ask(_ waiting: [Key: LoopWait<Row?>]) async {
        statements += 1
        do {
            for row in try await fetch(Array(waiting.keys)) { waiting[key(row)]?.succeed(row) }
            for wait in waiting.values { wait.succeed(nil) }
        } catch {
            for (key, wait) in waiting {
                asked[key] = nil
                wait.fail(error)
            }
        }
    }
}
