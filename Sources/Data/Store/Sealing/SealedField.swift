import Postgres

/// A column that holds sealed values; it is a part of what they are sealed with, so renaming one takes a re-sealing.
package struct SealedField: Hashable, Sendable, CustomStringConvertible {
    /// The table.
    package let table: String
    /// The column.
    package let column: String

    /// Names a column in the sources.
    package init(_ table: StaticString, _ column: StaticString) {
        self.table = "\(table)"
        self.column = "\(column)"
    }

    /// Like `salon.access_token`.
    package var description: String { "\(table).\(column)" }

    /// What a value is bound to: a tenant's column. No name of PostgreSQL holds a zero byte, so no two are alike.
    func bytes(tenant: SalonIdentifier) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(18 + table.utf8.count + column.utf8.count)
        withUnsafeBytes(of: (tenant.value.high.bigEndian, tenant.value.low.bigEndian)) { bytes.append(contentsOf: $0) }
        bytes += table.utf8
        bytes.append(0)
        bytes += column.utf8
        return bytes
    }
}
