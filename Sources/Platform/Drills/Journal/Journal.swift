package import Basics
import Glibc
package import Loop
import Synchronization

/// What clients knew of their writes, kept outside of the system under test: the evidence that a check goes by.
///
/// Invariants:
/// - What is appended is with the kernel when `append` returns, so it survives this process; a write is announced
///   (`intent`) before it is sent.
/// - What is settled is on the disk when `settle` returns; only then does an acknowledged write count. Those who wait at
///   the same time share an `fsync`.
/// - Each write has an intent and at most one outcome; one without is unknown.
///
/// On failure: an append or an `fsync` that fails throws to whoever asked, and to everybody afterwards, because what the
/// disk holds is not known any more.
package final class Journal: Sendable {
    private struct State {
        /// Records appended, and of those the ones known to be on the disk.
        var appended = 0
        var synced = 0
        var waiting: [(upTo: Int, done: @Sendable (ParlorError?) -> Void)] = []
        var isSyncing = false
        var failure: ParlorError?
    }

    /// Where it stands.
    package let path: String
    private let descriptor: Int32
    private let state = Mutex(State())
    /// The one thread that may wait for the disk; made with the journal, so that it is a thread of its maker's network.
    private let pool: BlockingPool

    /// Makes a new journal; an existing file is an error.
    package static func create(_ path: String, on loop: EventLoop) async throws -> Journal {
        let pool = BlockingPool(name: "journal", threadMax: 1, waitingMax: 4)
        return try await pool.run(on: loop) { try Journal(path, pool) }
    }

    private init(_ path: String, _ pool: BlockingPool) throws(ParlorError) {
        self.path = path
        self.pool = pool
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .systemCall("open", path: path, errno: errno) }
        try Files.syncFolder(Files.parent(of: path))
    }

    deinit { close(descriptor) }

    /// Hands a record to the kernel; gives back how many there are now.
    @discardableResult
    package func append(_ record: JournalRecord) throws(ParlorError) -> Int {
        let line = Array(record.line.utf8)
        return try state.withLock { state throws(ParlorError) in
            if let failure = state.failure { throw failure }
            do throws(ParlorError) {
                try Files.write(line, to: descriptor, path: path)
            } catch {
                state.failure = error
                throw error
            }
            state.appended += 1
            return state.appended
        }
    }

    /// Appends an outcome and waits until it is on the disk.
    package func settle(_ record: JournalRecord, on loop: EventLoop) async throws {
        let place = try append(record)
        let wait = LoopWait<Void>()
        let begins = state.withLock { state in
            state.waiting.append(
                (place, { failure in loop.execute { wait.deliver(failure.map { .failure($0) } ?? .success(())) } }))
            defer { state.isSyncing = true }
            return !state.isSyncing
        }
        if begins { sync(on: loop) }
        // A task that is called off waits all the same: an outcome that is known is kept.
        try await Task(executorPreference: loop) { try await wait.value(on: loop) }.value
    }

    /// Brings everything appended so far to the disk, and again while there is more, on the journal's thread.
    private func sync(on loop: EventLoop) {
        _ = pool.begin(on: loop) { [self] in
            while let place = nextPlace() {
                let failure: ParlorError? =
                    fdatasync(descriptor) == 0 ? nil : .systemCall("fdatasync", path: path, errno: errno)
                let done = state.withLock { state in
                    if let failure { state.failure = failure } else { state.synced = place }
                    let done = state.waiting.filter { $0.upTo <= place }
                    state.waiting.removeAll { $0.upTo <= place }
                    return done
                }
                for waiter in done { waiter.done(failure) }
            }
        }
    }

    /// Up to where the next `fsync` reaches; nil when nobody waits.
    private func nextPlace() -> Int? {
        state.withLock { state in
            state.isSyncing = !state.waiting.isEmpty
            return state.isSyncing ? state.appended : nil
        }
    }
}
