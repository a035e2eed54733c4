package import Postgres

/// For whom a transaction works, and by whom: every statement of the store is told, and none can be sent without.
package protocol Scope: Sendable {
    /// The statement that tells the server.
    var context: StatementContext { get throws }
    /// The same for what only reads, whose actor nobody notes down.
    var readingContext: StatementContext { get throws }
}

extension Scope {
    /// Reads say everything, too, unless a scope has so many of them that less is worth it.
    package var readingContext: StatementContext { get throws { try context } }
}

/// Work for one salon. Row-level security lets it see and change that salon's rows and no other's.
package struct SalonScope: Scope {
    /// The tenant.
    package let salon: SalonIdentifier
    /// Who acts.
    package let actor: Actor
    /// The request that it belongs to, for the audit log.
    package let request: String?

    /// Work for a salon.
    package init(_ salon: SalonIdentifier, by actor: Actor, request: String? = nil) {
        self.salon = salon
        self.actor = actor
        self.request = request
    }

    /// Takes the role that has rights on tenants' tables and names the salon, until the transaction ends.
    package var context: StatementContext {
        get throws {
            try StatementContext(
                """
                SELECT set_config('role', 'app_user', true), set_config('app.salon_id', $1::text, true),
                    set_config('app.actor', $2, true), set_config('app.request_id', $3, true)
                """, salon.value.description, actor.description, request ?? "")
        }
    }

    /// Reads share transactions with those of other salons, and the role, which takes the server longest, is taken once
    /// for all of them.
    package var readingContext: StatementContext {
        get throws {
            try StatementContext(
                "SELECT set_config('app.salon_id', $1::text, true)", salon.value.description,
                base: """
                    SELECT set_config('role', 'app_user', true), set_config('app.actor', '', true),
                        set_config('app.request_id', '', true)
                    """)
        }
    }
}

/// The platform's own work: who signs in, whose a number is, what the outbox holds. It reaches all salons and only the
/// few tables that this takes.
package struct PlatformScope: Scope {
    /// Who acts.
    package let actor: Actor

    /// The platform's work.
    package init(by actor: Actor) { self.actor = actor }

    /// Takes the role for it, and no salon.
    package var context: StatementContext {
        get throws {
            try StatementContext(
                """
                SELECT set_config('role', 'platform_user', true), set_config('app.salon_id', '', true),
                    set_config('app.actor', $1, true), set_config('app.request_id', '', true)
                """, actor.description)
        }
    }
}

/// Who acts, as created_by, updated_by and the audit log have it.
package enum Actor: Hashable, Sendable, CustomStringConvertible {
    /// A person who is signed in.
    case user(PostgresUUID)
    /// A program with a key.
    case key(PostgresUUID)
    /// A customer, by a message.
    case customer(PostgresUUID)
    /// A part of the service, by its name.
    case service(String)

    /// Like `user:0193…`.
    package var description: String {
        switch self {
        case .user(let id): "user:\(id)"
        case .key(let id): "key:\(id)"
        case .customer(let id): "customer:\(id)"
        case .service(let name): "service:\(name)"
        }
    }
}
