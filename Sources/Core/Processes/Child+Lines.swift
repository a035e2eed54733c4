import Basics
import Glibc
public import Loop

extension Child {
    /// Runs a program to its end, handing on each line of its standard output while it is written; the outcome has what it
    /// wrote to its standard error.
    ///
    /// When `limit` passes or the task is cancelled, the program is told to end, killed when it does not within ten
    /// seconds, and the error thrown.
    public static func run(
        _ program: Program, within limit: Duration, on loop: EventLoop, line: @escaping @Sendable (String) -> Void
    ) async throws -> Outcome {
        let (output, complaints) = (try OutputPipe(on: loop), try OutputPipe(on: loop))
        defer {
            output.close()
            complaints.close()
        }
        let child = try Child(starting: program, output: output.output(errorsInto: complaints), on: loop)
        for pipe in [output, complaints] { pipe.closeChildEnd() }
        let timer = loop.schedule(after: limit) {
            let error = ParlorError(
                .timeout, "\(Files.name(of: program.executable)) took longer than \(limit.brief)")
            output.fail(error)
            complaints.fail(error)
        }
        defer { timer.cancel() }
        do {
            async let errors = complaints.readAll()
            try await output.readLines(line)
            let text = try await errors
            return Outcome(status: try await child.exitStatus(), output: text)
        } catch {
            child.signal(SIGTERM)
            let kill = loop.schedule(after: .seconds(10)) { child.signal(SIGKILL) }
            defer { kill.cancel() }
            // Unstructured because a cancelled task cannot wait, and a child that nobody reaps stays in the table for
            // ever.
            await Task(executorPreference: loop) { _ = try? await child.exitStatus() }.value
            throw error
        }
    }
}

extension OutputPipe {
    /// Hands on every line until the end; bytes that are no UTF-8 are replaced.
    func readLines(_ line: (String) -> Void) async throws {
        var rest: [UInt8] = []
        while let chunk = try await read() {
            rest += chunk
            var begin = 0
            while let end = rest[begin...].firstIndex(of: UInt8(ascii: "\n")) {
                line(String(decoding: rest[begin..<end], as: UTF8.self))
                begin = end + 1
            }
            rest.removeFirst(begin)
        }
        if !rest.isEmpty { line(String(decoding: rest, as: UTF8.self)) }
    }

    /// The end of what arrives.
    func readAll() async throws -> String {
        var text: [UInt8] = []
        while let chunk = try await read() {
            text += chunk
            if text.count > 128 << 10 { text.removeFirst(text.count - 64 << 10) }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
