package import Loop
package import Postgres

/// Turns the pooler's processes to whoever leads: performs what `PoolerTurnMachine` decides.
///
/// On failure of a process the files are right already, so its next start leads to the new server. A probe that fails
/// is repeated until other news come.
package final class PoolerTurn: @unchecked Sendable {
    // Guard of @unchecked Sendable: loop only.

    /// How long statements are held back at most while nobody leads: longer than the slowest failover.
    package static let holdMax = Duration.seconds(40)
    private static let probeLimit = Duration.seconds(2)
    private static let probePause = Duration.milliseconds(20)

    private var processes: [PoolerPart]
    private let probe: @Sendable (PoolerNode) async -> PoolerTurnMachine.Verdict
    private let holdMax: Duration
    private let loop: EventLoop
    private let events: AsyncStream<PoolerTurnMachine.Event>
    private let report: AsyncStream<PoolerTurnMachine.Event>.Continuation
    private let onTurn: @Sendable (PoolerTopology) -> Void
    private var machine: PoolerTurnMachine
    private var holds: [PauseHold] = []
    /// Where the last turn led, also while it is under way: what a process that starts now has to know.
    private(set) var heading: PoolerTopology

    /// A turn of these processes, which lead to `topology` now; `options` lead to a server for the probe, `onTurn` hears
    /// of each turn that is done.
    package init(
        _ processes: [PoolerPart], leading topology: PoolerTopology, holdMax: Duration = PoolerTurn.holdMax,
        on loop: EventLoop, probing options: @escaping @Sendable (PoolerNode) -> ConnectionOptions,
        onTurn: @escaping @Sendable (PoolerTopology) -> Void = { _ in }
    ) {
        self.processes = processes
        self.holdMax = holdMax
        self.loop = loop
        self.onTurn = onTurn
        probe = { node in await Self.verdict(options(node), on: loop) }
        machine = PoolerTurnMachine(leading: topology)
        heading = topology
        (events, report) = AsyncStream.makeStream()
    }

    /// Says who leads now; nil when nobody does. May be called from anywhere.
    package nonisolated func leader(_ topology: PoolerTopology?) {
        report.yield(topology.map { .leader($0) } ?? .leaderLost)
    }

    /// Where the processes lead.
    package var current: PoolerTopology { machine.current }

    /// Whether statements are held back, because nobody leads.
    package var isHeld: Bool { machine.isHeld }

    /// Turns one more process from now on, which was started with `topology`.
    func join(_ process: PoolerPart, leading topology: PoolerTopology) async throws {
        processes.append(process)
        if topology != heading { try await process.lead(to: heading) }
    }

    /// Turns a process no more.
    func leave(_ process: PoolerPart) {
        processes.removeAll { $0.configuration.folder == process.configuration.folder }
    }

    /// Follows the news until its task is cancelled; what is held goes on then.
    package func run() async {
        await withDiscardingTaskGroup { group in
            for await event in events {
                for action in machine.handle(event) { await perform(action, &group) }
            }
            group.cancelAll()
        }
        await endHolds()
    }

    private func perform(_ action: PoolerTurnMachine.Action, _ group: inout DiscardingTaskGroup) async {
        let (report, loop) = (self.report, self.loop)
        switch action {
        case .hold: await hold()
        case .release: await endHolds()
        case .probe(let number, let node):
            let probe = self.probe
            group.addTask(executorPreference: loop) { report.yield(.probed(number, await probe(node))) }
        case .wait(let number): loop.schedule(after: Self.probePause) { report.yield(.waited(number)) }
        case .turn(let number, let topology):
            group.addTask(executorPreference: loop) {
                report.yield(.turned(number, isDone: await self.turn(to: topology)))
            }
        }
    }

    // MARK: - Acting

    private func hold() async {
        for process in processes {
            let hold = process.pauses.hold(process.configuration.aliases, within: holdMax)
            hold.onDeadline = { [report] in report.yield(.holdExpired) }
            holds.append(hold)
            // A process that does not answer holds nobody's statements.
            try? await process.pauses.pause(hold)
        }
    }

    private func endHolds() async {
        let ending = holds
        holds = []
        for hold in ending { await hold.end() }
    }

    private func turn(to topology: PoolerTopology) async -> Bool {
        heading = topology
        // At the same time: what one process waits for is nothing to the clients of the other.
        let isDone = await withTaskGroup(of: Bool.self) { group in
            for process in processes {
                group.addTask(executorPreference: self.loop) {
                    do { try await process.lead(to: topology) } catch {
                        // One that does not answer reads the files when it starts; without the files it would lead
                        // nowhere new.
                        return (try? process.writeSettings(leading: topology)) != nil
                    }
                    return true
                }
            }
            return await group.reduce(true) { $0 && $1 }
        }
        if isDone { onTurn(topology) }
        return isDone
    }

    private static func verdict(
        _ options: ConnectionOptions, on loop: EventLoop
    ) async -> PoolerTurnMachine.Verdict {
        var options = options
        (options.connectTimeout, options.settlingTime) = (probeLimit, .zero)
        do {
            let session = try await PostgresSession.connect(
                options, SessionOptions(preparation: .unnamed), on: loop)
            defer { session.close() }
            // The session stays through a promotion, so a server that is about to lead is not signed in to again and again.
            let deadline = ContinuousClock.now + probeLimit
            while true {
                let isReadWrite = try await session.query(
                    "SELECT NOT pg_is_in_recovery() AND NOT current_setting('transaction_read_only')::bool",
                    within: probeLimit
                ).only[0, as: Bool.self]
                if isReadWrite || ContinuousClock.now > deadline { return isReadWrite ? .readWrite : .inRecovery }
                try await loop.sleep(for: .milliseconds(5))
            }
        } catch {
            return .unreachable
        }
    }
}
