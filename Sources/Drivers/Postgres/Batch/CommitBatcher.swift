import Basics
public import Loop

/// Writes rows of many tasks durably, and lets those that wait share a commit.
///
/// There is no timer: a lone row goes at once, and what comes while a batch is on its way goes with the next one. A row
/// is acknowledged when the Sync behind its batch has answered. `BatchMachine` decides; this performs.
public final class CommitBatcher: @unchecked Sendable {
    // Guard of @unchecked Sendable: used on its loop only.

    private struct Pending {
        let row: BatchRow
        var task: CheckedContinuation<Void, any Error>?
    }

    private let loop: EventLoop
    private let options: ConnectionOptions
    private let statement: BatchStatement
    private let sessionOptions: SessionOptions
    private let limits: BatchLimits
    private var machine: BatchMachine
    private var pending: [Int: Pending] = [:]
    private var sessions: [PostgresSession?]
    private var answers: [PostgresError?]
    private var failures: [Int]
    private var lastFailure: PostgresError?
    private var lastConnected = ContinuousClock.now
    private var lastRow = 0
    private var isTickScheduled = false
    private var isClosed = false
    private let finished = LoopWait<Void>()

    /// A batcher that begins to connect at once.
    public init(
        _ options: ConnectionOptions, _ statement: BatchStatement, _ limits: BatchLimits = BatchLimits(),
        session sessionOptions: SessionOptions = SessionOptions(), on loop: EventLoop
    ) {
        precondition(loop.isCurrent, "a batcher is made on its loop")
        self.loop = loop
        self.options = options
        self.statement = statement
        self.sessionOptions = sessionOptions
        self.limits = limits
        machine = BatchMachine(limits)
        sessions = Array(repeating: nil, count: limits.connections)
        answers = Array(repeating: nil, count: limits.connections)
        failures = Array(repeating: 0, count: limits.connections)
        for lane in sessions.indices { connect(lane) }
    }

    /// How many batches were sent so far, and how many rows wait.
    public var status: (batches: Int, waiting: Int) { (machine.batches, machine.waitingCount) }

    /// Comes back when the row is committed.
    ///
    /// A bad row gets the server's error and its neighbours are not harmed. When the connection breaks with the row on
    /// its way, the error is `outcomeUnknown`. A task that is cancelled while its row waits has written nothing; later,
    /// what became of the row is unknown. When `limit` passes, the error is `overdue`, and the same holds.
    public func commit(_ row: BatchRow, within limit: Duration? = nil) async throws {
        precondition(loop.isCurrent, "a batcher is used on its loop")
        try Task.checkCancellation()
        guard row.types == statement.types else {
            throw PostgresError.unusable(
                "a row does not go with its statement", why: "\(row.types) came and \(statement.types) are wanted")
        }
        lastRow += 1
        let number = lastRow
        let timer = limit.map { limit in
            loop.schedule(after: limit) {
                self.withdraw(number, PostgresError.overdue(limit, isClosed: false, sql: self.statement.sql))
            }
        }
        defer { timer?.cancel() }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { task in
                pending[number] = Pending(row: row, task: task)
                post(.submit(row: number, bytes: row.bytes.count))
                scheduleTick()
            }
        } onCancel: {
            loop.execute { self.withdraw(number, CancellationError()) }
        }
    }

    /// Takes no more rows and waits until all have an outcome; those without one after `limit` fail.
    public func stop(within limit: Duration) async {
        let timer = loop.schedule(after: limit) {
            self.post(.giveUp)
            for session in self.sessions { session?.close() }
        }
        defer { timer.cancel() }
        post(.stop)
        // Unstructured because rows get their outcome even when the task that stops the batcher is cancelled.
        await Task(executorPreference: loop) { try? await self.finished.value(on: self.loop) }.value
        isClosed = true
        for session in sessions { session?.close() }
    }

    private func withdraw(_ number: Int, _ error: any Error) {
        guard let task = pending[number]?.task.take() else { return }
        task.resume(throwing: error)
        post(.withdraw(row: number))
    }

    private func scheduleTick() {
        guard !isTickScheduled else { return }
        isTickScheduled = true
        loop.execute {
            self.isTickScheduled = false
            self.post(.tick)
        }
    }

    // MARK: - Machine

    private func post(_ event: BatchMachine.Event) {
        let lane: Int? = if case .answered(let lane, _) = event { lane } else { nil }
        let answer = lane.flatMap { answers[$0] }
        for action in machine.handle(event) { perform(action, answer) }
    }

    private func perform(_ action: BatchMachine.Action, _ answer: PostgresError?) {
        var closed: PostgresError { .closed(options.address) }
        switch action {
        case .send(let lane, let rows): send(rows, on: lane)
        case .succeed(let rows): for row in rows { pending.removeValue(forKey: row)?.task?.resume() }
        case .fail(let rows): fail(rows, answer ?? closed)
        case .doubt(let rows): fail(rows, .outcomeUnknown(closed))
        case .drop(let rows): fail(rows, lastFailure ?? closed)
        case .refuse(let row, true): fail([row], closed)
        case .refuse(let row, false): fail([row], .crowded("\(limits.waitingMax) rows wait to be written already"))
        case .finish: finished.succeed()
        }
    }

    private func fail(_ rows: [Int], _ error: PostgresError) {
        for row in rows { pending.removeValue(forKey: row)?.task?.resume(throwing: error) }
    }

    private func send(_ numbers: [Int], on lane: Int) {
        guard let session = sessions[lane] else { return }
        let parameters = statement.parameters(numbers.compactMap { pending[$0]?.row })
        // Unstructured because the rows belong to many tasks, none of which may end the others' batch.
        Task.immediate(executorPreference: loop) {
            do {
                try await session.query(
                    self.statement.sql, parameters: parameters, context: self.statement.context, fate: .own,
                    within: self.limits.batchTimeout)
                self.answers[lane] = nil
                self.post(.answered(lane: lane, .committed))
            } catch let error as PostgresError where error.kind == .statement || error.kind == .unusable {
                self.answers[lane] = error
                self.post(.answered(lane: lane, error.mayBeOneRow ? .refused : .failed))
                if !session.fitsTarget { session.close() }
            } catch {
                // Also after the deadline: what the server makes of the batch then is not known.
                session.close()
            }
        }
        session.sendWaiting()
    }

    // MARK: - Connections

    private func connect(_ lane: Int) {
        // Unstructured because rows come and go meanwhile; it ends with the time to connect.
        Task(executorPreference: loop) {
            do {
                let session = try await PostgresSession.connect(self.options, self.sessionOptions, on: self.loop)
                guard !self.isClosed else { return session.close() }
                session.onEnd = { [weak self] in self?.ended(lane) }
                self.failures[lane] = 0
                self.lastFailure = nil
                self.sessions[lane] = session
                self.post(.ready(lane: lane))
            } catch {
                self.notConnected(error)
                self.reconnect(lane)
            }
        }
    }

    /// Rows wait for another attempt, unless no lane can write and that has been so for long or will stay so.
    private func notConnected(_ error: any Error) {
        lastFailure = error as? PostgresError
        guard sessions.allSatisfy({ $0 == nil }) else { return }
        let isOver = lastFailure?.isTransient == false || ContinuousClock.now - lastConnected > limits.outageMax
        if isOver { post(.giveUp) }
    }

    private func ended(_ lane: Int) {
        sessions[lane] = nil
        lastConnected = .now
        post(.lost(lane: lane))
        reconnect(lane)
    }

    private func reconnect(_ lane: Int) {
        guard !isClosed else { return }
        failures[lane] += 1
        loop.schedule(after: ReconnectPause.afterFailure(failures[lane])) { [weak self] in
            guard let self, !self.isClosed else { return }
            self.connect(lane)
        }
    }
}

extension PostgresError {
    /// Whether a single row of a batch can be at fault, or another transaction, so that its halves may fare better.
    fileprivate var mayBeOneRow: Bool {
        guard kind == .statement, let sqlState else { return false }
        return ["21", "22", "23", "40", "44", "P0"].contains(sqlState.errorClass)
    }
}
