import Basics
import JSONText
import Postgres

/// Forgets cached answers because of a commit: said by the commit itself in the outbox, so that it happens even when this
/// process dies in between, or Redis does not hear of it.
///
/// Whoever commits also forgets at once, by `TenantCache.forget`; the outbox is what makes sure.
package enum CacheInvalidation {
    /// The topic of its messages in the outbox.
    package static let topic = "cache.forget"

    /// Puts keys of the scope's salon into the outbox, within the transaction that changes what they stand for.
    package static func put(_ keys: [CacheKey], in transaction: StoreTransaction) async throws {
        let pairs = keys.map { JSON.array([.string($0.kind), .string($0.id)]) }
        try await transaction.run(OutboxStatements.put, (topic, PostgresJSON(JSON.array(pairs).compact)))
    }

    /// Does what a message of the topic says; throws when Redis did not hear of it, so that the outbox says it again.
    package static func perform(_ message: OutboxMessage, on cache: TenantCache) async throws {
        guard let salon = message.salon, case .array(let pairs) = try JSON(reading: message.payload.text) else {
            throw ParlorError(.malformed, "a message of the outbox names no keys")
        }
        let keys = try pairs.map { pair in
            guard case .array(let words) = pair, words.count == 2, let kind = words[0].text, let id = words[1].text
            else {
                throw ParlorError(.malformed, "a message of the outbox names a key that is none")
            }
            return CacheKey(told: kind, id)
        }
        guard await cache.forget(keys, in: SalonIdentifier(salon)) else {
            throw ParlorError(.connection, "Redis did not hear what it is to forget")
        }
    }
}
