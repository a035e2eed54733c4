import Basics

/// One part in the supervisor's machine: where it stands, and what an event means for it.
struct SupervisedPart: Sendable {
    typealias Action = SupervisorMachine.Action
    typealias Event = SupervisorMachine.Event
    typealias Moment = SupervisorMachine.Moment
    typealias Timer = SupervisorMachine.Timer

    static let kill: Int32 = 9
    static let probeWhileStarting = Duration.milliseconds(20)
    static let probeWhileReady = Duration.seconds(2)
    static let silencesUntilUnresponsive = 3

    let declaration: PartDeclaration
    private(set) var status: PartStatus
    private(set) var attempt: Int
    private var isRunning = false
    private var wasEverReady = false
    private var readySince: Duration?
    private var failuresInARow = 0
    private var silences = 0
    private var stopStep = -1
    /// Why the supervisor itself killed the program.
    private var killReason: String?

    init(_ declaration: PartDeclaration, after attempts: Int = 0, at now: Moment) {
        self.declaration = declaration
        attempt = attempts
        status = PartStatus(
            name: declaration.name, kind: declaration.kind, state: .waiting, port: declaration.port, since: now.wall,
            restarts: 0)
    }

    var name: String { declaration.name }
    var state: PartStatus.State { status.state }
    var isAtRest: Bool { state == .waiting || state == .stopped || state == .failed }

    private var current: SupervisorMachine.Attempt { .init(part: name, number: attempt) }

    private mutating func move(to state: PartStatus.State, at now: Moment, detail: String? = nil) {
        status.detail = detail
        guard status.state != state else { return }
        status.state = state
        status.since = now.wall
    }

    /// What an event means for this part; nothing when it is about another part or about an attempt that is over.
    mutating func handle(_ event: Event, at now: Moment) -> [Action] {
        switch event {
        case .start, .stop, .add, .retire: return []
        case .hurry: return state == .stopping ? nextStopStep(at: now) : []
        case .kill(name, let reason): return kill(reason)
        case .prepared(current): return prepared(at: now)
        case .notPrepared(current, let reason): return notPrepared(reason, at: now)
        case .spawned(current, let pid): status.pid = pid
        case .notSpawned(current, let reason): return ended(reason, at: now)
        case .answered(current): return answered(at: now)
        case .silent(current, let reason): return silent(reason, at: now)
        case .exited(current, let status): return ended("\(status)", at: now)
        case .timer(current, let timer): return ranOut(timer, at: now)
        default: break
        }
        return []
    }

    // MARK: - Starting

    mutating func startIfDue(ready: Set<String>, at now: Moment) -> [Action] {
        guard state == .waiting else { return [] }
        let missing = declaration.dependencies.filter { !ready.contains($0) }
        let needed = declaration.dependenciesNeeded ?? declaration.dependencies.count
        guard declaration.dependencies.count - missing.count >= needed else {
            status.detail = "waiting for \(missing.joined(separator: ", "))"
            return []
        }
        return begin(at: now)
    }

    private mutating func begin(at now: Moment) -> [Action] {
        attempt += 1
        silences = 0
        killReason = nil
        move(to: .preparing, at: now)
        return [.prepare(current)]
    }

    private mutating func prepared(at now: Moment) -> [Action] {
        guard state == .preparing else { return abandonPreparation(at: now) }
        move(to: .starting, at: now)
        isRunning = true
        return [
            .spawn(current), .probe(current), .schedule(current, .startLimit, after: declaration.startLimit),
        ]
    }

    /// What cannot be made the first time will not be made the second time; later a full disk, say, may pass.
    private mutating func notPrepared(_ reason: String, at now: Moment) -> [Action] {
        guard state == .preparing else { return abandonPreparation(at: now) }
        if wasEverReady { return retry(reason, at: now) }
        move(to: .failed, at: now, detail: reason)
        return []
    }

    private mutating func abandonPreparation(at now: Moment) -> [Action] {
        if state == .stopping, !isRunning { move(to: .stopped, at: now) }
        return []
    }

    private mutating func answered(at now: Moment) -> [Action] {
        guard [.starting, .ready, .unresponsive].contains(state) else { return [] }
        silences = 0
        if state != .ready {
            wasEverReady = true
            readySince = now.steady
        }
        move(to: .ready, at: now)
        return [.schedule(current, .probe, after: Self.probeWhileReady)]
    }

    private mutating func silent(_ reason: String, at now: Moment) -> [Action] {
        switch state {
        case .starting:
            status.detail = reason
            return [.schedule(current, .probe, after: Self.probeWhileStarting)]
        case .ready, .unresponsive:
            silences += 1
            var actions: [Action] = [.schedule(current, .probe, after: Self.probeWhileReady)]
            guard silences >= Self.silencesUntilUnresponsive else { return actions }
            move(to: .unresponsive, at: now, detail: reason)
            if declaration.isRestartedWhenUnresponsive, killReason == nil {
                killReason = "did not answer: \(reason)"
                actions.append(.signal(current, Self.kill))
            }
            return actions
        default: return []
        }
    }

    private mutating func kill(_ reason: String) -> [Action] {
        guard isRunning, state != .stopping else { return [] }
        killReason = killReason ?? reason
        return [.signal(current, Self.kill)]
    }

    private mutating func ranOut(_ timer: Timer, at now: Moment) -> [Action] {
        switch (timer, state) {
        case (.backOff, .backingOff): return begin(at: now)
        case (.probe, .starting), (.probe, .ready), (.probe, .unresponsive): return [.probe(current)]
        case (.startLimit, .starting):
            let last = status.detail.map { ": \($0)" } ?? ""
            killReason = "not ready within \(declaration.startLimit.brief)\(last)"
            return [.signal(current, Self.kill)]
        case (.stopStep(stopStep), .stopping): return nextStopStep(at: now)
        default: return []
        }
    }

    /// The program of the current attempt is gone.
    private mutating func ended(_ reason: String, at now: Moment) -> [Action] {
        guard isRunning else { return [] }
        isRunning = false
        status.pid = nil
        guard state != .stopping else {
            move(to: .stopped, at: now)
            return []
        }
        return retry(killReason ?? reason, at: now)
    }

    private mutating func retry(_ reason: String, at now: Moment) -> [Action] {
        if let since = readySince, now.steady - since >= declaration.backOff.settledAfter { failuresInARow = 0 }
        readySince = nil
        failuresInARow += 1
        guard wasEverReady || failuresInARow < declaration.startAttempts else {
            move(to: .failed, at: now, detail: reason)
            return []
        }
        status.restarts += 1
        status.lastRestartReason = reason
        move(to: .backingOff, at: now, detail: reason)
        // A number of its own, so that what the ended attempt still reports is recognised as old.
        attempt += 1
        return [.schedule(current, .backOff, after: declaration.backOff.wait(after: failuresInARow))]
    }

    // MARK: - Stopping

    mutating func stop(at now: Moment) -> [Action] {
        switch state {
        case .stopping, .stopped, .failed: return []
        case .waiting, .backingOff:
            move(to: .stopped, at: now)
            return []
        case .preparing:
            // Whatever is being made gets a moment to come to its end; then it is abandoned.
            move(to: .stopping, at: now)
            return [.schedule(current, .stopStep(stopStep), after: .seconds(10))]
        case .starting, .ready, .unresponsive:
            move(to: .stopping, at: now)
            return nextStopStep(at: now)
        }
    }

    private mutating func nextStopStep(at now: Moment) -> [Action] {
        guard isRunning else {
            move(to: .stopped, at: now)
            return []
        }
        stopStep += 1
        guard stopStep < declaration.stopSteps.count else { return [.signal(current, Self.kill)] }
        let step = declaration.stopSteps[stopStep]
        return [.signal(current, step.signal), .schedule(current, .stopStep(stopStep), after: step.limit)]
    }
}
