import Basics
import CPostgres
import Loop

extension PostgresSession {
    /// The sessions that a task streams from or copies through, to tell a statement that would wait for itself.
    @TaskLocal static var inUse: Set<ObjectIdentifier> = []

    /// Sends `sql` outside of pipeline mode and has `body` read the answers, with the session for itself.
    func alone<Result>(
        _ sql: String, rowByRow: Bool = false, within limit: Duration?, send: (OpaquePointer) -> Int32,
        _ body: (SoleUse) async throws -> Result
    ) async throws -> Result {
        try checkStatement(sql)
        try Task.checkCancellation()
        let use = try await takeTurn(sql)
        let timer = limit.map { limit in
            loop.schedule(after: limit) { use.interrupt(PostgresError.overdue(limit, isClosed: false, sql: sql)) }
        }
        let outcome: Swift.Result<Result, any Error>
        do {
            outcome = .success(
                try await withTaskCancellationHandler {
                    try await use.start(send)
                    return try await Self.$inUse.withValue(Self.inUse.union([ObjectIdentifier(self)])) {
                        try await body(use)
                    }
                } onCancel: {
                    loop.execute { use.interrupt(CancellationError()) }
                })
        } catch {
            outcome = .failure(error)
        }
        timer?.cancel()
        await use.settle()
        leave(rowByRow: rowByRow)
        return try outcome.get()
    }

    private func takeTurn(_ sql: String) async throws -> SoleUse {
        let turn = LoopWait<Void>()
        turns.append(turn)
        grantTurn()
        do {
            try await turn.value(on: loop)
        } catch {
            turns.removeAll { $0 === turn }
            scheduleTick()
            throw error
        }
        guard let link else { throw end ?? PostgresError.closed(options.address) }
        guard PQexitPipelineMode(link.handle) == 1 else {
            let error = PostgresError.lost(options.address, link.message)
            end(with: error)
            throw error
        }
        let use = SoleUse(of: self, link, sql: sql)
        soleUse = use
        return use
    }

    /// Lets the next one have the session, once nothing is on its way.
    func grantTurn() {
        guard !isTaken, ledger.isEmpty, calledOff == nil, !turns.isEmpty else { return }
        isTaken = true
        turns.removeFirst().succeed()
    }

    private func leave(rowByRow: Bool) {
        soleUse = nil
        isTaken = false
        wantInput()
        guard let link else { return }
        guard PQenterPipelineMode(link.handle) == 1 else {
            return end(with: .lost(options.address, link.message))
        }
        if rowByRow { leaveRowMode(link) }
        grantTurn()
        scheduleTick()
    }

    /// libpq goes on to deliver rows one by one until the first answer in a pipeline, hence one without rows.
    private func leaveRowMode(_ link: SessionLink) {
        guard PQpipelineSync(link.handle) == 1 else { return end(with: .lost(options.address, link.message)) }
        ledger.sent(.sync)
        flush()
    }

    /// What no statement may be.
    func checkStatement(_ sql: String) throws {
        precondition(loop.isCurrent, "a session is used on its loop")
        guard isOpen else { throw end ?? PostgresError.closed(options.address) }
        guard !sql.holdsZeroByte else {
            throw PostgresError.unusable("the statement holds a zero byte", why: "PostgreSQL's text cannot hold one")
        }
        guard !isTaken || !Self.inUse.contains(ObjectIdentifier(self)) else {
            throw PostgresError.unusable(
                "the session is streaming", why: "this statement would wait for the stream that it stands in",
                hint: "Use another connection, or read the stream first.")
        }
    }

    // MARK: - Reading

    /// Has the reader read again that found nobody who wants its input.
    func wantInput() { parkedReader.take()?.resume() }

    /// Hands input to whoever has the session, and waits when he wants none.
    func handOver(_ use: SoleUse) async {
        guard !use.inputArrived() else { return }
        await withCheckedContinuation { parkedReader = $0 }
    }
}
