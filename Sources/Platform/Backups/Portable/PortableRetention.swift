package import Basics

/// Which dumps stay and which go, and why. Dumps need nothing else, so each is judged by itself.
///
/// Those of the last days stay, so does the first of each week and of each month for its time, and the newest of a
/// database always does. Time is counted up to that one, so nothing goes while no new ones come.
package struct PortableRetention: Equatable, Sendable {
    /// A dump and what becomes of it.
    package struct Decision: Equatable, Sendable {
        /// The dump.
        package var name: PortableName
        /// What becomes of it.
        package var verdict: RetentionPlan.Verdict
    }

    /// A decision for each dump, the oldest first.
    package private(set) var decisions: [Decision] = []

    /// Decides.
    package init(of names: [PortableName], policy: RetentionPolicy, now: Timestamp) {
        for names in Dictionary(grouping: names, by: \.database).values { decide(names.sorted(), policy, now) }
        decisions.sort { $0.name < $1.name }
    }

    private mutating func decide(_ names: [PortableName], _ policy: RetentionPolicy, _ now: Timestamp) {
        guard let newest = names.last else { return }
        let reference = min(now, newest.begun)
        for (name, firsts) in zip(names, policy.firsts(of: names.map(\.begun), at: reference)) {
            var reasons: [KeepingReason] = name == newest ? [.newest] : []
            if name.begun > policy.dailyStart(at: reference) { reasons.append(.recent(days: policy.daily)) }
            reasons += firsts
            let verdict: RetentionPlan.Verdict =
                reasons.isEmpty ? .expire(.notFirst(days: policy.daily)) : .keep(reasons)
            decisions.append(Decision(name: name, verdict: verdict))
        }
    }

    /// Those that go, the oldest first.
    package var expired: [PortableName] {
        decisions.filter { if case .expire = $0.verdict { true } else { false } }.map(\.name)
    }
}
