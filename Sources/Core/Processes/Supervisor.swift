public import Basics
import Glibc
public import Loop

/// A part of the system as the supervisor performs it: the declaration to decide by, and what the decisions set in
/// motion.
public struct SupervisedProgram: Sendable {
    /// What the supervisor decides by.
    public var declaration: PartDeclaration
    /// Makes what the program needs, before every start; must end by itself, and may run again after a failure anywhere
    /// in it.
    public var prepare: @Sendable () async throws -> Void
    /// The program, asked for after `prepare`.
    public var program: @Sendable () throws -> Program
    /// Returns when the part does its work, throws the reason when it does not; must end by itself.
    public var probe: @Sendable () async throws -> Void
    /// Takes what the program writes to its standard output and error.
    public var output: @Sendable (ArraySlice<UInt8>) -> Void

    /// A part.
    public init(
        _ declaration: PartDeclaration, prepare: @escaping @Sendable () async throws -> Void = {},
        program: @escaping @Sendable () throws -> Program, probe: @escaping @Sendable () async throws -> Void,
        output: @escaping @Sendable (ArraySlice<UInt8>) -> Void = { _ in }
    ) {
        self.declaration = declaration
        self.prepare = prepare
        self.program = program
        self.probe = probe
        self.output = output
    }
}

/// Keeps child programs running: performs what `SupervisorMachine` decides, and tells it what has happened.
///
/// Everything it starts is a child task of `run`, so nothing of it outlives that call; the programs themselves are tied
/// to the
/// life of this process by the kernel.
public actor Supervisor {
    private typealias Attempt = SupervisorMachine.Attempt
    private typealias Event = SupervisorMachine.Event

    private let loop: EventLoop
    private let stateFolder: String
    private var programs: [String: SupervisedProgram]
    private let onChange: @Sendable (PartStatus) -> Void
    private let events: AsyncStream<SupervisorMachine.Event>
    private let report: AsyncStream<SupervisorMachine.Event>.Continuation
    private let started = ContinuousClock.now
    private var machine: SupervisorMachine
    private var children: [String: Child] = [:]
    private var retirements: [String: [CheckedContinuation<Void, Never>]] = [:]
    private var preparationErrors: [String: ParlorError] = [:]

    /// The supervisor lives on its loop.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.serialExecutor.asUnownedSerialExecutor() }

    /// A supervisor of these parts; `stateFolder` marks their processes, and `onChange` hears of every change of a
    /// part's state.
    public init(
        _ programs: [SupervisedProgram], stateFolder: String, on loop: EventLoop,
        onChange: @escaping @Sendable (PartStatus) -> Void = { _ in }
    ) {
        self.loop = loop
        self.stateFolder = stateFolder
        self.onChange = onChange
        self.programs = Dictionary(uniqueKeysWithValues: programs.map { ($0.declaration.name, $0) })
        (events, report) = AsyncStream.makeStream()
        machine = SupervisorMachine(
            programs.map(\.declaration), at: .init(steady: .zero, wall: .now()))
    }

    /// Starts everything and returns when everything has stopped, which somebody must ask for with `stop`.
    public func run() async {
        report.yield(.start)
        await withDiscardingTaskGroup { group in
            for await event in events {
                let before = machine.statuses
                let actions = machine.handle(event, at: .init(steady: .now - started, wall: .now()))
                let changed = self.changed(since: before)
                // What has stopped is why others stop now, so it is told first.
                for status in changed where status.state == .stopped { onChange(status) }
                for status in changed where status.state != .stopped { onChange(status) }
                for action in actions { perform(action, &group) }
                endRetirements()
                if actions.last == .finish { break }
            }
            group.cancelAll()
        }
        // Nothing runs any more, whatever somebody still waits for.
        for part in retirements.keys {
            for waiting in retirements.removeValue(forKey: part) ?? [] { waiting.resume() }
        }
    }

    /// The parts that changed their state; one that is gone has stopped.
    private func changed(since before: [PartStatus]) -> [PartStatus] {
        let former = Dictionary(uniqueKeysWithValues: before.map { ($0.name, $0) })
        let now = machine.statuses
        let names = Set(now.map(\.name))
        let gone = before.filter { !names.contains($0.name) }.map { status in
            var status = status
            (status.state, status.pid) = (.stopped, nil)
            return status
        }
        return gone + now.filter { $0.state != former[$0.name]?.state }
    }

    /// Supervises another part from now on; what it depends on is there.
    public func add(_ program: SupervisedProgram) {
        programs[program.declaration.name] = program
        report.yield(.add(program.declaration))
    }

    /// Stops a part, forgets it, and comes back when that is done.
    public func retire(_ part: String) async {
        guard machine.statuses.contains(where: { $0.name == part }) else { return }
        report.yield(.retire(part: part))
        await withCheckedContinuation { retirements[part, default: []].append($0) }
    }

    private func endRetirements() {
        let names = Set(machine.statuses.map(\.name))
        for part in retirements.keys where !names.contains(part) {
            for waiting in retirements.removeValue(forKey: part) ?? [] { waiting.resume() }
        }
    }

    /// Asks everything to stop, in order; may be called from anywhere, more than once.
    public nonisolated func stop() { report.yield(.stop) }

    /// Takes the next step at once with every part that is being stopped.
    public nonisolated func hurry() { report.yield(.hurry) }

    /// Ends a part's program without asking it, and starts it again; may be called from anywhere.
    public nonisolated func kill(_ part: String, reason: String) { report.yield(.kill(part: part, reason: reason)) }

    /// Whether every part answers.
    public var isHealthy: Bool { machine.isHealthy }

    /// Every part as it stands, without its memory, which costs a walk through /proc.
    public var statuses: [PartStatus] { machine.statuses }

    /// Every part as it stands, with the memory of its processes.
    public func statusesWithMemory() -> [PartStatus] {
        let table = ProcessTable()
        return machine.statuses.map { status in
            var status = status
            status.memory = status.pid.flatMap { table.memory(of: $0) }
            return status
        }
    }

    /// Why what a part needs could not be made the last time, with the hint that a reason in `status` has no room for.
    public func preparationError(of part: String) -> ParlorError? { preparationErrors[part] }

    private func remember(_ error: ParlorError, of part: String) { preparationErrors[part] = error }

    private func perform(_ action: SupervisorMachine.Action, _ group: inout DiscardingTaskGroup) {
        switch action {
        case .prepare(let attempt): prepare(attempt, &group)
        case .spawn(let attempt): spawn(attempt, &group)
        case .probe(let attempt): probe(attempt, &group)
        case .signal(let attempt, let number):
            children[attempt.part]?.signal(number)
            // One that was halted does not see any other signal before.
            children[attempt.part]?.signal(SIGCONT)
        case .schedule(let attempt, let timer, let delay):
            let report = self.report
            loop.schedule(after: delay) { report.yield(.timer(attempt, timer)) }
        case .finish: break
        }
    }

    private func prepare(_ attempt: Attempt, _ group: inout DiscardingTaskGroup) {
        guard let prepare = programs[attempt.part]?.prepare else { return }
        group.addTask { [report] in
            do {
                try await prepare()
                report.yield(.prepared(attempt))
            } catch {
                let error = ParlorError(describing: error)
                await self.remember(error, of: attempt.part)
                report.yield(.notPrepared(attempt, reason: error.summary))
            }
        }
    }

    private func probe(_ attempt: Attempt, _ group: inout DiscardingTaskGroup) {
        guard let probe = programs[attempt.part]?.probe else { return }
        group.addTask { [report] in
            do {
                try await probe()
                report.yield(.answered(attempt))
            } catch {
                report.yield(.silent(attempt, reason: ParlorError(describing: error).summary))
            }
        }
    }

    private func spawn(_ attempt: Attempt, _ group: inout DiscardingTaskGroup) {
        guard let part = programs[attempt.part] else { return }
        do {
            var program = try part.program()
            let stopSignal = part.declaration.stopSteps.first?.signal ?? 9
            let mark = Leftovers.Mark(stateFolder: stateFolder, part: attempt.part, stopSignal: stopSignal)
            program.environment[Leftovers.variable] = mark.text
            let pipe = try OutputPipe(on: loop)
            let child: Child
            do { child = try Child(starting: program, output: pipe.childOutput, on: loop) } catch {
                pipe.close()
                throw error
            }
            pipe.closeChildEnd()
            children[attempt.part] = child
            report.yield(.spawned(attempt, pid: child.pid))
            group.addTask { [report] in
                // The end of a child reaches even a cancelled wait: it is all there is left to know then.
                guard let status = try? await child.exitStatus() else { return }
                report.yield(.exited(attempt, status))
            }
            group.addTask {
                // Ends when the last process that holds the other end does, which may be later than the child.
                while let chunk = try? await pipe.read() { part.output(chunk) }
                while let rest = pipe.readNow() { part.output(rest) }
                pipe.close()
            }
        } catch {
            report.yield(.notSpawned(attempt, reason: ParlorError(describing: error).summary))
        }
    }
}
