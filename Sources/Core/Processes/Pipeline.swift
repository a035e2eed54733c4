import Basics
import Glibc
public import Loop

/// Programs of which each reads what the one before it writes, joined by the kernel's pipes: what flows through them
/// neither passes through this process nor touches a disk.
///
/// A pipeline succeeds when each of its programs does. When one fails, those before it are killed, since nobody reads
/// them any more; those after it see the end of their input. When the time is over or the task is cancelled, all of them
/// are killed. None is left when `run` returns. What was written by then to the last one's output stays there, and only
/// a success says that it is whole.
public struct Pipeline: Sendable {
    /// The programs, in the order in which the data goes through them.
    public var programs: [Program]

    /// Joins programs.
    public init(_ programs: [Program]) { self.programs = programs }

    /// Runs all of them to their end; gives back the end of what each wrote to its standard error.
    ///
    /// `input` and `output` are open descriptors, which stay the caller's: what the first one reads, and where the last
    /// one writes.
    @discardableResult
    public func run(
        from input: Child.Input = .nothing, into output: Int32, within limit: Duration, on loop: EventLoop
    ) async throws -> [String] {
        let members = try start(input, output, on: loop)
        let isOver = Flag()
        let timer = loop.schedule(after: limit) {
            isOver.isSet = true
            for member in members { member.child.signal(SIGKILL) }
        }
        defer { timer.cancel() }
        let ends = await withTaskCancellationHandler {
            await Self.ends(of: members, on: loop)
        } onCancel: {
            loop.execute { for member in members { member.child.signal(SIGKILL) } }
        }
        try Task.checkCancellation()
        let names = programs.map { Files.name(of: $0.executable) }
        if isOver.isSet {
            throw ParlorError(.timeout, "\(names.joined(separator: " | ")) took longer than \(limit.brief)")
        }
        if let failure = Self.cause(ends, names) { throw failure }
        return ends.map(\.errors)
    }

    private func start(_ input: Child.Input, _ output: Int32, on loop: EventLoop) throws(ParlorError) -> [Member] {
        var members: [Member] = []
        var input = input
        var reading: Int32 = -1
        defer { if reading >= 0 { close(reading) } }
        do throws(ParlorError) {
            for (place, program) in programs.enumerated() {
                let joint = place == programs.count - 1 ? (reading: -1, writing: output) : try Self.joint()
                defer { if joint.writing != output { close(joint.writing) } }
                defer {
                    if reading >= 0 { close(reading) }
                    (reading, input) = (joint.reading, .descriptor(joint.reading))
                }
                members.append(try Member(program, from: input, to: joint.writing, on: loop))
            }
        } catch {
            for member in members { member.abandon() }
            throw error
        }
        return members
    }

    /// A pipe that no other child inherits.
    private static func joint() throws(ParlorError) -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .systemCall("pipe", errno: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    /// Waits for the end of all, however they end. The tasks are not children of this one, which may be cancelled: killed
    /// programs must be reaped nevertheless.
    private static func ends(of members: [Member], on loop: EventLoop) async -> [Member.End] {
        let tasks = members.enumerated().map { place, member in
            Task(executorPreference: loop) {
                let end = await member.end()
                if !end.status.isSuccess { for earlier in members[..<place] { earlier.kill() } }
                return end
            }
        }
        var ends: [Member.End] = []
        for task in tasks { ends.append(await task.value) }
        return ends
    }

    /// The failure of which the others are consequences. Who writes to a program that has ended, or was killed because of
    /// it, is not to blame; of the others it is the first, because those after it did not get what they wanted.
    private static func cause(_ ends: [Member.End], _ names: [String]) -> ParlorError? {
        let failed = ends.indices.filter { !ends[$0].status.isSuccess }
        guard let place = failed.first(where: { !ends[$0].isConsequence }) ?? failed.last else { return nil }
        let (status, errors) = (ends[place].status, ends[place].errors)
        // What stands below the line that names the error may be a statement.
        let lines = errors.split(separator: "\n")
        let last = (lines.first { $0.contains("error: ") } ?? lines.last).map { ": \($0)" } ?? ""
        let verb = if case .signalled = status { "it was" } else { "it" }
        return ParlorError(
            errors.contains("No space left on device") ? .diskFull : .programFailed, "\(names[place]) failed",
            why: "\(verb) \(status)\(last)", detail: errors)
    }

    private final class Flag: @unchecked Sendable {
        // Guard of @unchecked Sendable: loop only: the timer sets it there, and who looks at it runs there.
        var isSet = false
    }
}

/// One program of a pipeline. Used on the loop only.
private final class Member: @unchecked Sendable {
    // Guard of @unchecked Sendable: loop only, as the child that it holds.

    /// How a program ended.
    struct End: Sendable {
        var status: ExitStatus
        /// The end of what it wrote to its standard error.
        var errors: String
        /// Whether it was killed because a program after it had failed.
        var wasKilled: Bool

        var isConsequence: Bool { wasKilled || status == .signalled(SIGPIPE) || errors.contains("Broken pipe") }
    }

    let child: Child
    private let errors: OutputPipe
    private let loop: EventLoop
    private var wasKilled = false
    private var text: [UInt8] = []

    init(_ program: Program, from input: Child.Input, to output: Int32, on loop: EventLoop) throws(ParlorError) {
        self.loop = loop
        errors = try OutputPipe(on: loop)
        do throws(ParlorError) {
            child = try Child(starting: program, input: input, output: errors.errors(outputTo: output), on: loop)
        } catch {
            errors.close()
            throw error
        }
        errors.closeChildEnd()
    }

    func kill() {
        guard child.isRunning else { return }
        wasKilled = true
        child.signal(SIGKILL)
    }

    /// Kills it when those after it could not be started; the child reaps itself.
    func abandon() {
        kill()
        errors.close()
    }

    /// Waits for its end. What it started itself may go on and hold its errors open; that is not waited for.
    func end() async -> End {
        let drain = Task(executorPreference: loop) { [self] in
            while let chunk = try? await errors.read() { add(chunk) }
        }
        let status = (try? await child.exitStatus()) ?? .signalled(SIGKILL)
        errors.fail(CancellationError())
        await drain.value
        // What is in the pipe by now, and no more: another process may write on for ever.
        for _ in 0..<4 { if let chunk = errors.readNow() { add(chunk) } }
        errors.close()
        return End(status: status, errors: String(decoding: text, as: UTF8.self), wasKilled: wasKilled)
    }

    private func add(_ chunk: ArraySlice<UInt8>) {
        text += chunk
        if text.count > 64 << 10 { text.removeFirst(text.count - 32 << 10) }
    }
}
