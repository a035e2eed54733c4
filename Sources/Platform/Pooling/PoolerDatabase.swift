package import Basics

/// A database as clients name it at the pooler.
package struct PoolerDatabase: Hashable, Sendable {
    /// The name that clients use.
    package let alias: String
    /// The database's own name, which may be anything.
    package let name: String

    /// A database, under its own name unless it gets another; throws when PgBouncer cannot have that as a key.
    package init(_ name: String, alias: String? = nil) throws(ParlorError) {
        self.name = name
        self.alias = alias ?? name
        guard !self.alias.isEmpty, self.alias.utf8.allSatisfy(Self.isKeyByte), self.alias != "pgbouncer" else {
            throw ParlorError(
                .configuration, "the pooler cannot serve a database under the name \"\(self.alias)\"",
                why:
                    "PgBouncer takes letters of ASCII, digits, \"_\", \"-\" and \".\", and keeps \"pgbouncer\" to itself",
                hint: "Give it another name at the pooler; the database keeps its own.")
        }
        guard !self.alias.hasSuffix(Self.readSuffix) else {
            throw ParlorError(
                .configuration, "the pooler cannot serve a database under the name \"\(self.alias)\"",
                why: "names that end in \"\(Self.readSuffix)\" lead to replicas",
                hint: "Give it another name at the pooler; the database keeps its own.")
        }
        guard !name.utf8.contains(where: { $0 < 32 }) else {
            throw ParlorError(
                .configuration, "the name of a database holds a control character",
                hint: "Rename the database.")
        }
    }

    /// What the names of read pools end in.
    package static let readSuffix = "_ro"

    /// The name under which clients read from replicas.
    package var readAlias: String { alias + Self.readSuffix }

    private static func isKeyByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
