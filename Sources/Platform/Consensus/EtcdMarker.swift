package import Basics
import JSONText

/// What is remembered of a member outside of its data: that it has had some, and of which cluster.
///
/// A member that has lost its data must not begin anew. It has forgotten what it voted for, so the others could elect two
/// leaders; and when all have lost it, an empty cluster would come up in which Patroni finds no leader and no history.
package struct EtcdMarker: Equatable, Sendable {
    /// The number of the cluster; nil as long as the member has not told it.
    package var cluster: UInt64?

    /// A member with data.
    package init(cluster: UInt64? = nil) { self.cluster = cluster }

    /// The marker's file, beside the data and not in it.
    package static func path(in folder: String) -> String { "\(folder)/member.json" }

    /// The marker of a member; nil when it has never had data.
    package static func read(in folder: String) throws(ParlorError) -> EtcdMarker? {
        let path = path(in: folder)
        guard try Files.status(path) != nil else { return nil }
        let text = try Files.readText(path)
        guard let json = try? JSON(reading: text), let number = json["cluster"] else {
            throw ParlorError(
                .stateFolder, "\(path) cannot be read", why: "it does not name a cluster",
                hint: "Restore the file from a backup. Without it nobody knows whether the member has lost its data.")
        }
        return EtcdMarker(cluster: number.text.flatMap { UInt64($0, radix: 16) })
    }

    /// Keeps the marker, durably.
    package func write(in folder: String) throws(ParlorError) {
        let number = cluster.map { String($0, radix: 16) }
        let json: JSON = ["cluster": .string(number)]
        try Files.writeAtomically(json.compact + "\n", to: Self.path(in: folder))
    }
}

/// What a start of a member is. Decides only.
package enum EtcdStart: Equatable, Sendable {
    /// The cluster begins.
    case bootstrap
    /// The member joins a cluster that runs.
    case join
    /// The member goes on from its data.
    case resume

    /// Decides from what lies on the disk; refuses to begin anew where there has been data.
    package static func decide(
        _ member: EtcdMember, hasData: Bool, marker: EtcdMarker?
    ) throws(ParlorError) -> EtcdStart {
        if hasData { return .resume }
        guard marker == nil else { throw lostData(member) }
        return member.beginning == .new ? .bootstrap : .join
    }

    private static func lostData(_ member: EtcdMember) -> ParlorError {
        let marker = EtcdMarker.path(in: member.folder)
        let others = member.initialCluster.count > 1
        let hint =
            others
            ? """
            Put the data back. If it is lost, remove \(member.name) from the cluster and add it again, so that it copies \
            the others' data; only when no member has data left, restore a snapshot or delete \(marker) on every host.
            """
            : "Put the data back, or restore a snapshot. To begin with an empty cluster, delete \(marker)."
        return ParlorError(
            .stateFolder, "the data of the etcd member \(member.name) is gone",
            why: "\(member.dataFolder) is empty, and the member has had data before", hint: hint)
    }
}
