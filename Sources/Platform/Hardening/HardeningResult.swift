package import Basics

/// What one look at one place found.
enum Observation: Equatable, Sendable {
    /// As promised.
    case sound(String)
    /// Not as promised.
    case violation(String)
    /// It could not be found out, for this reason.
    case untried(String)
    /// There is nothing to look at, for this reason.
    case inapplicable(String)
}

/// How a line of the checklist came out.
package enum Verdict: Equatable, Sendable {
    /// All that was tried held; so many things were.
    case passed(Int)
    /// Something did not hold, or could not be tried.
    case failed([String])
    /// There is nothing here that it could be tried on.
    case notApplicable(String)

    /// A violation outweighs everything, and what could not be tried proves nothing.
    init(_ observations: [Observation]) {
        var (sound, faults, reasons) = (0, [String](), [String]())
        for observation in observations {
            switch observation {
            case .sound: sound += 1
            case .violation(let what): faults.append(what)
            case .untried(let why): faults.append("could not be tried: \(why)")
            case .inapplicable(let why): reasons.append(why)
            }
        }
        if !faults.isEmpty {
            self = .failed(faults)
        } else if sound > 0 {
            self = .passed(sound)
        } else if let reason = reasons.first {
            self = .notApplicable(reason)
        } else {
            self = .failed(["could not be tried: nothing was found to try it on"])
        }
    }

    /// The word for people and programs.
    package var word: String {
        switch self {
        case .passed: "passed"
        case .failed: "failed"
        case .notApplicable: "not applicable"
        }
    }

    /// Why it is not simply passed.
    package var reasons: [String] {
        switch self {
        case .passed: []
        case .failed(let faults): faults
        case .notApplicable(let reason): [reason]
        }
    }
}

/// A line of the checklist with how it came out.
package struct HardeningResult: Sendable {
    /// The line.
    package let check: HardeningCheck
    /// How it came out.
    package let verdict: Verdict

    /// A line and how it came out.
    package init(_ check: HardeningCheck, _ verdict: Verdict) {
        self.check = check
        self.verdict = verdict
    }

    /// Whether something is to be done.
    package var hasFailed: Bool { if case .failed = verdict { true } else { false } }
}

/// The whole checklist as it came out.
package struct HardeningReport: Sendable {
    /// The lines, in order.
    package let results: [HardeningResult]

    /// A report.
    package init(_ results: [HardeningResult]) { self.results = results }

    /// Whether no line failed.
    package var isSound: Bool { !results.contains(where: \.hasFailed) }

    /// How many came out so.
    package var counts: (passed: Int, failed: Int, notApplicable: Int) {
        results.reduce(into: (0, 0, 0)) { counts, result in
            switch result.verdict {
            case .passed: counts.0 += 1
            case .failed: counts.1 += 1
            case .notApplicable: counts.2 += 1
            }
        }
    }

    /// The documented form of `harden check --json`.
    package var json: JSON {
        let counts = counts
        return [
            "sound": .bool(isSound), "passed": .integer(counts.passed), "failed": .integer(counts.failed),
            "not_applicable": .integer(counts.notApplicable),
            "checks": .array(results.map(\.json)),
        ]
    }
}

extension HardeningResult {
    fileprivate var json: JSON {
        var trials: JSON = .null
        if case .passed(let count) = verdict { trials = .integer(count) }
        return [
            "name": .string(check.name), "section": .string(check.section.rawValue),
            "promise": .string(check.promise), "result": .string(verdict.word.replacing(" ", with: "_")),
            "trials": trials, "reasons": .array(verdict.reasons.map { .string($0) }),
            "hint": hasFailed ? .string(check.hint) : .null,
        ]
    }
}
