import Basics
import CPostgres
import Loop

extension PostgresSession {
    /// Reads whatever the server says, for as long as the session is open.
    func startReading() {
        guard let link else { return }
        // Unstructured because no one task of those that share the session may end it; it ends with the watch, and
        // holds the session only while there is something to read.
        Task(executorPreference: loop) { [weak self] in
            while (try? await link.watch.readable()) != nil {
                guard let self, self.link === link else { return }
                if let use = self.soleUse { await self.handOver(use) } else { self.receive(link) }
            }
        }
    }

    private func receive(_ link: SessionLink) {
        let isAlive = PQconsumeInput(link.handle) == 1
        var pauses = 0
        // Asked even when no answer is due: it is what makes libpq look at notices.
        while PQisBusy(link.handle) == 0, !ledger.isEmpty {
            guard let result = PQgetResult(link.handle).map({ ServerResult($0) }) else {
                // One answer of nothing ends a statement's results; several in a row mean that libpq expects none.
                pauses += 1
                guard pauses < 3 else { return end(with: .lost(options.address, link.message)) }
                continue
            }
            pauses = 0
            take(result)
            guard self.link != nil else { return }
        }
        takeNotifications(link)
        guard isAlive, PQstatus(link.handle) != CONNECTION_BAD else {
            return end(with: .lost(options.address, link.message))
        }
        grantTurn()
        if !outbox.isEmpty { scheduleTick() }
    }

    private func take(_ result: ServerResult) {
        switch result.status {
        case PGRES_PIPELINE_SYNC:
            guard let verdicts = ledger.synced() else { return outOfStep() }
            settle(verdicts)
        case PGRES_PIPELINE_ABORTED: note(.skipped)
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: note(.done(result))
        case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
            end(with: .unusable("COPY cannot be run as a statement", hint: "Use copyIn, copyOut or copyRows."))
        default:
            let report = result.report
            // What libpq cannot make sense of is followed by nothing that could be relied on.
            guard result.isAnswer else { return end(with: .lost(options.address, report.message)) }
            if report.endsConnection { return end(with: .answered(report, to: ledger.running?.sql ?? "")) }
            note(.failed(report))
        }
    }

    private func outOfStep() { end(with: .lost(options.address, "the answers are out of step")) }

    private func note(_ answer: Ledger.Answer) {
        guard let step = ledger.answered(answer) else { return outOfStep() }
        if case .done = answer {} else { undo(step) }
        if case .execution(let call) = step {
            if call.isGuarded { guardedInFlight -= 1 }
            call.isInFlight = false
            if call.isAbandoned { abandonedInFlight -= 1 }
            if calledOff?.call === call { calledOff?.patience.cancel() }
        }
        callOffWhatNobodyWaitsFor()
    }

    /// A name that was not prepared, or not dropped, after all.
    private func undo(_ step: Ledger.Step) {
        switch step {
        case .preparation(_, let name): cache?.forget(name)
        case .deallocation(let name): staleNames.append(name)
        case .context, .execution, .sync: break
        }
    }

    private func settle(_ verdicts: [Ledger.Verdict]) {
        var again: [StatementCall] = []
        for verdict in verdicts {
            switch verdict {
            case .succeeded(let call, let result): call.succeed(PostgresRows(result))
            case .failed(let call, let report):
                if mustRenew(call, report) || wasHitByMistake(call, report) {
                    again.append(call)
                } else {
                    call.fail(PostgresError.answered(report, to: call.sql))
                }
            case .again(let call): again.append(call)
            }
        }
        guard !again.isEmpty else { return }
        for call in again {
            call.fate = .own
        }
        outbox = again.filter { !$0.isAbandoned } + outbox
        scheduleTick()
    }

    /// Whether the statement only failed because its preparation is gone or out of date. It had a transaction of its
    /// own then, which was rolled back.
    private func mustRenew(_ call: StatementCall, _ report: ServerReport) -> Bool {
        let names = [call.baseName, call.contextName, call.name].compactMap { $0 }
        guard !names.isEmpty, !call.isRenewed, transactionDepth == 0,
            report.sqlState == .preparedStatementMissing || report.sqlState == .featureNotSupported
        else { return false }
        call.isRenewed = true
        for name in names { cache?.forget(name) }
        if report.sqlState == .featureNotSupported { staleNames += names }
        return true
    }

    /// Whether a cancel request that was meant for another statement ended this one.
    private func wasHitByMistake(_ call: StatementCall, _ report: ServerReport) -> Bool {
        report.sqlState == .queryCancelled && !call.isAbandoned && transactionDepth == 0 && call.cancelsBefore < cancels
    }
}
