/// Where somebody is in a runbook: says what comes next, and hears what came of it. It does nothing itself.
///
/// States: at a step; ended, after the last one. A walk that failed stays at the step that failed, so that what is left can be
/// said.
struct RunbookWalk {
    /// What is to be done now.
    enum Deed: Equatable {
        /// Ask for a text, and tell it by `answer`.
        case ask(String, name: String)
        /// Ask for a yes, and tell it by `succeed`.
        case confirm(String, refused: String, why: String)
        /// Run a command of this program, and tell by `succeed` that it did.
        case run([String])
    }

    let runbook: Runbook
    private(set) var answers: [String: String]
    private var place = 0
    private var hasChanged = false

    /// At the beginning of a runbook. Questions that are answered already are not asked.
    init(_ runbook: Runbook, answers: [String: String] = [:]) {
        (self.runbook, self.answers) = (runbook, answers)
        passAnswered()
    }

    private var step: Runbook.Step? { runbook.steps.indices.contains(place) ? runbook.steps[place] : nil }

    /// What the step will do, said before it is done; nil for a question, and at the end.
    var announcement: String? {
        guard let step, case .run(let words) = step.work else { return nil }
        return "\(heading)\n  \(Self.typed(text(of: words)))\n"
    }

    private var heading: String {
        step.map { "step \(place + 1) of \(runbook.steps.count), \($0.purpose.rawValue): \($0.words)" } ?? ""
    }

    /// What is to be done now; nil at the end.
    mutating func next() -> Deed? {
        guard let step else { return nil }
        switch step.work {
        case .ask(let name): return .ask(heading, name: name)
        case .confirm(let refused, let why): return .confirm(heading, refused: refused, why: why)
        case .run(let words):
            // What was begun may have changed something even when it fails.
            if step.isChange { hasChanged = true }
            return .run(text(of: words))
        }
    }

    /// Hears the answer to a question.
    mutating func answer(_ text: String, to name: String) {
        answers[name] = text
        passAnswered()
    }

    /// Hears that the step is done.
    mutating func succeed() {
        place += 1
        passAnswered()
    }

    private mutating func passAnswered() {
        while let step, case .ask(let name) = step.work, answers[name] != nil { place += 1 }
    }

    /// What somebody has to know when the step failed: what is changed, and what is left to be done by hand.
    var afterFailure: [String] {
        let left = runbook.steps.dropFirst(place + 1).compactMap { step -> String? in
            guard case .run(let words) = step.work else { return nil }
            return "  \(Self.typed(text(of: words)))"
        }
        let page = "the page tells more: ./parlor runbook show \(runbook.name)"
        let state = "step \(place + 1) of \(runbook.steps.count) failed; "
        guard hasChanged else { return [state + "what was there before is as it was", page] }
        return [state + (left.isEmpty ? "it was the last one" : "once it is mended, what is left is, by hand:")] + left
            + [page]
    }

    private func text(of words: [Runbook.Word]) -> [String] {
        words.map { word in
            switch word {
            case .plain(let text): text
            case .answer(let name): answers[name] ?? "<\(name)>"
            }
        }
    }

    /// As somebody would type it.
    private static func typed(_ words: [String]) -> String {
        (["./parlor"] + words.map { $0.contains(" ") ? "\"\($0)\"" : $0 }).joined(separator: " ")
    }
}
