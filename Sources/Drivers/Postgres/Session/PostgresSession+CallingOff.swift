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
    private static let pause = Duration.milliseconds(50)

    /// Asks the server to end the statement it works on, when nobody waits for that and no end of a transaction is
    /// behind it, which the request could hit.
    func callOffWhatNobodyWaitsFor() {
        if let current = calledOff, !current.isAsking, ledger.running !== current.call {
            current.patience.cancel()
            calledOff = nil
        }
        guard calledOff == nil, guardedInFlight == 0, let running = ledger.running, running.isAbandoned else { return }
        let error = PostgresError.closed(options.address)
        let patience = loop.schedule(after: options.settlingTime) { [weak self] in self?.end(with: error) }
        calledOff = CallingOff(call: running, patience: patience, isAsking: false)
        ask()
    }

    private func ask() {
        guard let link, calledOff != nil else { return }
        calledOff?.isAsking = true
        cancels += 1
        let request = CancelRequest(link.handle)
        let answer = BlockingCall.start(on: loop) { request.send() }
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
            loop.schedule(after: Self.pause) { [weak self] in
                guard let self, self.calledOff?.call === current.call, self.calledOff?.isAsking == false else { return }
                if self.ledger.running === current.call { self.ask() }
            }
        }
        if !outbox.isEmpty { scheduleTick() }
    }
}
