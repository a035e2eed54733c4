import Basics
import Processes

/// A world for the supervisor's machine in which nothing takes time unless a test says so: programs start, answer and
/// end by rule.
struct Simulation {
    typealias Attempt = SupervisorMachine.Attempt

    /// What a part does in this world.
    struct Behaviour {
        var preparation: Result<Void, Failure> = .success(())
        /// The wait until the program answers; nil for never.
        var answersAfter: Duration? = .milliseconds(50)
        /// The wait until the program ends by itself; nil for never.
        var endsAfter: Duration?
        /// The signals that end it.
        var obeys: Set<Int32> = [2, 3, 9, 15]
    }

    struct Failure: Error { var reason: String }

    private(set) var machine: SupervisorMachine
    private(set) var log: [String] = []
    private(set) var running: [String: Attempt] = [:]
    private(set) var isFinished = false
    private(set) var now: Duration = .zero
    var behaviours: [String: Behaviour] = [:]
    private var startedAt: [String: Duration] = [:]
    private var agenda: [(at: Duration, order: Int, event: SupervisorMachine.Event)] = []
    private var order = 0
    private var nextPid: Int32 = 100

    init(_ parts: [PartDeclaration]) {
        machine = SupervisorMachine(parts, at: .init(steady: .zero, wall: Timestamp(seconds: 0)))
    }

    subscript(_ part: String) -> PartStatus { machine.statuses[machine.statuses.firstIndex { $0.name == part } ?? 0] }

    mutating func post(_ event: SupervisorMachine.Event, after delay: Duration = .zero) {
        order += 1
        agenda.append((now + delay, order, event))
    }

    /// The program ends as if somebody had killed it.
    mutating func crash(_ part: String, _ status: ExitStatus = .signalled(9)) {
        guard let attempt = running.removeValue(forKey: part) else { return }
        log.append("\(part) crashed")
        post(.exited(attempt, status))
    }

    /// Lets time pass.
    mutating func run(for duration: Duration) {
        let end = now + duration
        func isEarlier(_ left: Int, _ right: Int) -> Bool {
            (agenda[left].at, agenda[left].order) < (agenda[right].at, agenda[right].order)
        }
        while let index = agenda.indices.min(by: isEarlier), agenda[index].at <= end {
            let next = agenda.remove(at: index)
            now = max(now, next.at)
            if case .exited(let attempt, _) = next.event, running[attempt.part] == attempt {
                running[attempt.part] = nil
            }
            let moment = SupervisorMachine.Moment(steady: now, wall: Timestamp(microseconds: now.microseconds))
            for action in machine.handle(next.event, at: moment) { perform(action) }
        }
        now = end
    }

    private func behaviour(_ part: String) -> Behaviour { behaviours[part] ?? Behaviour() }

    private mutating func perform(_ action: SupervisorMachine.Action) {
        switch action {
        case .prepare(let attempt):
            switch behaviour(attempt.part).preparation {
            case .success: post(.prepared(attempt))
            case .failure(let failure): post(.notPrepared(attempt, reason: failure.reason))
            }
        case .spawn(let attempt):
            precondition(running[attempt.part] == nil, "two programs of \(attempt.part) at once")
            log.append("\(attempt.part) started")
            running[attempt.part] = attempt
            startedAt[attempt.part] = now
            nextPid += 1
            post(.spawned(attempt, pid: nextPid))
            if let end = behaviour(attempt.part).endsAfter { post(.exited(attempt, .exited(1)), after: end) }
        case .probe(let attempt):
            let since = startedAt[attempt.part] ?? now
            if running[attempt.part] == attempt, let wait = behaviour(attempt.part).answersAfter, now - since >= wait {
                post(.answered(attempt))
            } else {
                post(.silent(attempt, reason: "no answer"))
            }
        case .schedule(let attempt, let timer, let delay): post(.timer(attempt, timer), after: delay)
        case .signal(let attempt, let number):
            log.append("\(attempt.part) got signal \(number)")
            guard running[attempt.part] == attempt, behaviour(attempt.part).obeys.contains(number) else { return }
            running[attempt.part] = nil
            post(.exited(attempt, .signalled(number)), after: .milliseconds(5))
        case .finish:
            log.append("finished")
            isFinished = true
        }
    }
}
