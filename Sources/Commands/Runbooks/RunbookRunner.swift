import Basics

/// Does what a walk through a runbook says, by what it was given for talking and doing.
struct RunbookRunner {
    /// Writes lines for people.
    let say: (String) throws -> Void
    /// Asks for a text; throws where nobody can be asked.
    let ask: (_ question: String, _ name: String) throws -> String
    /// Asks for a yes; throws after a no.
    let confirm: (_ question: String, _ refused: String, _ why: String) throws -> Void
    /// Runs a command of this program; gives back its exit status.
    let run: ([String]) async throws -> Int32

    /// Walks to the end. A step that fails ends it with that step's status, after saying what is left.
    func walk(_ walk: RunbookWalk) async throws {
        var walk = walk
        while let deed = walk.next() {
            if let announcement = walk.announcement { try say(announcement) }
            switch deed {
            case .ask(let question, let name): walk.answer(try ask(question, name), to: name)
            case .confirm(let question, let refused, let why):
                try confirm(question, refused, why)
                walk.succeed()
            case .run(let words):
                let status = try await run(words)
                guard status == 0 else {
                    try say(walk.afterFailure.map { "\($0)\n" }.joined())
                    throw AlreadySaid(ErrorCode.all.first { $0.exitStatus == status } ?? .unexpected)
                }
                try say("\n")
                walk.succeed()
            }
        }
    }
}
