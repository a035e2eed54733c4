import Basics
import Glibc
public import Loop

extension Child {
    /// Starts a program that outlives this one, and hands on what it writes to its standard output until it closes
    /// that, which
    /// says that it runs. Its standard error is this process's own.
    ///
    /// Gives back how it ended when it did so instead. SIGINT and SIGTERM are handed on while its output is awaited.
    public static func startDetached(
        _ program: Program, on loop: EventLoop, relay: (String) -> Void
    ) async throws -> ExitStatus? {
        let pipe = try OutputPipe(on: loop)
        defer { pipe.close() }
        let child = try Child(starting: program, output: pipe.outputOnly, on: loop)
        pipe.closeChildEnd()
        // Unstructured because a stream of signals has no end of its own; it is cancelled before this returns.
        let signals = Task(executorPreference: loop) {
            for await _ in loop.signals(SIGINT, SIGTERM) { child.signal(SIGTERM) }
        }
        defer { signals.cancel() }
        while let bytes = try await pipe.read() { relay(String(decoding: bytes, as: UTF8.self)) }
        return try await child.endsAtOnce(on: loop)
    }

    /// How it ended, if it is about to: a program that dies closes its output a moment before it can be reaped.
    private func endsAtOnce(on loop: EventLoop) async throws -> ExitStatus? {
        try await withThrowingTaskGroup(of: ExitStatus?.self) { group in
            group.addTask { try await self.exitStatus() }
            group.addTask {
                try await loop.sleep(for: .milliseconds(200))
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }
}
