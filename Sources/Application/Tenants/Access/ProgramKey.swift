package import Basics
package import Postgres
package import Store

/// A program's way in, as people see it: everything but what opens the door.
package struct ProgramKey: StatementRow, Hashable {
    /// Its own key.
    package let id: PostgresUUID
    /// What people call it.
    package let name: String
    /// Its first characters, by which people recognise it.
    package let prefix: String
    /// What it may do.
    package let scopes: [String]
    /// When it was last used, to the hour.
    package let lastUsed: Timestamp?
    /// When it ends.
    package let expires: Timestamp?
    /// When it was revoked.
    package let revoked: Timestamp?
    /// When it was made.
    package let created: Timestamp

    /// The columns it is made of.
    package static let shape = RowShape(
        Column("id", PostgresUUID.self), Column("name", String.self), Column("prefix", String.self),
        Column("scopes", [String].self), Column("last_used_at", Timestamp?.self),
        Column("expires_at", Timestamp?.self), Column("revoked_at", Timestamp?.self),
        Column("created_at", Timestamp.self)
    ) {
        ProgramKey(
            id: $0, name: $1, prefix: $2, scopes: $3, lastUsed: $4, expires: $5, revoked: $6, created: $7)
    }
}

/// Statements about the keys of programs.
package enum ProgramKeyStatements: StatementList {
    /// So many behind one.
    package static let list = Statement(
        "keys_list", .reads,
        """
        SELECT id, name, prefix, scopes, last_used_at, expires_at, revoked_at, created_at FROM api_keys
        WHERE id > $1 AND deleted_at IS NULL ORDER BY id LIMIT $2
        """, takes: PostgresUUID.self, Int.self, gives: ProgramKey.self)
    /// Makes one of a name, a beginning, a hash, scopes and an end.
    package static let insert = Statement(
        "key_insert", .writes,
        """
        INSERT INTO api_keys (salon_id, name, prefix, key_hash, scopes, expires_at)
        VALUES (current_salon(), $1, $2, $3, $4, $5)
        RETURNING id, name, prefix, scopes, last_used_at, expires_at, revoked_at, created_at
        """, takes: String.self, String.self, [UInt8].self, [String].self, Timestamp?.self, gives: ProgramKey.self)
    /// Revokes one, for good.
    package static let revoke = Statement(
        "key_revoke", .writesRepeatably,
        """
        UPDATE api_keys SET revoked_at = coalesce(revoked_at, now()) WHERE id = $1 AND deleted_at IS NULL RETURNING id
        """, takes: PostgresUUID.self, gives: .key)

    /// Each of them.
    package static let all: [any AnyStatement] = [list, insert, revoke]
}
