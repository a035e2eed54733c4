package import Basics
package import Postgres
package import Store

/// A session that has begun, or goes on under another token.
package struct StartedSession: Hashable, Sendable {
    /// What its person shows from now on; nobody can find it out again.
    package let token: AccessToken
    /// When it ends unless it is used.
    package let expires: Timestamp
}

/// People: how they sign in and out, and how they come to be known.
///
/// Invariants: of passwords and tokens only hashes are kept; whoever guesses learns neither whether an account exists
/// nor whether it is closed, by text or by time; every attempt is counted before it is looked at.
package struct SignIn: Sendable {
    private let store: Store
    private let hasher: PasswordHasher
    private let lifetime: SessionLifetime
    private let scope = PlatformScope(by: .service("sign-in"))

    /// Sign-in over a store.
    package init(_ store: Store, _ hasher: PasswordHasher, _ lifetime: SessionLifetime) {
        self.store = store
        self.hasher = hasher
        self.lifetime = lifetime
    }

    /// Begins a session; nil when address and password do not fit, or the account is closed for a while.
    package func begin(email: String, password: Secret) async throws -> StartedSession? {
        let person = try await store.write(SignInStatements.attempt, email, in: scope).value.first
        // A closed account costs what an open one does, and what none does.
        let hash = person?.isLocked == false ? person?.hash : nil
        guard try await hasher.verify(password, against: hash), let person, let hash else { return nil }
        let renewed = hasher.isOutdated(hash) ? try await hasher.hash(password) : nil
        let token = AccessToken.generate(.session)
        let first = min(lifetime.idle, lifetime.absolute)
        let input = (person.id, token.hash, PostgresInterval(first), renewed)
        let started = try await store.write(
            SignInStatements.begin, input, in: PlatformScope(by: .user(person.id)))
        return started.value.first.map { StartedSession(token: token, expires: $0) }
    }

    /// Gives a session another token; nil when it is over.
    package func rotate(_ session: PostgresUUID, of user: PostgresUUID) async throws -> StartedSession? {
        let token = AccessToken.generate(.session)
        let input = (
            session, token.hash, PostgresInterval(lifetime.idle), PostgresInterval(lifetime.absolute)
        )
        let rotated = try await store.write(SignInStatements.rotate, input, in: PlatformScope(by: .user(user)))
        return rotated.value.first.map { StartedSession(token: token, expires: $0) }
    }

    /// Ends a session.
    package func end(_ session: PostgresUUID, of user: PostgresUUID) async throws {
        try await store.write(SignInStatements.end, session, in: PlatformScope(by: .user(user)))
    }

    /// Ends all sessions of a person, but perhaps one.
    package func endAll(of user: PostgresUUID, but kept: PostgresUUID? = nil) async throws {
        try await store.write(SignInStatements.endAll, (user, kept), in: PlatformScope(by: .user(user)))
    }

    /// Gives a person another password and ends the other sessions; false when the old one is not right.
    package func changePassword(
        of user: PostgresUUID, from old: Secret, to new: Secret, in session: PostgresUUID
    ) async throws -> Bool {
        let known = try await store.read(SignInStatements.passwordHash, user, in: scope, .deciding).first ?? nil
        guard try await hasher.verify(old, against: known) else { return false }
        try await setPassword(of: user, to: new, keeping: session)
        return true
    }

    /// Gives a person another password and ends the sessions, but perhaps one.
    package func setPassword(
        of user: PostgresUUID, to password: Secret, keeping session: PostgresUUID? = nil
    ) async throws {
        let hash = try await hasher.hash(password)
        try await store.transaction(in: PlatformScope(by: .user(user)), repeatable: true) { transaction in
            try await transaction.run(SignInStatements.setPassword, (user, hash))
            try await transaction.run(SignInStatements.endAll, (user, session))
        }
    }

    /// The person of a key.
    package func person(_ id: PostgresUUID) async throws -> Person? {
        try await store.read(SignInStatements.person, id, in: scope).first
    }

    /// The person of an address.
    package func person(email: String) async throws -> Person? {
        try await store.read(SignInStatements.byEmail, email, in: scope, .deciding).first
    }

    /// So many people, in the order of their addresses.
    package func people(atMost limit: Int) async throws -> [Person] {
        try await store.read(SignInStatements.list, limit, in: scope, .deciding)
    }

    /// The salon with a key or a handle.
    package func salon(named name: String) async throws -> Salon? {
        try await store.read(SalonStatements.byName, name, in: scope, .deciding).first
    }

    /// Adds a person, and makes them what they are in a salon.
    package func add(
        email: String, name: String, password: Secret?, isPlatformAdmin: Bool,
        joining: (salon: SalonIdentifier, role: Role)?
    ) async throws -> Person {
        var hash: String?
        if let password { hash = try await hasher.hash(password) }
        let input = (email, name, hash, isPlatformAdmin)
        return try await store.transaction(in: scope, repeatable: true) { transaction in
            guard let person = try await transaction.run(SignInStatements.add, input).first else {
                throw ParlorError(.database, "a person could not be added")
            }
            if let joining {
                try await transaction.run(SignInStatements.join, (joining.salon.value, person.id, joining.role))
            }
            return person
        }.value
    }
}
