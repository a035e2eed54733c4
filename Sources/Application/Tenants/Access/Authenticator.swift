import Basics
import Postgres
package import Store

/// How long sessions last.
package struct SessionLifetime: Hashable, Sendable {
    /// How long one lasts that nobody uses.
    package var idle: Duration
    /// How long one lasts at most.
    package var absolute: Duration

    /// Lifetimes.
    package init(idle: Duration, absolute: Duration) {
        self.idle = idle
        self.absolute = absolute
    }
}

/// Finds out who sent a request, with one statement at most.
///
/// Invariants: an answer is good for `memory`, then it is asked for again; nobody is remembered who is not known; what
/// this process revokes it forgets at once. Another process may let somebody in for `memory` longer: that is the price
/// of a statement less for nearly every request, and why it is a few seconds.
///
/// On failure: without the database nobody gets in who is not remembered.
package final class Authenticator: @unchecked Sendable {
    // Guard of @unchecked Sendable: used on the store's loop only.
    private struct Known {
        let principal: Principal
        let until: ContinuousClock.Instant
    }

    private static let knownMax = 10_000

    private let store: Store
    private let lifetime: SessionLifetime
    private let memory: Duration
    private let now: @Sendable () -> ContinuousClock.Instant
    private var known: [[UInt8]: Known] = [:]
    /// How often everybody was forgotten.
    private var generation = 0
    private let scope = PlatformScope(by: .service("sign-in"))

    /// One that remembers for `memory`, by the clock `now`.
    package init(
        _ store: Store, _ lifetime: SessionLifetime, memory: Duration = .seconds(3),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.store = store
        self.lifetime = lifetime
        self.memory = memory
        self.now = now
    }

    /// Whose token it is; nil when it is nobody's, or no longer good.
    package func principal(of token: AccessToken) async throws -> Principal? {
        let hash = token.hash
        if let known = known[hash], known.until > now() { return known.principal }
        known[hash] = nil
        let (asked, generation) = (now(), generation)
        guard let principal = try await ask(token.kind, hash) else { return nil }
        // What was asked before something changed is not worth remembering.
        guard generation == self.generation else { return principal }
        if known.count >= Self.knownMax { known.removeAll(keepingCapacity: true) }
        known[hash] = Known(principal: principal, until: asked.advanced(by: memory))
        return principal
    }

    private func ask(_ kind: AccessToken.Kind, _ hash: [UInt8]) async throws -> Principal? {
        switch kind {
        case .session:
            guard let row = try await store.read(AccessStatements.session, hash, in: scope, .deciding).first else {
                return nil
            }
            if row.isStale {
                let (idle, absolute) = (PostgresInterval(lifetime.idle), PostgresInterval(lifetime.absolute))
                try await store.write(AccessStatements.touchSession, (row.session, idle, absolute), in: scope)
            }
            return Principal(
                .user(row.user, session: row.session, roles: row.roles, isPlatformAdmin: row.isPlatformAdmin))
        case .key:
            guard let row = try await store.read(AccessStatements.key, hash, in: scope, .deciding).first else {
                return nil
            }
            if row.isStale { try await store.write(AccessStatements.touchKey, row.id, in: scope) }
            let scopes = Set(row.scopes.compactMap { Permission($0) })
            return Principal(.key(row.id, salon: SalonIdentifier(row.salon), scopes: scopes))
        }
    }

    /// Forgets everybody, because what somebody may do has changed.
    package func forget() {
        generation += 1
        known.removeAll(keepingCapacity: true)
    }
}
