/// What an object of a schema is called: unique in its schema, the same in every database that has it.
package struct SchemaObjectName: Hashable, Comparable, Sendable {
    /// The kinds of objects, in the order in which they are made when nothing else decides.
    package enum Kind: Int, Comparable, Sendable {
        /// An extension, which is the database's and not the schema's.
        case `extension`
        /// A type whose values are labels.
        case enumeration
        /// A type with conditions.
        case domain
        /// A sequence of its own; that of an identity column belongs to the column.
        case sequence
        /// A function or a procedure, named with the types of its parameters.
        case function
        /// A table, partitioned or not, or a partition.
        case table
        /// A column of a table.
        case column
        /// The default of a column.
        case columnDefault
        /// Which column a sequence belongs to.
        case ownership
        /// A primary key, a unique or exclusion constraint, or a check.
        case constraint
        /// An index that belongs to no constraint.
        case index
        /// A foreign key.
        case foreignKey
        /// A view, materialized or not.
        case view
        /// A trigger.
        case trigger
        /// A policy of row-level security.
        case policy
        /// Extended statistics, which the planner keeps about columns together.
        case statistics

        /// The one that is made earlier first.
        package static func < (left: Kind, right: Kind) -> Bool { left.rawValue < right.rawValue }
    }

    /// What it is.
    package let kind: Kind
    /// The table or view that it hangs on, if it hangs on one.
    package let table: String?
    /// Its name; a default has that of its column.
    package let name: String

    /// A name.
    package init(_ kind: Kind, _ name: String, of table: String? = nil) {
        self.kind = kind
        self.table = table
        self.name = name
    }

    /// By kind, then by table, then by name.
    package static func < (left: SchemaObjectName, right: SchemaObjectName) -> Bool {
        (left.kind, left.table ?? "", left.name) < (right.kind, right.table ?? "", right.name)
    }
}
