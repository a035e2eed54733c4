import Basics
import Loop
import Postgres

/// One client. Used on its loop only.
struct Writer {
    let number: Int
    private let writers: Writers
    private let loop: EventLoop

    init(number: Int, of writers: Writers, on loop: EventLoop) {
        self.number = number
        self.writers = writers
        self.loop = loop
    }

    private var plan: WriterPlan { writers.plan }

    /// Writes, with a connection after the other, until it is stopped.
    func run(from first: ContinuousClock.Instant) async throws {
        var (sequence, due) = (0, first)
        try await pause(until: due)
        while !writers.isStopped {
            guard let session = try await connect() else { continue }
            defer { session.value.close() }
            let loop = loop
            writers.closing(of: number) { grace in loop.schedule(after: grace) { session.value.close() } }
            while session.value.isOpen && !writers.isStopped {
                sequence += 1
                writers.measure { $0.want(number, at: due) }
                try await write(Operation(client: number, sequence: sequence), session)
                due = max(due + (plan.pace ?? .zero), loop.now)
                if plan.pace != nil { try await pause(until: due) }
            }
            writers.closing(of: number, nil)
        }
        writers.measure { $0.end(number, at: .now) }
    }

    /// Waits, but not longer than until `stop`.
    private func pause(until moment: ContinuousClock.Instant) async throws {
        guard moment > loop.now else { return }
        let wait = LoopWait<Void>()
        let timer = loop.schedule(after: loop.now.duration(to: moment)) { wait.succeed() }
        defer { timer.cancel() }
        try await wait.value(on: loop)
    }

    /// A new connection; nil after an attempt that failed, and a pause.
    private func connect() async throws -> LoopBound<NoticedSession>? {
        do {
            return LoopBound(try await NoticedSession(plan.options, plan.sessionOptions, on: loop))
        } catch let error as PostgresError {
            writers.measure { $0.failConnecting(error.word) }
            try await pause(until: loop.now + plan.reconnectPause)
            return nil
        }
    }

    private func write(_ operation: Operation, _ session: LoopBound<NoticedSession>) async throws {
        try writers.journal.append(JournalRecord(.intent, operation))
        let start = ContinuousClock.now
        do {
            let impatience = plan.patience.map { patience in
                loop.schedule(after: patience) { session.value.close() }
            }
            defer { impatience?.cancel() }
            let (server, warning) = try await session.value.insert(operation, plan.table)
            let end = ContinuousClock.now
            // The server warns of a commit that its standbys may not have: that is no promise.
            if let warning { return try await settle(.unknown, operation, warning) }
            try await writers.journal.settle(JournalRecord(.acknowledged, operation), on: loop)
            writers.measure { $0.acknowledge(number, at: end, after: start.duration(to: end), by: server) }
        } catch let error as PostgresError {
            try await settle(error.leavesOpen ? .unknown : .refused, operation, error.word)
        }
    }

    private func settle(_ kind: JournalRecord.Kind, _ operation: Operation, _ word: String) async throws {
        try await writers.journal.settle(JournalRecord(kind, operation, reason: word), on: loop)
        // What breaks because the writers are stopped is nothing that a client would have seen.
        let isSeen = !writers.isStopped
        writers.measure { $0.fail(kind, isSeen ? word : nil) }
    }
}
