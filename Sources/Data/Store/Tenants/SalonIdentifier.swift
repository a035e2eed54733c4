package import Postgres

/// Which salon: the tenant that everything a transaction sees and writes belongs to.
package struct SalonIdentifier: Hashable, Sendable {
    /// The key of its row.
    package let value: PostgresUUID

    /// The salon with that key.
    package init(_ value: PostgresUUID) { self.value = value }
}
