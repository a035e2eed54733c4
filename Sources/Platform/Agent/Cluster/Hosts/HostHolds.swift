import Basics
import Loop
import Pooling

/// Holds this host's statements back while something changes that several hosts take part in.
///
/// A hold ends when its conductor says so, one that waits for another leader also when the poolers here have turned to
/// it, and each at the latest after `limit`: nothing that happens to the conductor keeps clients waiting for longer.
final class HostHolds: @unchecked Sendable {
    // Guard of @unchecked Sendable: loop only.

    /// What is held back.
    enum Extent: String {
        /// Transactions on the primary, until another one leads.
        case transactions
        /// Everything, so that no connection to a server is made.
        case everything
    }

    /// The longest that clients wait for a conductor who is never heard of again.
    static let limit = Duration.seconds(10)

    private struct Held {
        var holds: [PauseHold]
        /// Who led when a hold began that waits for another leader.
        var leader: PoolerNode?
    }

    private let poolers: [PoolerPart]
    private var held: [String: Held] = [:]

    /// Of these poolers, the one for transactions first.
    init(_ poolers: [PoolerPart]) { self.poolers = poolers }

    /// Holds back; says whether all open transactions have ended. `leader` is who leads now.
    func hold(
        _ name: String, _ extent: Extent, leading leader: PoolerNode, quietWithin limit: Duration
    ) async throws -> Bool {
        held[name] = Held(holds: [], leader: extent == .transactions ? leader : nil)
        do {
            var isQuiet = true
            for pooler in extent == .transactions ? [poolers[0]] : poolers {
                let own = pooler.configuration.databases.map(\.alias)
                let aliases = extent == .transactions ? own : pooler.configuration.aliases
                let hold = pooler.pauses.hold(aliases, within: Self.limit)
                held[name]?.holds.append(hold)
                for alias in aliases where try await pooler.admin.pause(alias, within: limit) == .busy {
                    isQuiet = false
                }
                // Its end may have come while the console was asked.
                if hold.isEnded { try await pooler.pauses.mend() }
            }
            return isQuiet
        } catch {
            await release(name)
            throw error
        }
    }

    /// Lets statements go on.
    func release(_ name: String) async {
        for hold in held.removeValue(forKey: name)?.holds ?? [] { await hold.end() }
    }

    /// Lets go on what waited for another leader than the one before.
    func turned(to leader: PoolerNode) async {
        for (name, held) in held where held.leader.map({ $0 != leader }) ?? false { await release(name) }
    }
}
