package import Basics
import Glibc
import JSONText
package import Loop
package import Processes

/// What a program that ran to its end left.
package struct Outcome: Sendable, CustomStringConvertible {
    /// Its command line.
    package var command: String
    /// How it ended.
    package var status: ExitStatus
    /// What it wrote to its standard output.
    package var output: String
    /// What it wrote to its standard error.
    package var error: String

    /// The exit status; -1 when a signal ended it.
    package var code: Int32 { if case .exited(let code) = status { code } else { -1 } }
    /// What it wrote, as JSON.
    package var json: JSON { get throws { try JSON(reading: output) } }

    /// All of it.
    package var description: String { "\(command) \(status)\noutput: \(output)\nerror: \(error)" }
}

/// A program that a test started: its output as it comes, and its end. What is left of it at the end of a test is ended
/// with the test's system.
package struct RunningProgram: Sendable {
    /// The process.
    package let child: Child
    private let command: String
    private let output: OutputReader
    private let error: OutputReader
    private let loop: EventLoop

    /// Starts it.
    package init(_ program: Program, on loop: EventLoop) throws {
        let (output, error) = (try OutputReader(on: loop), try OutputReader(on: loop))
        (self.output, self.error, self.loop) = (output, error, loop)
        command = ([program.name] + program.arguments).joined(separator: " ")
        defer {
            output.closeWriteEnd()
            error.closeWriteEnd()
        }
        child = try Child(
            starting: program, output: .descriptors(output: output.writeEnd, error: error.writeEnd), on: loop)
    }

    /// The two ways out of a program.
    package enum Stream {
        /// Standard output.
        case output
        /// Standard error.
        case error
    }

    /// Waits until it has written `words`, to its standard output unless told otherwise; gives back all that it wrote
    /// there until then.
    @discardableResult
    package func says(_ words: String, on stream: Stream = .output, within limit: Duration = .seconds(30)) async throws
        -> String
    {
        let reader = stream == .output ? output : error
        try await before(limit, "\"\(words)\"") { try await reader.read { $0.contains(words) } }
        guard reader.text.contains(words) else {
            let outcome = try await outcome()
            throw Failure("\(outcome) without \"\(words)\"")
        }
        return reader.text
    }

    /// Waits for its end.
    package func outcome(within limit: Duration = .seconds(60)) async throws -> Outcome {
        defer {
            output.close()
            error.close()
        }
        let status = try await before(limit, "its end") {
            try await output.read()
            try await error.read()
            return try await child.exitStatus()
        }
        return Outcome(command: command, status: status, output: output.text, error: error.text)
    }

    /// Ends it by a signal and waits for that.
    @discardableResult
    package func end(_ signal: Int32, within limit: Duration = .seconds(60)) async throws -> Outcome {
        child.signal(signal)
        return try await outcome(within: limit)
    }

    private func before<Result>(_ limit: Duration, _ what: String, _ body: () async throws -> Result) async throws
        -> Result
    {
        let failure = Failure("\(command) let wait for \(what) longer than \(limit.brief)")
        let timer = loop.schedule(after: limit) { [child, output, error] in
            child.signal(SIGKILL)
            output.fail(failure)
            error.fail(failure)
        }
        defer { timer.cancel() }
        do { return try await body() } catch is Failure {
            throw Failure("\(failure.description)\noutput: \(output.text)\nerror: \(error.text)")
        }
    }
}

/// Something that a test waits for did not come.
package struct Failure: Error, CustomStringConvertible {
    /// A sentence.
    package let description: String

    /// Says what did not come.
    package init(_ description: String) { self.description = description }
}
