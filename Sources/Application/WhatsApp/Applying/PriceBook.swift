import Basics
import Messaging
package import Store
import Synchronization

/// The prices of messages, remembered for a minute: every state of a message asks, and prices change a few times a year.
package final class PriceBook: Sendable {
    private struct Known {
        var prices: [MessagePrice] = []
        /// Made of `prices` when they are asked for.
        var lists: [String: PriceList] = [:]
        var until = ContinuousClock.now
    }

    private static let lifetime = Duration.seconds(60)

    private let store: Store
    private let scope = PlatformScope(by: .service("prices"))
    private let known = Mutex(Known())

    /// The prices that a store holds.
    package init(_ store: Store) { self.store = store }

    /// The prices in a salon's currency.
    func list(in currency: String) async throws -> PriceList {
        if known.withLock({ $0.until <= .now }) {
            let prices = try await store.read(PriceStatements.every, (), in: scope)
            known.withLock { $0 = Known(prices: prices, until: .now + Self.lifetime) }
        }
        return known.withLock { known in
            let list = known.lists[currency] ?? PriceList(known.prices, currency: currency)
            known.lists[currency] = list
            return list
        }
    }
}
