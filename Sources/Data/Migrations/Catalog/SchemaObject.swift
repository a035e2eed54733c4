/// An object of a schema as the database has it.
package struct SchemaObject: Hashable, Sendable {
    /// What it is called.
    package let name: SchemaObjectName
    /// What it is.
    package var shape: SchemaShape
    /// What COMMENT ON says of it.
    package var comment: String?
    /// Where it stands among its like in a table; nothing that two databases must agree on.
    package var position = 0
    /// What it needs to exist. It follows from the shape, as far as the server tracks it.
    package var needs: Set<SchemaObjectName> = []

    /// Whether two databases have the same object.
    package static func == (left: SchemaObject, right: SchemaObject) -> Bool {
        left.name == right.name && left.shape == right.shape && left.comment == right.comment
    }

    /// Of what `==` compares.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(shape)
        hasher.combine(comment)
    }
}

/// What an object of a schema is, by its kind; texts are the server's own, valid as SQL.
package enum SchemaShape: Hashable, Sendable {
    /// The schema it is in, unless that is the one that is read.
    case `extension`(schema: String?)
    /// Its labels in their order.
    case enumeration([String])
    /// A type with conditions.
    case domain(DomainShape)
    /// A sequence.
    case sequence(SequenceShape)
    /// A function or a procedure.
    case function(FunctionShape)
    /// A table without what hangs on it.
    case table(TableShape)
    /// A column without its default.
    case column(ColumnShape)
    /// The expression.
    case columnDefault(String)
    /// The table and the column.
    case ownership(table: String, column: String)
    /// What stands behind ADD CONSTRAINT and its name.
    case constraint(ConstraintShape)
    /// An index.
    case index(IndexShape)
    /// What stands behind ADD CONSTRAINT and its name.
    case foreignKey(ConstraintShape)
    /// A view.
    case view(ViewShape)
    /// The whole of CREATE TRIGGER, and when it fires, as `pg_trigger.tgenabled` has it.
    case trigger(definition: String, enabled: String)
    /// A policy.
    case policy(PolicyShape)
    /// What stands behind CREATE STATISTICS and its name, up to FROM.
    case statistics(String)
}

extension SchemaShape {
    /// The expressions in it, which may speak of values.
    var texts: [String] {
        switch self {
        case .domain(let domain): [domain.defaultValue ?? ""] + domain.checks.values
        case .function(let function): [function.definition]
        case .table(let table): [table.bound ?? "", table.partitionKey ?? ""]
        case .column(let column): [column.generated ?? ""]
        case .columnDefault(let value): [value]
        case .constraint(let constraint), .foreignKey(let constraint): [constraint.definition]
        case .index(let index): [index.definition]
        case .view(let view): [view.query]
        case .trigger(let definition, _), .statistics(let definition): [definition]
        case .policy(let policy): [policy.condition ?? "", policy.check ?? ""]
        case .extension, .enumeration, .sequence, .ownership: []
        }
    }
}

/// A domain.
package struct DomainShape: Hashable, Sendable {
    /// The type below it.
    package var type: String
    /// Its collation, unless it is that of the type.
    package var collation: String?
    /// Whether NULL is refused.
    package var isNotNull: Bool
    /// The default.
    package var defaultValue: String?
    /// The checks by their names.
    package var checks: [String: String]
}

/// A sequence.
package struct SequenceShape: Hashable, Sendable {
    /// The type of its numbers.
    package var type: String
    /// The first number.
    package var start: Int
    /// The step.
    package var increment: Int
    /// The smallest number.
    package var minimum: Int
    /// The largest number.
    package var maximum: Int
    /// How many numbers a session takes at once.
    package var cache: Int
    /// Whether it begins again at its end.
    package var cycles: Bool
}

/// A function or a procedure.
package struct FunctionShape: Hashable, Sendable {
    /// CREATE OR REPLACE FUNCTION, all of it.
    package var definition: String
    /// What cannot be replaced in place: the names of the parameters and the type of the result.
    package var signature: String
    /// Whether it is a procedure.
    package var isProcedure: Bool
}

/// A table without its columns.
package struct TableShape: Hashable, Sendable {
    /// What stands behind PARTITION BY.
    package var partitionKey: String?
    /// The table that it is a partition of.
    package var parent: String?
    /// Its part of that table, like `FOR VALUES IN (1)`.
    package var bound: String?
    /// Whether it is lost in a crash.
    package var isUnlogged: Bool
    /// Storage parameters as `name=value`.
    package var parameters: [String]
    /// Whether policies hold.
    package var hasRowSecurity: Bool
    /// Whether they hold for the owner as well.
    package var forcesRowSecurity: Bool
    /// What the replication of a row names it by, as `pg_class.relreplident` has it.
    package var replicaIdentity: String
}

/// A column without its default.
package struct ColumnShape: Hashable, Sendable {
    /// The type as `format_type` writes it.
    package var type: String
    /// Whether NULL may stand in it.
    package var isNullable: Bool
    /// Its collation, unless it is that of the type.
    package var collation: String?
    /// `ALWAYS` or `BY DEFAULT` for an identity column.
    package var identity: String?
    /// The numbers of an identity column.
    package var identitySequence: SequenceShape?
    /// The expression of a generated column.
    package var generated: String?
}

/// A constraint.
package struct ConstraintShape: Hashable, Sendable {
    /// As `pg_get_constraintdef` writes it, with NOT VALID where that holds.
    package var definition: String
    /// As `pg_constraint.contype` has it.
    package var kind: String
}

/// An index.
package struct IndexShape: Hashable, Sendable {
    /// What stands behind the table, from USING on.
    package var definition: String
    /// Whether it refuses a second row of the same key.
    package var isUnique: Bool
    /// Whether it was built to its end.
    package var isValid: Bool
}

/// A view.
package struct ViewShape: Hashable, Sendable {
    /// The query.
    package var query: String
    /// Whether its rows are kept.
    package var isMaterialized: Bool
    /// Options as `name=value`.
    package var options: [String]
}

/// A policy.
package struct PolicyShape: Hashable, Sendable {
    /// Whether it lets rows in, rather than keeping them out.
    package var isPermissive: Bool
    /// As `pg_policy.polcmd` has it.
    package var command: String
    /// The roles, in quotes where they are needed.
    package var roles: [String]
    /// What stands behind USING.
    package var condition: String?
    /// What stands behind WITH CHECK.
    package var check: String?
}
