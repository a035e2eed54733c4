import Testing

/// Tests wait for what they expect, never for a time.
enum Sleeps {
    private static let calls: Set = ["sleep", "usleep", "nanosleep"]
    /// What a sleep of a real clock is called on; a clock that a test moves by hand may sleep.
    private static let sleepers: Set = [
        "Task", "Thread", "Glibc", "Foundation", "ContinuousClock", "SuspendingClock", "continuous", "suspending",
    ]

    static func faults(in files: [SourceFile]) -> [Fault] {
        files.flatMap { file in
            file.tokens.indices.filter { isSleep(file.tokens, $0) }.map {
                let message = "a sleep; wait for the signal, or inject a clock that the test moves"
                return Fault(path: file.path, line: file.tokens[$0].line, message: message)
            }
        }
    }

    private static func isSleep(_ tokens: [Token], _ index: Int) -> Bool {
        guard tokens[index].kind == .word, calls.contains(tokens[index].text), tokens.code(at: index - 1) != "func"
        else {
            return false
        }
        guard tokens.code(at: index - 1) == "." else { return tokens.code(at: index + 1) == "(" }
        // The receiver, without the `()` of a clock that is made on the spot or the `<…>` of a task's type.
        let receiver = tokens[..<(index - 1)].suffix(6).last { $0.kind == .word && $0 != "Never" }
        return receiver.map { sleepers.contains($0.text) } ?? false
    }
}

extension Token {
    fileprivate static func != (token: Token, text: String) -> Bool { !(token == text) }
}

@Suite struct SleepTests {
    @Test(
        "A sleep is named",
        arguments: [
            "sleep(1)", "usleep(10)", "nanosleep(&a, nil)", "Glibc.sleep(1)", "try await Task.sleep(for: .seconds(1))",
            "try await Task<Never, Never>.sleep(nanoseconds: 1)", "Thread.sleep(forTimeInterval: 1)",
            "try await ContinuousClock().sleep(until: .now)",
        ])
    func named(text: String) { #expect(Sleeps.faults(in: [SourceFile("Tests/A.swift", text)]).map(\.line) == [1]) }

    @Test(
        "A child that sleeps, a clock moved by hand and a mention are fine",
        arguments: [
            "run(\"/bin/sh\", \"-c\", \"sleep 100; usleep(1)\")", "func sleep(until deadline: Instant) async throws {}",
            "try await manual.sleep(for: .seconds(1))", "// sleep(1)", "let sleep = 1",
        ])
    func innocent(text: String) { #expect(Sleeps.faults(in: [SourceFile("Tests/A.swift", text)]) == []) }

    @Test("No test sleeps")
    func tests() { expectNone(Sleeps.faults(in: Repository.swiftTests)) }
}
