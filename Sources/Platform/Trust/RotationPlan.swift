/// The steps that replace certificates under load, so that at every moment every part trusts every other one.
///
/// Nothing but what is on disk decides which steps are left, so a rotation that was killed goes on with
/// `RotationPlan(finishing:)`. Between two steps that change what is on disk every part must have read the former
/// state: that is the step `load`, which the store believes when `confirmLoaded` says so, and insists on.
package struct RotationPlan: Equatable, Sendable {
    /// What is to be new at the end.
    package enum Goal: String, CaseIterable, Equatable, Sendable {
        /// Every part's certificate and key, under the same authority.
        case certificates
        /// The authority, and with it every part's certificate and key.
        case authority
    }

    /// A step.
    package enum Step: String, CaseIterable, Equatable, Sendable {
        /// Every part reads its files. The caller sees to it.
        case load
        /// A new authority is made, and trusted beside the old one.
        case introduceAuthority
        /// Every part gets a new certificate with a new key.
        case issueCertificates
        /// The old authority is not trusted any more.
        case retireAuthority
    }

    /// How far an earlier rotation has come.
    package struct State: Equatable, Sendable {
        /// What the current files say.
        package var stage: Generation.Stage
        /// Whether every part has read them.
        package var isLoaded: Bool

        /// A state.
        package init(_ stage: Generation.Stage, isLoaded: Bool) {
            self.stage = stage
            self.isLoaded = isLoaded
        }
    }

    /// What is left to do, in order.
    package let steps: [Step]

    /// A plan of these very steps.
    init(steps: [Step]) { self.steps = steps }

    /// What is left of a rotation that was begun; nothing where all is well.
    package init(finishing state: State) {
        let load: [Step] = state.isLoaded ? [] : [.load]
        switch state.stage {
        case .settled: steps = load
        case .introducing: steps = load + [.issueCertificates, .load, .retireAuthority, .load]
        case .retiring: steps = load + [.retireAuthority, .load]
        }
    }

    /// Everything up to the goal. A change of the authority that was begun is finished, which reaches either goal.
    package init(_ goal: Goal, from state: State) {
        let remainder = RotationPlan(finishing: state).steps
        guard state.stage == .settled else {
            steps = remainder
            return
        }
        switch goal {
        case .certificates: steps = remainder + [.issueCertificates, .load]
        case .authority:
            steps = remainder + [.introduceAuthority, .load, .issueCertificates, .load, .retireAuthority, .load]
        }
    }
}

extension RotationPlan.Step: CustomStringConvertible {
    /// What a person reads while it happens.
    package var description: String {
        switch self {
        case .load: "every part reads its certificates"
        case .introduceAuthority: "a new authority is trusted beside the old one"
        case .issueCertificates: "every part gets a new certificate and key"
        case .retireAuthority: "the old authority is trusted no more"
        }
    }
}
