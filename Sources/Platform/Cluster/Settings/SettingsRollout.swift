/// The order in which the members of a cluster get new settings.
///
/// Two rules decide. A replica stops when its primary has more connections, processes or locks than itself, and such a
/// change reaches it through the log: so replicas go first where one of these rises, and last where one falls. And the
/// primary is restarted in place only where it must be: otherwise it becomes a replica first, by a switchover.
package struct SettingsRollout: Equatable, Sendable {
    /// A step; each begins when the one before it is done on all members that it is for.
    package enum Step: Equatable, Sendable {
        /// Every server reads its files again.
        case reload
        /// The replicas restart, one after the other; those named keep the value that they have.
        case restartReplicas(keeping: [String])
        /// A replica becomes the primary.
        case switchOver
        /// The server that was the primary restarts as a replica.
        case restartFormerPrimary
        /// The primary restarts and stays the primary: nothing is written meanwhile.
        case restartPrimary
        /// Every replica has replayed the log up to where the primary is now.
        case awaitReplay
    }

    /// The steps; none when nothing differs.
    package let steps: [Step]

    /// Decides, from how the primary differs from what is wanted of it.
    package init(of difference: SettingsDifference, replicas: Int) {
        guard !difference.isEmpty else {
            steps = []
            return
        }
        let reload: [Step] = [.reload]
        guard !difference.restarts.isEmpty else {
            steps = reload
            return
        }
        guard replicas > 0 else {
            steps = reload + [.restartPrimary]
            return
        }
        let lowered = difference.lowered
        if lowered.isEmpty {
            steps = reload + [.restartReplicas(keeping: []), .switchOver, .restartFormerPrimary]
        } else {
            let first: [Step] = difference.raised.isEmpty ? [] : [.restartReplicas(keeping: lowered)]
            steps = reload + first + [.restartPrimary, .awaitReplay, .restartReplicas(keeping: [])]
        }
    }

    /// Whether nothing can be written for as long as a server takes to restart.
    package var stopsWrites: Bool { steps.contains(.restartPrimary) }
}
