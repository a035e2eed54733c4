public import Basics

/// Decides what the supervisor does next. It performs nothing and knows no clock: events go in, actions come out.
///
/// Invariants:
/// - A part's program is started only while everything it depends on is ready, and at most one runs for each part.
/// - Parts stop in the opposite order: a part is asked to stop only when no part that depends on it runs any more.
/// - Starting, backing off and stopping have timers that end them; what prepares a part carries deadlines of its own.
/// - An event carries the attempt it belongs to; one of an earlier attempt changes nothing.
///
/// On failure: a part that was ready before is started again without end, with growing waits. One that never was is
/// given
/// `startAttempts`, then it has failed, and what depends on it goes on waiting.
public struct SupervisorMachine: Sendable {
    /// A moment in both times: the steady one for waits, the wall's for people.
    public struct Moment: Sendable {
        /// Since the supervisor started.
        public var steady: Duration
        /// For people.
        public var wall: Timestamp

        /// A moment.
        public init(steady: Duration, wall: Timestamp) {
            self.steady = steady
            self.wall = wall
        }
    }

    /// A part at one of its attempts.
    public struct Attempt: Hashable, Sendable {
        /// The part's name.
        public var part: String
        /// Counts from 1; every new start of the part's program is a new attempt.
        public var number: Int
    }

    /// What has happened.
    public enum Event: Equatable, Sendable {
        /// Bring everything up.
        case start
        /// What the program needs is there.
        case prepared(Attempt)
        /// What the program needs could not be made.
        case notPrepared(Attempt, reason: String)
        /// The program runs.
        case spawned(Attempt, pid: Int32)
        /// The program could not be started.
        case notSpawned(Attempt, reason: String)
        /// The part answered.
        case answered(Attempt)
        /// The part did not answer.
        case silent(Attempt, reason: String)
        /// The program ended.
        case exited(Attempt, ExitStatus)
        /// A timer that was asked for has run out.
        case timer(Attempt, Timer)
        /// Bring everything down.
        case stop
        /// Whoever asked to stop has lost patience: the next step at once.
        case hurry
        /// End the part's program without asking it; it is started again like one that ended by itself.
        case kill(part: String, reason: String)
        /// There is another part from now on; its dependencies are there already.
        case add(PartDeclaration)
        /// Stop a part that nothing depends on alone, and forget it.
        case retire(part: String)
    }

    /// What a timer is for.
    public enum Timer: Hashable, Sendable {
        /// The wait before a restart is over.
        case backOff
        /// The part should have become ready by now.
        case startLimit
        /// Time to ask again whether the part answers.
        case probe
        /// The stop step with this number had its time.
        case stopStep(Int)
    }

    /// What to do.
    public enum Action: Equatable, Sendable {
        /// Make what the program needs, then report `prepared` or `notPrepared`.
        case prepare(Attempt)
        /// Start the program, then report `spawned` or `notSpawned`, and its end as `exited`.
        case spawn(Attempt)
        /// Ask the part once, then report `answered` or `silent`.
        case probe(Attempt)
        /// Report `timer` after this time.
        case schedule(Attempt, Timer, after: Duration)
        /// Send the program a signal.
        case signal(Attempt, Int32)
        /// Nothing runs any more, and nothing will.
        case finish
    }

    private var parts: [SupervisedPart]
    private var isStarted = false
    private var isStopping = false
    private var isFinished = false
    private var retiring: Set<String> = []
    /// How often retired parts were attempted, so that a part of the same name takes no event of theirs for its own.
    private var attemptsOfRetired: [String: Int] = [:]

    /// A supervisor of these parts, none of which runs. Names must differ, and dependencies must come earlier in the
    /// list.
    public init(_ declarations: [PartDeclaration], at now: Moment) {
        var seen: Set<String> = []
        for declaration in declarations {
            precondition(seen.isSuperset(of: declaration.dependencies), "\(declaration.name) depends on a later part")
            precondition(seen.insert(declaration.name).inserted, "two parts are called \(declaration.name)")
        }
        parts = declarations.map { SupervisedPart($0, at: now) }
    }

    /// Every part as it stands, in the order of the declarations.
    public var statuses: [PartStatus] { parts.map(\.status) }

    /// Whether every part answers.
    public var isHealthy: Bool { !isStopping && parts.allSatisfy { $0.state == .ready } }

    /// Takes what has happened and says what to do.
    public mutating func handle(_ event: Event, at now: Moment) -> [Action] {
        switch event {
        case .start: isStarted = true
        case .stop: isStopping = true
        case .hurry: isStopping = true
        case .add(let declaration): add(declaration, at: now)
        case .retire(let name): retiring.insert(name)
        default: break
        }
        var actions: [Action] = []
        for index in parts.indices { actions += parts[index].handle(event, at: now) }
        actions += stopWhatRetires(at: now)
        return actions + (isStopping ? stopWhatIsDue(at: now) : startWhatIsDue(at: now))
    }

    private mutating func startWhatIsDue(at now: Moment) -> [Action] {
        guard isStarted else { return [] }
        let ready = Set(parts.filter { $0.state == .ready || $0.state == .unresponsive }.map(\.name))
        return parts.indices.flatMap { parts[$0].startIfDue(ready: ready, at: now) }
    }

    private mutating func add(_ declaration: PartDeclaration, at now: Moment) {
        guard !parts.contains(where: { $0.name == declaration.name }) else { return }
        let attempts = attemptsOfRetired[declaration.name] ?? 0
        parts.append(SupervisedPart(declaration, after: attempts, at: now))
    }

    private mutating func stopWhatRetires(at now: Moment) -> [Action] {
        var actions: [Action] = []
        for index in parts.indices where retiring.contains(parts[index].name) { actions += parts[index].stop(at: now) }
        for part in parts where retiring.contains(part.name) && (part.state == .stopped || part.state == .failed) {
            attemptsOfRetired[part.name] = part.attempt
            retiring.remove(part.name)
            parts.removeAll { $0.name == part.name }
        }
        retiring.formIntersection(parts.map(\.name))
        return actions
    }

    private mutating func stopWhatIsDue(at now: Moment) -> [Action] {
        var actions: [Action] = []
        for index in parts.indices.reversed() {
            let name = parts[index].name
            let isNeeded = parts.contains { !$0.isAtRest && $0.declaration.dependencies.contains(name) }
            if !isNeeded { actions += parts[index].stop(at: now) }
        }
        guard !isFinished, parts.allSatisfy(\.isAtRest) else { return actions }
        isFinished = true
        return actions + [.finish]
    }
}
