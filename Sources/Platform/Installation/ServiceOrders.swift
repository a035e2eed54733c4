/// What systemd is told after the files are written, and what people are.
package struct ServiceOrders: Equatable, Sendable {
    /// The words of each call of systemctl, in their order.
    package var calls: [[String]] = []
    /// What people are told afterwards.
    package var notices: [String] = []

    /// What is known of the machine.
    package struct Situation: Equatable, Sendable {
        /// The root that was installed below; empty for this machine.
        package var root: String
        /// Whether systemd runs here.
        package var managerRuns: Bool
        /// Whether an agent runs in the unit.
        package var agentRuns: Bool
        /// Whether the unit is to be started.
        package var starts: Bool
        /// Whether the unit's file changed.
        package var unitChanged: Bool
        /// Whether anything changed that a running agent knows only after a restart.
        package var programChanged: Bool

        /// A machine.
        package init(
            root: String = "", managerRuns: Bool = true, agentRuns: Bool = false, starts: Bool = true,
            unitChanged: Bool = true, programChanged: Bool = true
        ) {
            self.root = root
            self.managerRuns = managerRuns
            self.agentRuns = agentRuns
            self.starts = starts
            self.unitChanged = unitChanged
            self.programChanged = programChanged
        }
    }

    /// Decides.
    package init(_ situation: Situation) {
        let unit = ServiceUnit.name
        guard situation.root.isEmpty else {
            guard situation.unitChanged else { return }
            notices = [
                "nothing was enabled below \(situation.root); to have the agent run from the next boot on, type:",
                "  systemctl --root=\(situation.root) enable \(unit)",
            ]
            return
        }
        guard situation.managerRuns else {
            notices = [
                "systemd does not run here, so nothing was started; the unit is written, and once systemd runs, type:",
                "  systemctl daemon-reload", "  systemctl enable --now \(unit)",
            ]
            return
        }
        if situation.unitChanged { calls.append(["daemon-reload"]) }
        // Not waited for, because a host may have to wait for the others of its cluster.
        calls.append(situation.starts ? ["enable", "--now", "--no-block", unit] : ["enable", unit])
        if situation.agentRuns {
            guard situation.programChanged else { return }
            notices = [
                "what runs is still the former version; where it is a cluster, hand over first (parlor cluster "
                    + "switchover), then type:",
                "  systemctl restart \(unit)",
            ]
        } else if situation.starts {
            notices = [
                "the agent starts, now and at every boot; \"parlor status\" shows it, \"journalctl --follow --unit "
                    + "parlor\" what it says"
            ]
        } else {
            notices = ["the agent starts at the next boot, or with:", "  systemctl start \(unit)"]
        }
    }
}
