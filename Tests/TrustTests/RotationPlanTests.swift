import Testing

@testable import Trust

@Suite struct RotationPlanTests {
    private static let settled = RotationPlan.State(.settled, isLoaded: true)

    @Test("New certificates take two steps, a new authority six, with a reading after each change")
    func whole() {
        #expect(RotationPlan(.certificates, from: Self.settled).steps == [.issueCertificates, .load])
        #expect(
            RotationPlan(.authority, from: Self.settled).steps == [
                .introduceAuthority, .load, .issueCertificates, .load, .retireAuthority, .load,
            ])
        #expect(RotationPlan(finishing: Self.settled).steps.isEmpty)
    }

    @Test("Killed after any step, what is left is the end of the whole", arguments: RotationPlan.Goal.allCases)
    func resumed(goal: RotationPlan.Goal) {
        let steps = RotationPlan(goal, from: Self.settled).steps
        var state = Self.settled
        for (done, step) in steps.enumerated() {
            switch step {
            case .load: state.isLoaded = true
            case .introduceAuthority: state = RotationPlan.State(.introducing, isLoaded: false)
            case .issueCertificates:
                state = RotationPlan.State(goal == .authority ? .retiring : .settled, isLoaded: false)
            case .retireAuthority: state = RotationPlan.State(.settled, isLoaded: false)
            }
            #expect(RotationPlan(finishing: state).steps == Array(steps.dropFirst(done + 1)))
        }
    }

    @Test("A change of the authority that was begun is finished first, whatever is asked for")
    func begun() {
        let begun = RotationPlan.State(.introducing, isLoaded: false)
        let remainder: [RotationPlan.Step] = [.load, .issueCertificates, .load, .retireAuthority, .load]
        for goal in RotationPlan.Goal.allCases { #expect(RotationPlan(goal, from: begun).steps == remainder) }
        let unread = RotationPlan.State(.settled, isLoaded: false)
        #expect(RotationPlan(.certificates, from: unread).steps == [.load, .issueCertificates, .load])
    }

    @Test("Between two changes there is always a reading")
    func readings() {
        for goal in RotationPlan.Goal.allCases {
            for stage in [Generation.Stage.settled, .introducing, .retiring] {
                for isLoaded in [false, true] {
                    let steps = RotationPlan(goal, from: RotationPlan.State(stage, isLoaded: isLoaded)).steps
                    #expect(isLoaded || steps.first == .load)
                    #expect(zip(steps, steps.dropFirst()).allSatisfy { ($0 == .load) != ($1 == .load) })
                    #expect(steps.last == .load)
                }
            }
        }
    }
}
