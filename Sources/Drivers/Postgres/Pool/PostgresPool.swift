import Basics
public import Loop

/// Sessions that are lent to one task at a time, on one loop.
///
/// `PoolMachine` decides; this performs. A connection that comes back broken, with a transaction open, or from a server
/// that is no longer what the options want, is closed; one that still works on a statement that was called off is
/// waited for.
public final class PostgresPool: @unchecked Sendable {
    // Guard of @unchecked Sendable: used on its loop only.

    private let loop: EventLoop
    private let options: ConnectionOptions
    private let sessionOptions: SessionOptions
    private let reportLeak: @Sendable (Duration) -> Void
    private let start = ContinuousClock.now
    private var machine: PoolMachine
    private var sessions: [Int: PostgresSession] = [:]
    private var waiting: [Int: CheckedContinuation<Int, any Error>] = [:]
    /// Answers that came before their task had begun to wait.
    private var answers: [Int: Result<Int, PostgresError>] = [:]
    private var lastTicket = 0
    private var lastFailure: PostgresError?
    private var timer: LoopTimer?
    private var timerMoment: Duration?
    private let finished = LoopWait<Void>()

    /// A pool that begins to connect at once. `reportLeak` hears how long somebody has kept a connection already.
    public init(
        _ options: ConnectionOptions, _ limits: PoolLimits = PoolLimits(),
        _ sessionOptions: SessionOptions = SessionOptions(), on loop: EventLoop,
        reportLeak: @escaping @Sendable (Duration) -> Void = { _ in }
    ) {
        precondition(loop.isCurrent, "a pool is made on its loop")
        self.loop = loop
        self.options = options
        self.sessionOptions = sessionOptions
        self.reportLeak = reportLeak
        machine = PoolMachine(limits)
        post(.start)
    }

    /// How it stands.
    public var status: PoolStatus { machine.status }

    /// Lends a session to `body`, which must not keep it.
    ///
    /// A task that waits too long gets `crowded`, with the reason for which there are no connections if it is known.
    @discardableResult
    public func withConnection<Result>(_ body: (PostgresSession) async throws -> Result) async throws -> Result {
        let number = try await acquire()
        guard let session = sessions[number] else { throw PostgresError.closed(options.address) }
        defer { release(number, session) }
        try Task.checkCancellation()
        return try await body(session)
    }

    /// Lends a session with an open transaction to `body`; see `PostgresSession.transaction`.
    @discardableResult
    public func withTransaction<Result>(
        isolation: TransactionIsolation = .readCommitted, readOnly: Bool = false, context: StatementContext? = nil,
        retrying: TransactionRetry = .never, commitWithin commitLimit: Duration? = nil,
        _ body: (PostgresSession) async throws -> Result
    ) async throws -> Result {
        try await withConnection { session in
            try await session.transaction(
                isolation: isolation, readOnly: readOnly, context: context, retrying: retrying,
                commitWithin: commitLimit
            ) { try await body(session) }
        }
    }

    /// Lends nothing more and waits until all connections have come back; what is out after `limit` is closed.
    public func stop(within limit: Duration) async {
        post(.stop)
        let timer = loop.schedule(after: limit) { for session in self.sessions.values { session.close() } }
        defer { timer.cancel() }
        // Unstructured because connections must come back even when the task that stops the pool is cancelled.
        await Task(executorPreference: loop) { try? await self.finished.value(on: self.loop) }.value
    }

    // MARK: - Lending

    private func acquire() async throws -> Int {
        precondition(loop.isCurrent, "a pool is used on its loop")
        lastTicket += 1
        let ticket = lastTicket
        post(.acquire(ticket: ticket))
        if let answer = answers.removeValue(forKey: ticket) { return try answer.get() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { waiting[ticket] = $0 }
        } onCancel: {
            loop.execute { self.giveUp(ticket) }
        }
    }

    private func giveUp(_ ticket: Int) {
        guard let task = waiting.removeValue(forKey: ticket) else { return }
        post(.giveUp(ticket: ticket))
        task.resume(throwing: CancellationError())
    }

    private func answer(_ ticket: Int, _ answer: Result<Int, PostgresError>) {
        guard let task = waiting.removeValue(forKey: ticket) else { return answers[ticket] = answer }
        task.resume(with: answer.mapError { $0 as any Error })
    }

    private func release(_ number: Int, _ session: PostgresSession) {
        guard session.isOpen, !session.isIdle else {
            return post(.released(number, isUsable: session.mayBeLent))
        }
        // Unstructured because whoever had the connection does not wait for it; it ends with the time to settle.
        Task(executorPreference: loop) {
            await session.settle()
            self.post(.released(number, isUsable: session.isIdle && session.mayBeLent))
        }
    }

    // MARK: - Machine

    private var now: Duration { .now - start }

    private func post(_ event: PoolMachine.Event) {
        for action in machine.handle(event, at: now) { perform(action) }
        guard let next = machine.nextWake else { return }
        if let timerMoment, timerMoment <= next { return }
        timer?.cancel()
        timerMoment = next
        timer = loop.schedule(after: next - now) { [weak self] in
            self?.timerMoment = nil
            self?.post(.wake)
        }
    }

    private func perform(_ action: PoolMachine.Action) {
        switch action {
        case .connect(let number): connect(number)
        case .check(let number): check(number)
        case .lend(let number, let ticket): answer(ticket, .success(number))
        case .refuse(let ticket, let refusal): answer(ticket, .failure(error(for: refusal)))
        case .close(let number): close(number)
        case .report(_, let held): reportLeak(held)
        case .finish:
            timer?.cancel()
            finished.succeed()
        }
    }

    private func connect(_ number: Int) {
        // Unstructured because whoever it is made for may give up; it ends with the time to connect.
        Task(executorPreference: loop) {
            do {
                let session = try await PostgresSession.connect(self.options, self.sessionOptions, on: self.loop)
                session.onEnd = { [weak self] in self?.ended(number) }
                self.sessions[number] = session
                self.post(.connected(number))
            } catch {
                let failure = error as? PostgresError
                self.lastFailure = failure
                self.post(.notConnected(number, isTransient: failure?.isTransient ?? true))
            }
        }
    }

    private func close(_ number: Int) {
        guard let session = sessions.removeValue(forKey: number) else { return }
        session.onEnd = nil
        session.close()
    }

    /// One at rest is forgotten; one that is lent stays until it comes back.
    private func ended(_ number: Int) {
        let before = machine.connections[number]
        post(.broke(number))
        if before != nil, machine.connections[number] == nil { sessions[number] = nil }
    }

    private func check(_ number: Int) {
        guard let session = sessions[number] else { return post(.checked(number, isAlive: false)) }
        let limit = machine.limits.checkTimeout
        // Unstructured because whoever it is asked for may give up; it ends with its limit.
        Task(executorPreference: loop) {
            let question = StatementCall("SELECT 1", PostgresParameters(), fate: .own)
            let answer = try? await session.run(question, within: limit)
            self.post(.checked(number, isAlive: answer != nil && session.mayBeLent))
        }
    }

    private func error(for refusal: PoolMachine.Refusal) -> PostgresError {
        switch refusal {
        case .timeout:
            let why = lastFailure.map { ": \($0.explained.summary)" } ?? ""
            return .crowded("no connection was free within \(machine.limits.acquireTimeout.brief)\(why)")
        case .crowded: return .crowded("\(machine.limits.waitingMax) tasks wait for a connection already")
        case .unreachable: return lastFailure ?? .closed(options.address)
        case .stopping: return .closed(options.address)
        }
    }
}

extension PostgresSession {
    /// Whether somebody else can use it.
    fileprivate var mayBeLent: Bool { isOpen && !isInTransaction && fitsTarget }

    /// Waits until what was called off has ended, at most for the settling time.
    func settle() async {
        // An empty statement behind the others: its answer is the last one.
        _ = try? await run(StatementCall("", PostgresParameters(), fate: .own), within: options.settlingTime)
    }
}
