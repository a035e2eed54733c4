package import Configuration
import Store
import Work

/// How the connections that a process may open are shared out: one looks after health, and each loop gets as many as any
/// other, for single statements, for events and for transactions.
package struct ConnectionShares: Hashable, Sendable {
    /// A loop with less could not work: one for statements, one for events, two for transactions.
    private static let least = 4
    /// More loops than so many would be more than PostgreSQL on the same machine can follow.
    private static let loopsMax = 4

    /// How many loops there are.
    package let loops: Int
    /// Of each loop: those that single statements share.
    let lines: Int
    /// Of each loop: those that write events.
    let events: Int
    /// Of each loop: those that transactions have to themselves.
    let transactions: Int

    /// Shares of so many connections for so many loops, or as many of them as the connections feed. With less than five
    /// connections it is one loop with five all the same.
    init(connections: Int, loops wanted: Int) {
        loops = max(1, min(wanted, (connections - 1) / Self.least))
        let share = max(Self.least, (connections - 1) / loops)
        lines = share >= 6 ? 2 : 1
        // Beyond four nothing was gained.
        events = min(4, max(1, share / 3))
        transactions = share - lines - events
    }

    /// What a configuration wants on a machine with so many cores.
    package init(_ configuration: Configuration, cores: Int) {
        self.init(
            connections: configuration.database.poolSize,
            loops: configuration.api.loops ?? min(cores, Self.loopsMax))
    }
}

extension StoreLimits {
    /// The limits of one loop.
    init(_ database: Configuration.Database, _ shares: ConnectionShares) {
        self.init(database)
        lines = shares.lines
        transactions = shares.transactions
    }
}
