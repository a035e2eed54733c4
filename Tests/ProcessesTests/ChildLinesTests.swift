import Basics
import Glibc
import Loop
import Processes
import Synchronization
import TestSupport
import Testing

@Suite struct ChildLinesTests {
    private func shell(_ script: String) -> Program { Program("/bin/sh", ["-c", script]) }

    /// Runs a program and gives back its lines and how it ended.
    private func run(
        _ program: Program, within limit: Duration = .seconds(20)
    ) async throws -> (lines: [String], outcome: Child.Outcome) {
        let lines = Mutex<[String]>([])
        let outcome = try await EventLoop.onThread { loop in
            try await Child.run(program, within: limit, on: loop) { line in lines.withLock { $0.append(line) } }
        }
        return (lines.withLock { $0 }, outcome)
    }

    @Test("Lines of the output are handed on, and what is said of errors is in the outcome")
    func separate() async throws {
        let (lines, outcome) = try await run(shell("echo one; echo wrong >&2; echo; printf two; exit 3"))
        #expect(lines == ["one", "", "two"])
        #expect(outcome.output == "wrong\n")
        #expect(outcome.status == .exited(3))
    }

    @Test("A line comes while the program still runs")
    func early() async throws {
        let lines = Mutex<[String]>([])
        // Held until the end: what stands in a pipe is gone when nobody has it open, and the program may not have it yet.
        let pipe = Mutex<Int32>(-1)
        defer { close(pipe.withLock { $0 }) }
        try await withTemporaryFolder { folder in
            let script = "mkfifo \(folder)/pipe; echo ready; read word < \(folder)/pipe; echo $word"
            let program = Program("/bin/sh", ["-c", script], environment: ["PATH": "/usr/bin:/bin"])
            let outcome = try await EventLoop.onThread { loop in
                try await Child.run(program, within: .seconds(20), on: loop) { line in
                    lines.withLock { $0.append(line) }
                    // It waits for this word, which only its own line brings about.
                    guard line == "ready" else { return }
                    let descriptor = open("\(folder)/pipe", O_RDWR)
                    write(descriptor, "green\n", 6)
                    pipe.withLock { $0 = descriptor }
                }
            }
            #expect(outcome.status.isSuccess)
        }
        #expect(lines.withLock { $0 } == ["ready", "green"])
    }

    @Test("Many lines arrive whole and in their order, whatever is written beside them")
    func many() async throws {
        let (lines, outcome) = try await run(shell("seq 100000 & seq 200000 >&2; wait"))
        #expect(lines.count == 100_000)
        #expect(lines.enumerated().allSatisfy { $0.element == "\($0.offset + 1)" })
        #expect(outcome.output.hasSuffix("199999\n200000\n"))
        #expect(outcome.output.utf8.count < 200 << 10)
    }

    @Test("Bytes that are no UTF-8 are replaced, and a very long line is one line")
    func bytes() async throws {
        let (lines, _) = try await run(shell(#"printf 'a\377b\n'; head -c 300000 /dev/zero | tr '\0' x; echo"#))
        #expect(lines.count == 2)
        #expect(lines.first == "a\u{FFFD}b")
        #expect(lines.last?.utf8.count == 300_000)
    }

    @Test("A program that takes too long is told to end, and may put its things in order")
    func tooLong() async throws {
        try await withTemporaryFolder { folder in
            let script = "trap 'echo done > \(folder)/ended; kill $!; exit 0' TERM; sleep 1000 & wait"
            let error = await #expect(throws: ParlorError.self) { try await run(shell(script), within: .seconds(1)) }
            #expect(error?.summary == "sh took longer than 1.0 s")
            #expect(error?.code == .timeout)
            let said = try Files.readText("\(folder)/ended")
            #expect(said == "done\n")
        }
    }

    @Test("A run that is called off ends its program")
    func cancelled() async throws {
        try await withTemporaryFolder { folder in
            let script = "trap 'echo done > \(folder)/ended; kill $!; exit 0' TERM; sleep 1000 & echo ready; wait"
            let program = shell(script)
            try await EventLoop.onThread { loop in
                let (ready, announce) = AsyncStream.makeStream(of: Void.self)
                let task = Task(executorPreference: loop) {
                    _ = try await Child.run(program, within: .seconds(60), on: loop) { _ in announce.yield() }
                }
                for await _ in ready { break }
                task.cancel()
                let result = await task.result
                #expect(throws: (any Error).self) { try result.get() }
            }
            let said = try Files.readText("\(folder)/ended")
            #expect(said == "done\n")
        }
    }
}
