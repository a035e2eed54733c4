import Basics
import Messaging
package import Store

/// The prices of messages, remembered for a minute: every state of a message asks, and prices change a few times a year.
package final class PriceBook: @unchecked Sendable {
    // Guard of @unchecked Sendable: used on the store's loop only.

    private static let lifetime = Duration.seconds(60)

    private let store: Store
    private let scope = PlatformScope(by: .service("prices"))
    private var prices: [MessagePrice] = []
    /// Made of `prices` when they are asked for.
    private var lists: [String: PriceList] = [:]
    private var until = ContinuousClock.now

    /// The prices that a store holds.
    package init(_ store: Store) { self.store = store }

    /// The prices in a salon's currency.
    func list(in currency: String) async throws -> PriceList {
        if until <= .now {
            prices = try await store.read(PriceStatements.every, (), in: scope)
            lists = [:]
            until = .now + Self.lifetime
        }
        let list = lists[currency] ?? PriceList(prices, currency: currency)
        lists[currency] = list
        return list
    }
}
