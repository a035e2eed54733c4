import Basics
import Glibc
public import Loop

extension Child {
    /// What a program that ran to its end left.
    public struct Outcome: Sendable {
        /// How it ended.
        public var status: ExitStatus
        /// What it wrote to its standard output and error, the end of it when it was much.
        public var output: String
    }

    /// Runs a program to its end and collects what it writes.
    ///
    /// When `limit` passes or the task is cancelled, the program is killed and the error thrown.
    public static func run(
        _ program: Program, within limit: Duration, on loop: EventLoop
    ) async throws -> Outcome {
        let pipe = try OutputPipe(on: loop)
        defer { pipe.close() }
        let child = try Child(starting: program, output: pipe.childOutput, on: loop)
        pipe.closeChildEnd()
        let timedOut = ParlorError(
            .timeout, "\(Files.name(of: program.executable)) took longer than \(limit.brief)")
        let timer = loop.schedule(after: limit) {
            child.signal(SIGKILL)
            pipe.fail(timedOut)
        }
        defer { timer.cancel() }
        do {
            var output: [UInt8] = []
            while let chunk = try await pipe.read() {
                output += chunk
                if output.count > 128 << 10 { output.removeFirst(output.count - 64 << 10) }
            }
            let status = try await child.exitStatus()
            return Outcome(status: status, output: String(decoding: output, as: UTF8.self))
        } catch {
            child.signal(SIGKILL)
            // Unstructured because a cancelled task cannot wait, and a child that nobody reaps stays in the table for
            // ever.
            await Task(executorPreference: loop) { _ = try? await child.exitStatus() }.value
            throw error
        }
    }

    /// Runs a program that must succeed; its output is the reason in the error when it does not.
    @discardableResult
    public static func runSuccessfully(
        _ program: Program, within limit: Duration, on loop: EventLoop
    ) async throws -> String {
        let outcome = try await run(program, within: limit, on: loop)
        guard outcome.status.isSuccess else {
            let last = outcome.output.split(separator: "\n").last.map { ": \($0)" } ?? ""
            throw ParlorError(
                outcome.output.contains("No space left on device") ? .diskFull : .programFailed,
                "\(Files.name(of: program.executable)) failed", why: "it \(outcome.status)\(last)",
                detail: outcome.output)
        }
        return outcome.output
    }
}
