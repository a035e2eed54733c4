import Basics
import CPostgres
import Loop

// The end, whatever happened.
extension SoleUse {
    /// Ends what still runs and reads what is left of it, whatever happened; within the settling time, or the session
    /// is closed.
    func settle() async {
        isSettling = true
        guard phase != .over else { return }
        let error = PostgresError.closed(session.options.address)
        let session = session
        let patience = session.loop.schedule(after: session.options.settlingTime) { session.end(with: error) }
        // Unstructured because every wait of a cancelled task ends at once, and the rest must be read all the same.
        await Task(executorPreference: session.loop) { await self.drop() }.value
        patience.cancel()
        phase = .over
    }

    private func drop() async {
        await dropWhatIsThere()
        guard phase != .over, session.link === link else { return }
        let asking = Task(executorPreference: session.loop) { await self.callOff() }
        var rest: [UInt8] = []
        while phase != .over, session.link === link {
            do {
                if phase == .copyIn {
                    guard PQputCopyEnd(try handle, "it was called off") == 1 else { throw broken(nil) }
                    phase = .statement
                    try await flush()
                } else if phase == .copyOut {
                    _ = try await receive(into: &rest, upTo: 0)
                    rest.removeAll(keepingCapacity: true)
                } else {
                    _ = try await next()
                }
            } catch {
                // An error of the server is what was asked for; a broken connection has ended the session.
            }
        }
        pause?.succeed()
        await asking.value
    }

    /// What has arrived already may be all there is; then nothing is to be called off.
    private func dropWhatIsThere() async {
        PQconsumeInput(link.handle)
        while phase == .statement, session.link === link, PQisBusy(link.handle) == 0 { _ = try? await next() }
    }

    /// Asks the server again and again, since a request may come before the statement that it is meant for; comes back
    /// when none is on its way any more that could hit the next statement.
    private func callOff() async {
        guard phase != .copyIn else { return }
        while phase != .over, session.link === link {
            try? await CancelRequest(link.handle).send(on: session.loop).value(on: session.loop)
            guard phase != .over else { return }
            let pause = LoopWait<Void>()
            self.pause = pause
            let timer = session.loop.schedule(after: PostgresSession.pauseBetweenRequests) { pause.succeed() }
            try? await pause.value(on: session.loop)
            timer.cancel()
        }
    }
}
