import Basics
import Glibc
import JSONText
import Loop
import Processes

/// What a program that ran to its end left.
struct Outcome: Sendable, CustomStringConvertible {
    var command: String
    var status: ExitStatus
    var output: String
    var error: String

    /// The exit status; -1 when a signal ended it.
    var code: Int32 { if case .exited(let code) = status { code } else { -1 } }
    var json: JSON { get throws { try JSON(reading: output) } }

    var description: String { "\(command) \(status)\noutput: \(output)\nerror: \(error)" }
}

/// A program that a test started: its output as it comes, and its end. What is left of it at the end of a test is ended
/// with the test's system.
struct RunningProgram: Sendable {
    let child: Child
    private let command: String
    private let output: OutputReader
    private let error: OutputReader
    private let loop: EventLoop

    init(_ program: Program, on loop: EventLoop) throws {
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
    enum Stream {
        case output
        case error
    }

    /// Waits until it has written `words`, to its standard output unless told otherwise; gives back all that it wrote
    /// there until then.
    @discardableResult
    func says(_ words: String, on stream: Stream = .output, within limit: Duration = .seconds(30)) async throws
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
    func outcome(within limit: Duration = .seconds(60)) async throws -> Outcome {
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
    func end(_ signal: Int32, within limit: Duration = .seconds(60)) async throws -> Outcome {
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
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
