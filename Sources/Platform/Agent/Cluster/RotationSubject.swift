package import Basics

/// What is to be replaced while everything runs.
package enum RotationSubject: String, Sendable, CaseIterable {
    /// Every part's certificate and key.
    case certificates
    /// The authority, and with it every certificate and key.
    case authority
    /// The passwords that Parlor's parts sign in with.
    case passwords

    /// As JSON.
    var json: JSON { ["what": .string(rawValue)] }

    /// Reads what `json` wrote.
    init(json: JSON) throws(ParlorError) {
        guard let subject = json["what"]?.text.flatMap(RotationSubject.init(rawValue:)) else {
            throw ParlorError(
                .usage, "a rotation needs to be told what of",
                hint: "Name one of \(Self.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        self = subject
    }
}

/// What a rotation did.
package struct RotationResult: Equatable, Sendable {
    /// The steps, in order, each a lower-case sentence.
    package var steps: [String]
    /// How long it took.
    package var took: Duration

    /// The documented form.
    package var json: JSON {
        ["steps": .array(steps.map { .string($0) }), "took_ms": .integer(Int(took / .milliseconds(1)))]
    }

    /// Reads what `json` wrote.
    package init(json: JSON) throws(ParlorError) {
        guard let steps = json["steps"]?.elements, let took = json["took_ms"]?.int else {
            throw AgentClient.unreadable
        }
        self.init(steps: steps.compactMap(\.text), took: .milliseconds(took))
    }

    init(steps: [String], took: Duration) {
        self.steps = steps
        self.took = took
    }
}
