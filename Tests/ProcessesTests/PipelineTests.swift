import Basics
import Glibc
import Loop
import Processes
import TestSupport
import Testing

@Suite struct PipelineTests {
    private func shell(_ script: String) -> Program {
        Program("/bin/sh", ["-c", script], environment: ["LC_ALL": "C"])
    }

    /// What comes out of the last program, and what all of them wrote to their standard errors.
    private func run(
        _ programs: [Program], within limit: Duration = .seconds(20)
    ) async throws -> (output: [UInt8], errors: [String]) {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/output"
            let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            #expect(descriptor >= 0)
            defer { close(descriptor) }
            let errors = try await EventLoop.onThread { loop in
                try await Pipeline(programs).run(into: descriptor, within: limit, on: loop)
            }
            return (try Files.read(path), errors)
        }
    }

    @Test("What the first program writes goes through all of them into the descriptor")
    func flows() async throws {
        let (output, errors) = try await run([
            shell("seq 1 200000; echo counted >&2"), Program("/usr/bin/sort", ["-n"]),
            Program("/usr/bin/tail", ["-n1"]),
        ])
        #expect(String(decoding: output, as: UTF8.self) == "200000\n")
        #expect(errors == ["counted\n", "", ""])
    }

    @Test("A program alone reads what it is given")
    func input() async throws {
        try await withTemporaryFolder { folder in
            try Files.writeAtomically("hello", to: "\(folder)/input")
            let input = open("\(folder)/input", O_RDONLY | O_CLOEXEC)
            let output = open("\(folder)/output", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
            defer { for descriptor in [input, output] { close(descriptor) } }
            _ = try await EventLoop.onThread { loop in
                try await Pipeline([Program("/usr/bin/tr", ["a-z", "A-Z"])]).run(
                    from: .descriptor(input), into: output, within: .seconds(20), on: loop)
            }
            #expect(try Files.readText("\(folder)/output") == "HELLO")
        }
    }

    @Test(
        "The program that failed is named with its reason, wherever it stands",
        arguments: [
            (["echo no server >&2; exit 1", "exec cat", "exec cat"], "sh failed: it exited with status 1: no server"),
            (["exec yes", "echo no room >&2; exit 3", "exec cat"], "sh failed: it exited with status 3: no room"),
            (["exec yes", "exec cat", "echo no key >&2; exit 2"], "sh failed: it exited with status 2: no key"),
            // The others end because of it, and say so.
            (["while echo y; do :; done", "exec cat", "kill -9 $$"], "sh failed: it was killed by signal 9 (SIGKILL)"),
            (
                ["echo first >&2; exit 1", "exec cat", "echo later >&2; exit 2"],
                "sh failed: it exited with status 1: first"
            ),
            // This one does not write, so it does not notice by itself.
            (["exec sleep 1000", "exit 4"], "sh failed: it exited with status 4"),
        ])
    func failures(scripts: [String], summary: String) async {
        let error = await #expect(throws: ParlorError.self) { try await run(scripts.map(shell)) }
        #expect(error?.summary == summary)
        #expect(error?.code == .programFailed)
    }

    @Test("A program that is not there fails the whole, and those before it end")
    func missing() async {
        let error = await #expect(throws: ParlorError.self) {
            try await run([Program("/bin/sleep", ["1000"]), Program("/nowhere/gpg")])
        }
        #expect(error?.code == .engineMissing)
    }

    @Test("All are killed when their time is over")
    func tooLong() async {
        let sleep = Program("/bin/sleep", ["1000"])
        let error = await #expect(throws: ParlorError.self) {
            try await run([sleep, sleep], within: .milliseconds(50))
        }
        #expect(error?.summary == "sleep | sleep took longer than 50 ms")
        #expect(error?.code == .timeout)
    }

    @Test("All are killed and reaped when the task is cancelled")
    func cancelled() async throws {
        try await EventLoop.onThread { loop in
            let null = open("/dev/null", O_WRONLY | O_CLOEXEC)
            defer { close(null) }
            let task = Task(executorPreference: loop) {
                try await Pipeline([shell("sleep 1000; true"), Program("/bin/cat")]).run(
                    into: null, within: .seconds(1000), on: loop)
            }
            await Task.yield()
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    @Test("A full disk has its own code")
    func fullDisk() async {
        let error = await #expect(throws: ParlorError.self) {
            try await run([shell("exec yes"), shell("exec cat > /dev/full")])
        }
        #expect(error?.code == .diskFull)
    }
}
