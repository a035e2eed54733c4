package import Postgres
package import Store

/// What a person is in a salon.
package struct Membership: VersionedRow, Hashable {
    /// Its key.
    package let id: PostgresUUID
    /// The person.
    package let user: PostgresUUID
    /// Their address.
    package let email: String
    /// Their name.
    package let name: String
    /// What they are.
    package let role: Role
    /// How often it was changed.
    package let version: Int32

    /// The columns it is made of.
    package static let shape = RowShape(
        Column("id", PostgresUUID.self), Column("user_id", PostgresUUID.self), Column("email", String.self),
        Column("name", String.self), Column("role", Role.self), Column("version", Int32.self)
    ) { Membership(id: $0, user: $1, email: $2, name: $3, role: $4, version: $5) }
}

/// Statements about who works with a salon.
package enum MembershipStatements: StatementList {
    /// So many behind one.
    package static let list = Statement(
        "members_list", .reads,
        """
        SELECT m.id, m.user_id, u.email, u.name, m.role, m.version
        FROM memberships AS m JOIN users AS u ON u.id = m.user_id
        WHERE m.id > $1 AND m.deleted_at IS NULL ORDER BY m.id LIMIT $2
        """, takes: PostgresUUID.self, Int.self, gives: Membership.self)
    /// The one of a key.
    package static let one = Statement(
        "member_by_key", .reads,
        """
        SELECT m.id, m.user_id, u.email, u.name, m.role, m.version
        FROM memberships AS m JOIN users AS u ON u.id = m.user_id
        WHERE m.id = $1 AND m.deleted_at IS NULL
        """, takes: PostgresUUID.self, gives: Membership.self)
    /// The key of the person of an address, who is made where nobody has it. The platform does it: a salon knows only
    /// those who are its members.
    package static let person = Statement(
        "member_person", .writesRepeatably,
        """
        WITH made AS (
            INSERT INTO users (email, name) VALUES ($1, $2) ON CONFLICT (email) DO NOTHING RETURNING id
        )
        SELECT id FROM made UNION ALL SELECT id FROM users WHERE email = $1 AND deleted_at IS NULL LIMIT 1
        """, takes: String.self, String.self, gives: .key)
    /// Makes somebody a member; nothing when they are one.
    package static let join = Statement(
        "member_join", .writes,
        """
        INSERT INTO memberships AS m (salon_id, user_id, role) VALUES (current_salon(), $1, $2)
        ON CONFLICT (salon_id, user_id) DO UPDATE SET role = excluded.role, deleted_at = NULL
            WHERE m.deleted_at IS NOT NULL
        RETURNING id
        """, takes: PostgresUUID.self, Role.self, gives: .key)
    /// Locks the owners, so that two who leave at once do not both see the other: how many there are besides one.
    package static let otherOwners = Statement(
        "member_other_owners", .writes,
        "SELECT id FROM memberships WHERE role = 'OWNER' AND deleted_at IS NULL AND id <> $1 ORDER BY id FOR UPDATE",
        takes: PostgresUUID.self, gives: .key)
    /// Makes a member something else.
    package static let change = Statement(
        "member_change", .writes,
        """
        UPDATE memberships SET role = $2
        WHERE id = $1 AND deleted_at IS NULL AND ($3::int4 IS NULL OR version = $3) RETURNING id
        """, takes: PostgresUUID.self, Role.self, Int32?.self, gives: .key)
    /// Ends a membership.
    package static let remove = Statement(
        "member_remove", .writes,
        """
        UPDATE memberships SET deleted_at = now()
        WHERE id = $1 AND deleted_at IS NULL AND ($2::int4 IS NULL OR version = $2) RETURNING id
        """, takes: PostgresUUID.self, Int32?.self, gives: .key)

    /// Each of them.
    package static let all: [any AnyStatement] = [list, one, person, join, otherOwners, change, remove]
}
