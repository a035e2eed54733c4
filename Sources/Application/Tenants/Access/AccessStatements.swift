import Postgres
package import Store

/// A session as a token finds it, with what its person may be told apart by.
struct SessionRow: StatementRow {
    let session: PostgresUUID
    let user: PostgresUUID
    let isPlatformAdmin: Bool
    let isStale: Bool
    let roles: [SalonIdentifier: Role]

    static let shape = RowShape(
        Column("id", PostgresUUID.self), Column("user_id", PostgresUUID.self), Column("is_platform_admin", Bool.self),
        Column("is_stale", Bool.self), Column("salons", [PostgresUUID].self), Column("roles", [String].self)
    ) { session, user, isPlatformAdmin, isStale, salons, roles in
        SessionRow(
            session: session, user: user, isPlatformAdmin: isPlatformAdmin, isStale: isStale,
            roles: Dictionary(
                zip(salons, roles).compactMap { salon, role in
                    Role(rawValue: role).map { (SalonIdentifier(salon), $0) }
                }
            ) { first, _ in first })
    }
}

/// A key as its text finds it.
struct KeyRow: StatementRow {
    let id: PostgresUUID
    let salon: PostgresUUID
    let scopes: [String]
    let isStale: Bool

    static let shape = RowShape(
        Column("id", PostgresUUID.self), Column("salon_id", PostgresUUID.self), Column("scopes", [String].self),
        Column("is_stale", Bool.self)
    ) { KeyRow(id: $0, salon: $1, scopes: $2, isStale: $3) }
}

/// Statements with which it is found out who sent a request. The platform asks: nobody knows yet for which salon.
package enum AccessStatements: StatementList {
    /// The session of a token's hash, while it lasts, and what its person is in which salon.
    static let session = Statement(
        "access_session", .reads,
        """
        SELECT s.id, s.user_id, u.is_platform_admin, s.last_used_at < now() - interval '5 minutes' AS is_stale,
            ARRAY (
                SELECT m.salon_id FROM memberships AS m JOIN salons AS a ON a.id = m.salon_id
                WHERE m.user_id = s.user_id AND m.deleted_at IS NULL AND a.deleted_at IS NULL ORDER BY m.salon_id
            ) AS salons,
            ARRAY (
                SELECT m.role::text FROM memberships AS m JOIN salons AS a ON a.id = m.salon_id
                WHERE m.user_id = s.user_id AND m.deleted_at IS NULL AND a.deleted_at IS NULL ORDER BY m.salon_id
            ) AS roles
        FROM sessions AS s JOIN users AS u ON u.id = s.user_id
        WHERE s.token_hash = $1 AND s.revoked_at IS NULL AND s.expires_at > now() AND u.deleted_at IS NULL
        """, takes: [UInt8].self, gives: SessionRow.self)

    /// The key of a hash, while it is good.
    static let key = Statement(
        "access_key", .reads,
        """
        SELECT k.id, k.salon_id, k.scopes,
            k.last_used_at IS NULL OR k.last_used_at < now() - interval '1 hour' AS is_stale
        FROM api_keys AS k JOIN salons AS s ON s.id = k.salon_id
        WHERE k.key_hash = $1 AND k.revoked_at IS NULL AND k.deleted_at IS NULL AND s.deleted_at IS NULL
            AND (k.expires_at IS NULL OR k.expires_at > now())
        """, takes: [UInt8].self, gives: KeyRow.self)

    /// Notes that a session is in use, which lets it last as long again, up to its absolute end.
    static let touchSession = Statement(
        "access_touch_session", .writesRepeatably,
        """
        UPDATE sessions SET last_used_at = now(), expires_at = least(now() + $2, created_at + $3)
        WHERE id = $1 AND revoked_at IS NULL AND expires_at > now()
        """, takes: PostgresUUID.self, PostgresInterval.self, PostgresInterval.self, gives: .none)

    /// Notes that a key is in use.
    static let touchKey = Statement(
        "access_touch_key", .writesRepeatably, "UPDATE api_keys SET last_used_at = now() WHERE id = $1",
        takes: PostgresUUID.self, gives: .none)

    /// Each of them.
    package static let all: [any AnyStatement] = [session, key, touchSession, touchKey]
}
