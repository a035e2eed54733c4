import Basics
import CPostgres
import Loop

extension PostgresSession {
    /// How many statements share a Sync at most.
    private static let groupMax = 64

    /// So many statements that wait go at once, so that the server works while the rest of a crowd is still being read.
    static var promptMax: Int { 16 }

    /// Sends what waits when the tasks that are ready now have had their turn.
    func scheduleTick() {
        guard !isTickScheduled else { return }
        isTickScheduled = true
        loop.execute {
            self.isTickScheduled = false
            self.sendWaiting()
        }
    }

    /// Sends what waits now.
    func sendWaiting() {
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
        if let context = call.context {
            if let base = context.base, base != groupBase {
                call.baseName = prepareIfNew(base, PostgresParameters(), for: call, link)
                guard send(base, PostgresParameters(), call.baseName, link) else { return notSent(call, link) }
                counts.bases += 1
                ledger.sent(.context(call))
            }
            // Of a context without one nobody knows what it leaves.
            groupBase = context.base
            call.contextName = prepareIfNew(context.sql, context.parameters, for: call, link)
            guard send(context.sql, context.parameters, call.contextName, link) else { return notSent(call, link) }
            ledger.sent(.context(call))
        }
        // What ends a transaction has no preparation that could fail, and a savepoint's statement is not worth one.
        call.name = call.isGuarded ? nil : prepareIfNew(call.sql, call.parameters, for: call, link)
        guard send(call.sql, call.parameters, call.name, link) else { return notSent(call, link) }
        call.isInFlight = true
        call.sendings += 1
        call.cancelsBefore = cancels
        if call.isGuarded { guardedInFlight += 1 }
        counts.statements += 1
        ledger.sent(.execution(call))
        if call.fate == .own || ledger.openGroup >= Self.groupMax { closeGroup() }
    }

    private static var binary: Int32 { PostgresFormat.binary.rawValue }

    private func send(
        _ sql: String, _ parameters: PostgresParameters, _ name: String?, _ link: SessionLink
    ) -> Bool {
        parameters.withArrays { count, values, lengths, formats in
            if let name {
                return PQsendQueryPrepared(link.handle, name, count, values, lengths, formats, Self.binary)
            }
            return parameters.types.withUnsafeBufferPointer { types in
                PQsendQueryParams(link.handle, sql, count, types.baseAddress, values, lengths, formats, Self.binary)
            }
        } == 1
    }

    /// The name under which a statement is prepared, from now on if need be; nil when it is to go without.
    private func prepareIfNew(
        _ sql: String, _ parameters: PostgresParameters, for call: StatementCall, _ link: SessionLink
    ) -> String? {
        let types = parameters.types
        switch cache?.use(StatementCache.Key(sql: sql, types: types)) {
        case nil: return nil
        case .known(let name): return name
        case .unknown(let name, let dropped):
            if let dropped { staleNames.append(dropped) }
            dropStaleNames(link)
            let isSent = types.withUnsafeBufferPointer {
                PQsendPrepare(link.handle, name, sql, Int32($0.count), $0.baseAddress)
            }
            guard isSent == 1 else {
                cache?.forget(name)
                return nil
            }
            counts.preparations += 1
            ledger.sent(.preparation(call, name: name))
            return name
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
        groupBase = nil
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
