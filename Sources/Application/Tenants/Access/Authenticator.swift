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
/// Invariants: an answer is good for a few seconds, then it is asked for again; nobody is remembered who is not known; what
/// this process revokes it forgets at once. Another process may let somebody in for so much longer: that is the price
/// of a statement less for nearly every request, and why it is a few seconds.
///
/// On failure: without the database nobody gets in who is not remembered.
package struct Authenticator: Sendable {
    private let store: Store
    private let lifetime: SessionLifetime
    private let known: KnownPrincipals
    private let scope = PlatformScope(by: .service("sign-in"))

    /// One that asks `store`, and shares what is `known` with the others of its process.
    package init(_ store: Store, _ lifetime: SessionLifetime, _ known: KnownPrincipals) {
        self.store = store
        self.lifetime = lifetime
        self.known = known
    }

    /// Whose token it is; nil when it is nobody's, or no longer good.
    package func principal(of token: AccessToken) async throws -> Principal? {
        let hash = token.hash
        if let principal = known[hash] { return principal }
        let question = known.question()
        guard let principal = try await ask(token.kind, hash) else { return nil }
        known.remember(principal, of: hash, question)
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
    package func forget() { known.forget() }
}
