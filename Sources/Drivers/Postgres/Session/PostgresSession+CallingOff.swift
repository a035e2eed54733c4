import Basics
import CPostgres
import Loop

/// A statement that nobody waits for any more, while the server is asked to end it.
struct CallingOff {
    let call: StatementCall
    /// Ends the session when the server does not obey.
    let patience: LoopTimer
    /// Whether a request is on its way, which could hit whatever is sent meanwhile.
    var isAsking: Bool
}

extension PostgresSession {
    /// The wait before the server is asked once more: a request may come before the statement it is meant for.
    static let pauseBetweenRequests = Duration.milliseconds(50)

    /// Asks the server to end what it works on, when nobody waits for a statement of it and no end of a transaction is
    /// behind it, which the request could hit. Neighbours that share its fate go again when they are hit.
    func callOffWhatNobodyWaitsFor() {
        if let current = calledOff, !current.isAsking, !mayRun(current.call) {
            current.patience.cancel()
            calledOff = nil
        }
        guard calledOff == nil, abandonedInFlight > 0, guardedInFlight == 0,
            let running = ledger.runningMember(where: \.isAbandoned)
        else { return }
        let error = PostgresError.closed(options.address)
        let patience = loop.schedule(after: options.settlingTime) { [weak self] in self?.end(with: error) }
        calledOff = CallingOff(call: running, patience: patience, isAsking: false)
        ask()
    }

    private func mayRun(_ call: StatementCall) -> Bool { ledger.runningMember { $0 === call } != nil }

    private func ask() {
        guard let link, calledOff != nil else { return }
        calledOff?.isAsking = true
        cancels += 1
        let answer = CancelRequest(link.handle).send(on: loop)
        // Unstructured because the task that gave the statement up does not wait for it; it ends with the request.
        Task(executorPreference: loop) { [weak self, loop] in
            try? await answer.value(on: loop)
            self?.asked()
        }
    }

    private func asked() {
        guard let current = calledOff else { return }
        calledOff?.isAsking = false
        callOffWhatNobodyWaitsFor()
        if let calledOff, calledOff.call === current.call {
            loop.schedule(after: Self.pauseBetweenRequests) { [weak self] in
                guard let self, self.calledOff?.call === current.call, self.calledOff?.isAsking == false else { return }
                if self.mayRun(current.call) { self.ask() }
            }
        }
        grantTurn()
        if !outbox.isEmpty { scheduleTick() }
    }
}
