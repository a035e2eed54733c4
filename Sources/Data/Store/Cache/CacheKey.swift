import Postgres

/// What a cached value is about, within a tenant: a kind of thing, and which one.
package struct CacheKey: Hashable, Sendable {
    /// The kind, which also labels the metrics: so it stands in the sources.
    package let kind: String
    /// Which one.
    package let id: String

    /// Names a thing; a kind has no colon, an id may have anything.
    package init(_ kind: StaticString, _ id: String) {
        self.kind = "\(kind)"
        self.id = id
        precondition(!self.kind.isEmpty && !self.kind.utf8.contains(UInt8(ascii: ":")), "a kind is a word")
    }

    /// A key that was named before, as the outbox tells it.
    init(told kind: String, _ id: String) {
        self.kind = kind
        self.id = id
    }
}

/// The names under which Redis knows a key. There is no way to make one without a tenant, and no two tenants share one.
///
/// The braces keep all keys of a tenant together, should a cluster ever serve them.
struct StoredKey: Hashable {
    /// Where the value stands.
    let value: String

    init(_ key: CacheKey, of tenant: SalonIdentifier) { value = "parlor:{\(tenant.value)}:\(key.kind):\(key.id)" }

    /// Where it stands who may store the value.
    var lease: String { "lease-\(value)" }
}
