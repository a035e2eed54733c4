import Basics
import Hardening
import Processes
import State

extension Command {
    /// `parlor harden apply`.
    static let hardenApply = Command(
        CommandDeclaration(
            name: "apply",
            group: .operations,
            summary: "Mend what the checklist found and can be mended without asking",
            discussion: """
                Takes from other users what they can do with files of the state folder, and names each. Nothing else is
                changed: what the servers' own files say is written anew by the next start, and who may do what in the
                database is for you to decide.

                A secret that somebody may have read is to be replaced: see docs/hardening.md.
                """,
            options: [.json],
            examples: [.init("parlor harden apply", "Mend it, then run \"parlor harden check\"")],
            success: "nothing is left to mend",
            failures: [.notRunning, .file] + ErrorCode.stateFailures),
        work: { invocation in
            let workplace = try Workplace(invocation)
            guard let state = try workplace.enterStateFolder() else { throw Invocation.nothingRuns }
            let mended = try StateFileMending.run(in: state.path, owner: workplace.account.user)
            let terminal = invocation.terminal
            if invocation.command.has(.json) {
                let json: JSON = ["mended": .array(mended.map { .string($0) })]
                return try terminal.write(json.pretty + "\n")
            }
            for path in mended { try terminal.write("only its owner can use \(path) now\n") }
            if mended.isEmpty { try terminal.write("there is nothing to mend\n") }
        })
}
