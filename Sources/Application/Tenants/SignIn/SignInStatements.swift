package import Basics
package import Postgres
package import Store

/// Somebody who tries to sign in.
struct SigningPerson: StatementRow {
    let id: PostgresUUID
    let hash: String?
    let isLocked: Bool

    static let shape = RowShape(
        Column("id", PostgresUUID.self), Column("password_hash", String?.self), Column("is_locked", Bool.self)
    ) { SigningPerson(id: $0, hash: $1, isLocked: $2) }
}

/// A person as they see themselves.
package struct Person: StatementRow, Hashable {
    /// The key.
    package let id: PostgresUUID
    /// The address with which they sign in.
    package let email: String
    /// The name.
    package let name: String
    /// Whether they run the platform.
    package let isPlatformAdmin: Bool
    /// When they were added.
    package let created: Timestamp

    /// The columns it is made of.
    package static let shape = RowShape(
        Column("id", PostgresUUID.self), Column("email", String.self), Column("name", String.self),
        Column("is_platform_admin", Bool.self), Column("created_at", Timestamp.self)
    ) { Person(id: $0, email: $1, name: $2, isPlatformAdmin: $3, created: $4) }
}

/// Statements about people and their sessions. The platform asks: people are of any number of salons.
package enum SignInStatements: StatementList {
    /// Counts an attempt before it is looked at, so that many at once do not get more of them than one after the other;
    /// after the fifth that failed the account is closed for a while that doubles, up to a quarter of an hour. What
    /// time it is, the database says. It does not wait for the disk: whether there is such an account must not show in
    /// how long this takes.
    static let attempt = Statement(
        "sign_in_attempt", .writes,
        """
        WITH before AS MATERIALIZED (
            SELECT id, password_hash, coalesce(locked_until > now(), false) AS is_locked, failed_attempts + 1 AS attempts
            FROM users WHERE email = $1 AND deleted_at IS NULL FOR NO KEY UPDATE
        ), counted AS (
            UPDATE users AS u SET failed_attempts = b.attempts, locked_until = CASE
                WHEN b.attempts >= 5
                THEN now() + least(interval '15 minutes', interval '15 seconds' * power(2, least(b.attempts - 5, 20)))
            END
            FROM before AS b WHERE u.id = b.id AND NOT b.is_locked
        )
        SELECT b.id, b.password_hash, b.is_locked
        FROM (SELECT set_config('synchronous_commit', 'off', true)) AS quick, before AS b
        """, takes: String.self, gives: SigningPerson.self)

    /// Begins a session, and forgets the attempts before it.
    static let begin = Statement(
        "sign_in_begin", .writes,
        """
        WITH person AS (
            UPDATE users SET failed_attempts = 0, locked_until = NULL, password_hash = coalesce($4, password_hash)
            WHERE id = $1 AND deleted_at IS NULL RETURNING id
        )
        INSERT INTO sessions (user_id, token_hash, expires_at) SELECT id, $2, now() + $3 FROM person
        RETURNING expires_at
        """, takes: PostgresUUID.self, [UInt8].self, PostgresInterval.self, String?.self,
        gives: RowShape(Column("expires_at", Timestamp.self)) { $0 })

    /// Gives a session another token; the old one is nobody's from then on. When it ends at the latest stays.
    static let rotate = Statement(
        "sign_in_rotate", .writes,
        """
        UPDATE sessions SET token_hash = $2, last_used_at = now(), expires_at = least(now() + $3, created_at + $4)
        WHERE id = $1 AND revoked_at IS NULL AND expires_at > now() RETURNING expires_at
        """, takes: PostgresUUID.self, [UInt8].self, PostgresInterval.self, PostgresInterval.self,
        gives: RowShape(Column("expires_at", Timestamp.self)) { $0 })

    /// Ends a session.
    static let end = Statement(
        "sign_in_end", .writesRepeatably,
        "UPDATE sessions SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL",
        takes: PostgresUUID.self, gives: .none)

    /// Ends all sessions of a person, but perhaps one.
    static let endAll = Statement(
        "sign_in_end_all", .writesRepeatably,
        """
        UPDATE sessions SET revoked_at = now()
        WHERE user_id = $1 AND ($2::uuid IS NULL OR id <> $2) AND revoked_at IS NULL
        """, takes: PostgresUUID.self, PostgresUUID?.self, gives: .none)

    /// The person of a key.
    static let person = Statement(
        "person_by_key", .reads,
        """
        SELECT id, email, name, is_platform_admin, created_at FROM users WHERE id = $1 AND deleted_at IS NULL
        """, takes: PostgresUUID.self, gives: Person.self)

    /// The hash of a person's password.
    static let passwordHash = Statement(
        "person_password", .reads, "SELECT password_hash FROM users WHERE id = $1 AND deleted_at IS NULL",
        takes: PostgresUUID.self, gives: RowShape(Column("password_hash", String?.self)) { $0 })

    /// Gives a person another password.
    static let setPassword = Statement(
        "person_set_password", .writes,
        """
        UPDATE users SET password_hash = $2, failed_attempts = 0, locked_until = NULL
        WHERE id = $1 AND deleted_at IS NULL
        """, takes: PostgresUUID.self, String.self, gives: .none)

    /// Adds a person, without a password when they are only to be known yet.
    static let add = Statement(
        "person_add", .writes,
        """
        INSERT INTO users (email, name, password_hash, is_platform_admin) VALUES ($1, $2, $3, $4)
        RETURNING id, email, name, is_platform_admin, created_at
        """, takes: String.self, String.self, String?.self, Bool.self, gives: Person.self)

    /// The person of an address.
    static let byEmail = Statement(
        "person_by_email", .reads,
        """
        SELECT id, email, name, is_platform_admin, created_at FROM users WHERE email = $1 AND deleted_at IS NULL
        """, takes: String.self, gives: Person.self)

    /// So many people, in the order of their addresses.
    static let list = Statement(
        "people_list", .reads,
        """
        SELECT id, email, name, is_platform_admin, created_at FROM users
        WHERE deleted_at IS NULL ORDER BY email LIMIT $1
        """, takes: Int.self, gives: Person.self)

    /// Makes somebody what they are in a salon.
    static let join = Statement(
        "person_join", .writes,
        """
        INSERT INTO memberships (salon_id, user_id, role) VALUES ($1, $2, $3)
        ON CONFLICT (salon_id, user_id) DO UPDATE SET role = excluded.role, deleted_at = NULL
        """, takes: PostgresUUID.self, PostgresUUID.self, Role.self, gives: .none)

    /// Each of them.
    package static let all: [any AnyStatement] = [
        attempt, begin, rotate, end, endAll, person, passwordHash, setPassword, add, byEmail, list, join,
    ]
}
