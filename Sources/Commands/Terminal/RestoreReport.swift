import Backups
import Basics

/// What a restore came to.
struct RestoreReport {
    private let plan: RecoveryPlan
    private let outcome: Restoration.Outcome
    private let took: Duration
    /// What was set aside; nil when the data stayed where it was restored.
    var aside: [String]?

    init(_ plan: RecoveryPlan, _ outcome: Restoration.Outcome, took: Duration) {
        (self.plan, self.outcome, self.took) = (plan, outcome, took)
    }

    private var folder: String { outcome.server.place.folder }

    var lines: [String] {
        var lines = [
            "restored in \(took.brief): \(outcome.copying.brief) to copy, \(outcome.replaying.brief) to replay"
        ]
        if let beat = outcome.heartbeat {
            lines.append("its last heartbeat is \(beat.number), of \(beat.moment.rfc3339)")
        }
        guard let aside else { return lines + ["the data is in \(folder)/data"] }
        lines += aside.map { "set aside: \($0)" }
        return lines + ["start the system as before: ./parlor up; replicas are copied then"]
    }

    var json: JSON {
        guard case .object(let members) = Self.json(plan, folder: folder) else { return .null }
        return .object(
            members + [
                .init("took_ms", .integer(Int(took.milliseconds))),
                .init("copying_ms", .integer(Int(outcome.copying.milliseconds))),
                .init("replaying_ms", .integer(Int(outcome.replaying.milliseconds))),
                .init("heartbeat", .integer(outcome.heartbeat?.number)),
                .init("reached", .text(outcome.heartbeat?.moment.rfc3339)),
                .init("set_aside", aside.map { .array($0.map(JSON.string)) } ?? .null),
            ])
    }

    static func json(_ plan: RecoveryPlan, folder: String) -> JSON {
        [
            "repository": .string(plan.repository.name), "backup": .string(plan.backup.label),
            "made": .string(plan.backup.stop.rfc3339), "target": .string("\(plan.target)"), "folder": .string(folder),
        ]
    }
}
