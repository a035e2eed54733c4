import Basics
import Loop
import Pooling

/// Holds this host's statements back for a switchover that another host conducts.
///
/// A hold ends when the poolers here have turned to another leader, when the conductor says so, and at the latest after
/// `limit`: nothing that happens to the conductor keeps clients waiting for longer.
final class HostHolds: @unchecked Sendable {
    // Guard of @unchecked Sendable: loop only.

    /// The longest that clients wait for a conductor who is never heard of again.
    static let limit = Duration.seconds(10)

    private struct Held {
        var hold: PauseHold
        var leader: PoolerNode
    }

    private let pooler: PoolerPart
    private var held: [String: Held] = [:]

    /// Of the pooler for applications.
    init(_ pooler: PoolerPart) { self.pooler = pooler }

    /// Holds statements back that would go to `leader`; says whether all open transactions have ended.
    func hold(_ name: String, leading leader: PoolerNode, quietWithin limit: Duration) async throws -> Bool {
        let aliases = pooler.configuration.databases.map(\.alias)
        let hold = pooler.pauses.hold(aliases, within: Self.limit)
        held[name] = Held(hold: hold, leader: leader)
        hold.onDeadline = { [weak self] in self?.held[name] = nil }
        do {
            var isQuiet = true
            for alias in aliases where try await pooler.admin.pause(alias, within: limit) == .busy { isQuiet = false }
            // Its end may have come while the console was asked.
            if hold.isEnded { try await pooler.pauses.mend() }
            return isQuiet
        } catch {
            await release(name)
            throw error
        }
    }

    /// Lets statements go on.
    func release(_ name: String) async { await held.removeValue(forKey: name)?.hold.end() }

    /// Lets go on what waited for another leader than the one before.
    func turned(to leader: PoolerNode) async {
        for (name, held) in held where held.leader != leader { await release(name) }
    }
}
