/// Keeps in order what was sent on a pipeline, and what became of it until the Sync behind it decides.
///
/// Invariants:
/// - Each step is answered once, in the order of sending; a Sync may fail first and is answered all the same.
/// - The executions between two Syncs are a group. A verdict on any of them is given at the group's Sync, never before:
///   only then is what it did committed.
/// - A group of one that fails has failed. A larger group that fails decides nothing: all of its members go again.
struct PipelineLedger<Call: AnyObject, Output, Failure> {
    /// Something that the server answers once.
    enum Step {
        case preparation(Call, name: String)
        case deallocation(String)
        /// The context in front of a statement.
        case context(Call)
        case execution(Call)
        case sync
    }

    /// The server's answer to a step.
    enum Answer {
        case done(Output)
        case failed(Failure)
        /// Not even tried, because a step before it in the group failed.
        case skipped
    }

    /// What becomes of a statement.
    enum Verdict {
        case succeeded(Call, Output)
        case failed(Call, Failure)
        case again(Call)
    }

    private struct Member {
        var call: Call
        var output: Output?
    }

    private var steps: [Step] = []
    private var head = 0
    private var members: [Member] = []
    private var failure: Failure?
    /// Executions behind the last Sync that was sent.
    private(set) var openGroup = 0

    var isEmpty: Bool { head == steps.count }

    var count: Int { steps.count - head }

    /// The statement that the server works on, or will as soon as it has received it.
    var running: Call? {
        for step in steps[head...] {
            switch step {
            case .preparation(let call, _), .context(let call), .execution(let call): return call
            case .deallocation, .sync: continue
            }
        }
        return nil
    }

    /// A statement of the group that is next to be answered. The server may work on any of its statements, since it
    /// may keep their answers back until the Sync.
    func runningMember(where isWanted: (Call) -> Bool) -> Call? {
        var isInGroup = false
        for step in steps[head...] {
            switch step {
            case .preparation(let call, _), .context(let call), .execution(let call):
                if isWanted(call) { return call }
                isInGroup = true
            case .deallocation: continue
            case .sync: if isInGroup { return nil }
            }
        }
        return nil
    }

    mutating func sent(_ step: Step) {
        steps.append(step)
        switch step {
        case .execution: openGroup += 1
        case .sync: openGroup = 0
        case .preparation, .deallocation, .context: break
        }
    }

    /// Takes the answer to the next step and says which it was. That to a Sync can only be `failed` here: it failed
    /// to commit, and `synced` follows.
    mutating func answered(_ answer: Answer) -> Step? {
        guard head < steps.count else { return nil }
        let step = steps[head]
        if case .failed(let failure) = answer, !step.isOptional { self.failure = self.failure ?? failure }
        switch step {
        case .sync: return step
        case .execution(let call):
            if case .done(let output) = answer {
                members.append(Member(call: call, output: output))
            } else {
                members.append(Member(call: call, output: nil))
            }
        case .preparation, .deallocation, .context: break
        }
        advance()
        return step
    }

    /// Takes the answer to a Sync; nil when the next step is none.
    mutating func synced() -> [Verdict]? {
        guard head < steps.count, case .sync = steps[head] else { return nil }
        advance()
        defer {
            members.removeAll(keepingCapacity: true)
            failure = nil
        }
        if let failure {
            guard members.count == 1 else { return members.map { .again($0.call) } }
            return members.map { .failed($0.call, failure) }
        }
        // Without a failure of a statement, one without output fell to that of a step that is nobody's.
        return members.map { member in member.output.map { .succeeded(member.call, $0) } ?? .again(member.call) }
    }

    /// Every statement without a verdict, in order, for a connection that has ended.
    mutating func abandonAll() -> [Call] {
        let calls =
            members.map(\.call)
            + steps[head...].compactMap { if case .execution(let call) = $0 { call } else { nil } }
        self = PipelineLedger()
        return calls
    }

    private mutating func advance() {
        head += 1
        if head == steps.count {
            steps.removeAll(keepingCapacity: true)
            head = 0
        } else if head > 1024, head * 2 > steps.count {
            steps.removeFirst(head)
            head = 0
        }
    }
}

extension PipelineLedger.Step {
    /// Whether no statement depends on it.
    fileprivate var isOptional: Bool { if case .deallocation = self { true } else { false } }
}
