import Basics
import Glibc
import Loop
import Processes
import Testing

@Suite struct ChildTests {
    private func shell(_ script: String, environment: [String: String] = [:], folder: String? = nil) -> Program {
        Program("/bin/sh", ["-c", script], environment: environment, folder: folder)
    }

    private func outcome(_ program: Program, within limit: Duration = .seconds(20)) async throws -> Child.Outcome {
        try await EventLoop.onThread { loop in try await Child.run(program, within: limit, on: loop) }
    }

    @Test("A program's output and exit status come back")
    func outputAndStatus() async throws {
        let outcome = try await outcome(shell("echo out; echo err >&2; exit 3"))
        #expect(outcome.output == "out\nerr\n")
        #expect(outcome.status == .exited(3))
        #expect("\(outcome.status)" == "exited with status 3")
    }

    @Test("A program that dies of a signal is reported with the signal's name")
    func signalled() async throws {
        let status = try await outcome(shell("kill -9 $$")).status
        #expect("\(status)" == "killed by signal 9 (SIGKILL)")
    }

    @Test("A program gets the environment and the folder it was given, and nothing else")
    func surroundings() async throws {
        let outcome = try await outcome(
            Program("/usr/bin/env", [], environment: ["COLOUR": "green"], folder: "/"))
        #expect(outcome.output == "COLOUR=green\n")
        #expect(try await self.outcome(shell("pwd", folder: "/usr")).output == "/usr\n")
    }

    @Test("A program inherits no descriptor, no blocked signal, and has a session of its own")
    func cleanStart() async throws {
        let open = try await outcome(Program("/bin/ls", ["/proc/self/fd"]))
        // 3 is the folder that ls itself reads.
        #expect(open.output == "0\n1\n2\n3\n")
        let signals = try await outcome(Program("/bin/grep", ["-E", "SigBlk|SigIgn", "/proc/self/status"]))
        for line in signals.output.split(separator: "\n") {
            // The C library keeps signals 32 and 33 for itself and lets nobody change them.
            let mask = try #require(UInt64(line.split(separator: "\t")[1], radix: 16))
            #expect(mask & 0x7FFF_FFFF == 0, "\(line)")
        }
        let session = try await outcome(shell("read pid rest < /proc/self/stat; set -- $rest; echo $pid $5"))
        let fields = session.output.split { $0 == " " || $0 == "\n" }
        #expect(fields[0] == fields[1])
    }

    @Test(
        "A program that cannot be started is an error that says why",
        arguments: [
            ("/nowhere/at-all", "no such file or directory", ErrorCode.engineMissing),
            ("/etc/passwd", "permission denied", ErrorCode.programFailed),
        ])
    func cannotStart(path: String, why: String, code: ErrorCode) async {
        let error = await #expect(throws: ParlorError.self) { try await outcome(Program(path)) }
        #expect(error?.summary == "cannot start \(path): \(why)")
        #expect(error?.code == code)
    }

    @Test("A program that takes too long is killed")
    func tooLong() async throws {
        let error = await #expect(throws: ParlorError.self) {
            try await outcome(Program("/bin/sleep", ["1000"]), within: .milliseconds(30))
        }
        #expect(error?.summary == "sleep took longer than 30 ms")
    }

    @Test("A program that must succeed fails with its last line as the reason")
    func mustSucceed() async throws {
        let error = await #expect(throws: ParlorError.self) {
            try await EventLoop.onThread { loop in
                try await Child.runSuccessfully(shell("echo one; echo two; exit 4"), within: .seconds(20), on: loop)
            }
        }
        #expect(error?.summary == "sh failed: it exited with status 4: two")
    }

    @Test("A million lines of output do not fill the memory, and their end is kept")
    func muchOutput() async throws {
        let outcome = try await outcome(Program("/usr/bin/seq", ["1000000"]))
        #expect(outcome.output.hasSuffix("999999\n1000000\n"))
        #expect(outcome.output.utf8.count < 200 << 10)
    }

    /// How many descriptors of this process hold a child.
    private static func childDescriptors() throws -> Int {
        try Files.list("/proc/self/fd").filter { name in
            var target = [CChar](repeating: 0, count: 64)
            let length = readlink("/proc/self/fd/\(name)", &target, target.count - 1)
            return length > 0
                && String(decoding: target.prefix(length).map(UInt8.init(bitPattern:)), as: UTF8.self).contains("pidfd")
        }.count
    }

    @Test("Five hundred programs that start and end at once leave no descriptor and no zombie behind")
    func stress() async throws {
        try await EventLoop.onThread { loop in
            let before = try Self.childDescriptors()
            for _ in 0..<10 {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<50 {
                        group.addTask {
                            if number % 2 == 0 {
                                let outcome = try await Child.run(Program("/bin/true"), within: .seconds(180), on: loop)
                                #expect(outcome.status.isSuccess)
                            } else {
                                let child = try Child(starting: Program("/bin/sleep", ["1000"]), on: loop)
                                child.signal(SIGTERM)
                                #expect(try await child.exitStatus() == .signalled(SIGTERM))
                                #expect(!child.isRunning)
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
            // Other tests of this process start children meanwhile, hence the margin; 500 leaked ones would show.
            #expect(try Self.childDescriptors() < before + 100)
        }
    }
}
