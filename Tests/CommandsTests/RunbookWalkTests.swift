import Basics
import Testing

@testable import Commands

/// What a walk said, asked and ran; it answers as it was told.
private final class Script {
    var said: [String] = []
    var asked: [String] = []
    var confirmed: [String] = []
    var ran: [String] = []
    var answer = "2026-11-21 14:29:59"
    var refusesAt: Int?
    var fails: (command: String, status: Int32)?

    func walk(_ walk: RunbookWalk) async throws {
        try await RunbookRunner(
            say: { self.said.append($0) },
            ask: { question, _ in
                self.asked.append(question)
                return self.answer
            },
            confirm: { question, refused, why in
                if self.confirmed.count == self.refusesAt { throw ParlorError(.notConfirmed, refused, why: why) }
                self.confirmed.append(question)
            },
            run: { words in
                let line = words.joined(separator: " ")
                self.ran.append(line)
                return self.fails?.command == line ? self.fails?.status ?? 0 : 0
            }
        ).walk(walk)
    }
}

@Suite struct RunbookWalkTests {
    private func runbook(_ name: String, isSolo: Bool = false) throws -> Runbook {
        try #require(Runbook.all(isSolo: isSolo).first { $0.name == name })
    }

    @Test("A walk back in time asks for the moment, shows it, restores it, and verifies what came of it")
    func pointInTime() async throws {
        let script = Script()
        try await script.walk(RunbookWalk(runbook("point-in-time")))
        #expect(script.asked.count == 1 && script.confirmed.count == 1)
        let target = "--to 2026-11-21 14:29:59"
        #expect(
            script.ran == [
                "restore pitr \(target) --dry-run", "restore pitr \(target)",
                "restore pitr \(target) --into-cluster --yes", "up --detach", "health", "cluster status",
                "backup run --full", "backup list",
            ])
        #expect(
            script.said.first == """
                step 2 of 10, check: look whether that can be reached, and what it brings back; nothing is changed
                  ./parlor restore pitr --to "2026-11-21 14:29:59" --dry-run

                """)
    }

    @Test("A question that is answered on the command line is not asked")
    func answered() async throws {
        let script = Script()
        try await script.walk(RunbookWalk(runbook("point-in-time"), answers: [Runbook.moment: "before_import"]))
        #expect(script.asked == [])
        #expect(script.ran.first == "restore pitr --to before_import --dry-run")
    }

    @Test("A no before the data is replaced ends the walk, and nothing was changed", arguments: [0, 1])
    func refused(at place: Int) async throws {
        let script = Script()
        script.refusesAt = place
        let error = await #expect(throws: ParlorError.self) {
            try await script.walk(RunbookWalk(runbook("full-restore")))
        }
        #expect(error?.code == .notConfirmed && error?.summary.hasPrefix("nothing was changed") == true)
        #expect(script.ran == ["restore full --dry-run"])
    }

    @Test("A check that fails ends the walk with its own status, and says that nothing was changed")
    func failedCheck() async throws {
        let script = Script()
        script.fails = ("restore full --dry-run", ErrorCode.backup.exitStatus)
        let said = await #expect(throws: AlreadySaid.self) {
            try await script.walk(RunbookWalk(runbook("full-restore")))
        }
        #expect(said?.code == .backup)
        #expect(script.ran.count == 1 && script.confirmed == [])
        #expect(
            script.said.last == """
                step 1 of 9 failed; what was there before is as it was
                the page tells more: ./parlor runbook show full-restore

                """)
    }

    @Test("After the data was replaced, a step that fails is followed by the commands that are left")
    func failedAfterChange() async throws {
        let script = Script()
        script.fails = ("up --detach", ErrorCode.startFailed.exitStatus)
        let said = await #expect(throws: AlreadySaid.self) {
            try await script.walk(RunbookWalk(runbook("full-restore")))
        }
        #expect(said?.code == .startFailed)
        #expect(
            script.said.last == """
                step 5 of 9 failed; once it is mended, what is left is, by hand:
                  ./parlor health
                  ./parlor cluster status
                  ./parlor backup run --full
                  ./parlor backup list
                the page tells more: ./parlor runbook show full-restore

                """)
    }

    @Test("A single database is started as one, and asked for no cluster")
    func solo() async throws {
        let script = Script()
        try await script.walk(RunbookWalk(runbook("full-restore", isSolo: true)))
        #expect(script.ran.contains("up --solo --detach") && !script.ran.contains("cluster status"))
    }

    @Test("Every step of every runbook is a command line that is understood", arguments: [false, true])
    func commands(isSolo: Bool) async throws {
        let parser = CommandLineParser(main: Command.main.declaration, general: OptionDeclaration.general)
        for runbook in Runbook.all(isSolo: isSolo) {
            for case .run(let words) in runbook.steps.map(\.work) {
                let line = words.map { word in
                    if case .plain(let text) = word { text } else { "before_import" }
                }
                guard case .command = try parser.parse(line) else {
                    Issue.record("\(line) runs nothing")
                    continue
                }
            }
        }
    }

    @Test("Whatever changes data or stops the system comes after a yes", arguments: Runbook.all(isSolo: false))
    func consent(runbook: Runbook) throws {
        guard let change = runbook.steps.firstIndex(where: \.isChange) else { return }
        #expect(change > 0)
        if case .confirm = runbook.steps[change - 1].work {} else { Issue.record("nobody is asked before") }
    }

    @Test("No step but a change gives a command its consent")
    func yes() {
        for step in Runbook.all(isSolo: false).flatMap(\.steps) where !step.isChange {
            guard case .run(let words) = step.work else { continue }
            #expect(!words.contains("--yes") && !words.contains("--into-cluster"))
        }
    }
}
