/// A way out of a trouble that can be walked through: what is asked, looked at, done and verified, in its order.
///
/// It is a value that decides nothing at run time; `RunbookWalk` says what comes next, and `RunbookRunner` does it. Every step
/// that does something is a command of this program, as somebody would type it.
struct Runbook: Equatable, Sendable {
    /// What a step is for.
    enum Purpose: String, Equatable, Sendable {
        /// Something that only a person knows.
        case question
        /// A look before anything is changed.
        case check
        /// A change.
        case action
        /// A look at what came of it.
        case verification
    }

    /// What a step is.
    enum Work: Equatable, Sendable {
        /// Asks for a text, which later steps use by this name.
        case ask(name: String)
        /// Asks for a yes; `refused` says how things are after a no, `why` what the yes is for.
        case confirm(refused: String, why: String)
        /// Runs a command of this program.
        case run([Word])
    }

    /// A word of a command line.
    enum Word: Equatable, Sendable, ExpressibleByStringLiteral {
        /// This one.
        case plain(String)
        /// What somebody answered to the question of this name.
        case answer(String)

        init(stringLiteral text: String) { self = .plain(text) }
    }

    /// One step.
    struct Step: Equatable, Sendable {
        let purpose: Purpose
        /// What it will do, or what it asks.
        let words: String
        let work: Work
        /// Whether what is there is changed once it was begun.
        let isChange: Bool

        init(_ purpose: Purpose, _ words: String, _ work: Work, isChange: Bool = false) {
            (self.purpose, self.words, self.work, self.isChange) = (purpose, words, work, isChange)
        }
    }

    /// As it is called for, and as its page is named.
    let name: String
    /// Its steps, in their order.
    let steps: [Step]
}
