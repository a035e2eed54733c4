import Postgres

/// Whether a template may be used.
package enum TemplateStatus: String, PostgresEnumeration, CaseIterable {
    /// WhatsApp looks at it.
    case pending = "PENDING"
    /// It may be.
    case approved = "APPROVED"
    /// It may not.
    case rejected = "REJECTED"
    /// Not for the time being, because people complained.
    case paused = "PAUSED"
    /// Not any more.
    case disabled = "DISABLED"
}
