import Basics
import CPostgres
import Loop

extension PostgresSession {
    /// How many statements share a Sync at most.
    private static let groupMax = 64

    /// Sends what waits when the tasks that are ready now have had their turn.
    func scheduleTick() {
        guard !isTickScheduled else { return }
        isTickScheduled = true
        loop.execute {
            self.isTickScheduled = false
            self.sendWaiting()
        }
    }

    private func sendWaiting() {
        guard calledOff?.isAsking != true, link != nil, !isTaken, turns.isEmpty else { return }
        var taken = 0
        while taken < outbox.count, ledger.count < sessionOptions.inFlightMax {
            let call = outbox[taken]
            taken += 1
            if !call.isAbandoned { send(call) }
            guard link != nil else { return }
        }
        outbox.removeFirst(taken)
        closeGroup()
        flush()
    }

    private func send(_ call: StatementCall) {
        if call.fate == .own { closeGroup() }
        // Looked at only now: what closed the group may have ended the session, and this statement with it.
        guard let link else { return }
        prepareIfNew(call, link)
        let isSent = call.parameters.withArrays { count, values, lengths, formats in
            if let name = call.name {
                return PQsendQueryPrepared(link.handle, name, count, values, lengths, formats, Self.binary)
            }
            return call.parameters.types.withUnsafeBufferPointer { types in
                PQsendQueryParams(
                    link.handle, call.sql, count, types.baseAddress, values, lengths, formats, Self.binary)
            }
        }
        guard isSent == 1 else { return notSent(call, link) }
        call.isInFlight = true
        call.cancelsBefore = cancels
        if call.isGuarded { guardedInFlight += 1 }
        counts.statements += 1
        ledger.sent(.execution(call))
        if call.fate == .own || ledger.openGroup >= Self.groupMax { closeGroup() }
    }

    private static var binary: Int32 { PostgresFormat.binary.rawValue }

    private func prepareIfNew(_ call: StatementCall, _ link: SessionLink) {
        // What ends a transaction has no preparation that could fail, and a savepoint's statement is not worth one.
        guard !call.isGuarded else { return }
        let types = call.parameters.types
        switch cache?.use(StatementCache.Key(sql: call.sql, types: types)) {
        case nil: call.name = nil
        case .known(let name): call.name = name
        case .unknown(let name, let dropped):
            if let dropped { staleNames.append(dropped) }
            dropStaleNames(link)
            let isSent = types.withUnsafeBufferPointer {
                PQsendPrepare(link.handle, name, call.sql, Int32($0.count), $0.baseAddress)
            }
            guard isSent == 1 else {
                cache?.forget(name)
                call.name = nil
                return
            }
            call.name = name
            counts.preparations += 1
            ledger.sent(.preparation(call, name: name))
        }
    }

    private func dropStaleNames(_ link: SessionLink) {
        for name in staleNames {
            guard PQsendQueryParams(link.handle, "DEALLOCATE \(name)", 0, nil, nil, nil, nil, 0) == 1 else { return }
            ledger.sent(.deallocation(name))
        }
        staleNames = []
    }

    private func notSent(_ call: StatementCall, _ link: SessionLink) {
        let text = link.message
        guard PQstatus(link.handle) != CONNECTION_BAD else {
            call.fail(PostgresError.lost(options.address, text))
            return end(with: .lost(options.address, text))
        }
        call.fail(
            PostgresError.unusable(
                "the statement could not be sent", why: ConnectionFailure(text).reason, detail: "SQL: \(call.sql)"))
    }

    private func closeGroup() {
        guard ledger.openGroup > 0, let link else { return }
        guard PQpipelineSync(link.handle) == 1 else { return end(with: .lost(options.address, link.message)) }
        counts.syncs += 1
        ledger.sent(.sync)
    }

    /// Writes what libpq holds, now and whenever the socket takes more.
    func flush() {
        guard let link, !isFlushing else { return }
        switch PQflush(link.handle) {
        case 0: break
        case 1:
            isFlushing = true
            // Unstructured because the statements' tasks wait for answers, not for the socket; it ends with the watch.
            Task(executorPreference: loop) { [weak self] in
                try? await link.watch.writable()
                self?.isFlushing = false
                self?.flush()
            }
        default: end(with: .lost(options.address, link.message))
        }
    }
}
