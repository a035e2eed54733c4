public import Basics
import CLinux
import Glibc
public import Loop

/// A program that this process started, held by a descriptor of the kernel's rather than by a number that may be given
/// again.
///
/// States: running; ended (reaped, and the descriptor closed: signals go nowhere). Used on the loop only.
public final class Child: @unchecked Sendable {
    // Guard of @unchecked Sendable: loop only.

    /// Where the child's standard output and error go.
    public enum Output: Sendable {
        /// To `/dev/null`.
        case discarded
        /// To these open descriptors, which stay the caller's.
        case descriptors(output: Int32, error: Int32)
    }

    /// Where the child's standard input comes from.
    public enum Input: Sendable {
        /// From `/dev/null`, where nothing is.
        case nothing
        /// From this open descriptor, which stays the caller's.
        case descriptor(Int32)
    }

    /// The process id, for people.
    public let pid: Int32
    private let loop: EventLoop
    private let pidfd: Int32
    private var watch: DescriptorWatch?
    private let ended = LoopWait<ExitStatus>()

    /// Starts `program`. The caller's thread must be the loop's: the kernel ties the death signal to the thread that
    /// starts a child.
    public init(
        starting program: Program, input: Input = .nothing, output: Output = .discarded, on loop: EventLoop
    ) throws(ParlorError) {
        precondition(loop.isCurrent, "a child must be started on the loop's thread")
        var descriptor: Int32 = -1
        let result = Child.spawn(program, input, output, &descriptor)
        guard result > 0 else { throw Child.failure(program, -result) }
        self.loop = loop
        pid = result
        pidfd = descriptor
        watch = try DescriptorWatch(descriptor, on: loop)
        reapWhenEnded()
    }

    private static func failure(_ program: Program, _ number: Int32) -> ParlorError {
        ParlorError(
            number == ENOENT ? .engineMissing : .programFailed, "cannot start \(program.executable)",
            why: errnoMeaning(number))
    }

    private static func spawn(
        _ program: Program, _ input: Input, _ output: Output, _ pidfd: inout Int32
    ) -> Int32 {
        let arguments = ([program.name] + program.arguments).map { strdup($0) } + [nil]
        let environment = program.environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        let executable = strdup(program.executable)
        let folder = program.folder.map { strdup($0) } ?? nil
        defer { for text in arguments + environment + [executable, folder] { free(text) } }
        return arguments.withUnsafeBufferPointer { arguments in
            environment.withUnsafeBufferPointer { environment in
                var request = parlor_spawn_request()
                request.executable = UnsafePointer(executable)
                request.arguments = arguments.baseAddress
                request.environment = environment.baseAddress
                request.folder = UnsafePointer(folder)
                request.standard_input = -1
                request.standard_output = -1
                request.standard_error = -1
                if case .descriptor(let input) = input { request.standard_input = input }
                if case .descriptors(let output, let error) = output {
                    request.standard_output = output
                    request.standard_error = error
                }
                request.parent_death_signal = program.parentDeathSignal ?? 0
                return parlor_spawn(&request, &pidfd)
            }
        }
    }

    private func reapWhenEnded() {
        // Unstructured because the child must be reaped even when nobody waits for its end; the task ends with the
        // child.
        Task(executorPreference: loop) { [self] in
            while watch != nil {
                try? await watch?.readable()
                reap()
            }
        }
    }

    private func reap() {
        var code: Int32 = 0
        var bySignal: Int32 = 0
        guard parlor_pidfd_reap(pidfd, &code, &bySignal) != 0 else { return }
        watch?.close()
        watch = nil
        close(pidfd)
        ended.succeed(bySignal == 0 ? .exited(code) : .signalled(code))
    }

    /// Whether it has not been seen to end.
    public var isRunning: Bool { watch != nil }

    /// Sends a signal; nothing happens when the child has ended.
    public func signal(_ number: Int32) {
        if isRunning { _ = parlor_pidfd_signal(pidfd, number) }
    }

    /// Waits for the end. A cancelled wait throws and leaves the child alone.
    public func exitStatus() async throws -> ExitStatus { try await ended.value(on: loop) }
}
