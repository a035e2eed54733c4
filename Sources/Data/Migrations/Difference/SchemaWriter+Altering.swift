import Postgres

extension SchemaWriter {
    /// Alters an object where it is; nil when there is nothing to say.
    func alter(_ old: SchemaObject, to new: SchemaObject) -> SchemaChange? {
        var (title, statements): (String, [String])
        var risk: String?
        let name = quoteIdentifier(new.name.name)
        let table = quoteIdentifier(new.name.table ?? "")
        switch (old.shape, new.shape) {
        case (_, .extension(let schema)):
            (title, statements) = (
                "AlterExtension", ["ALTER EXTENSION \(name) SET SCHEMA \(quoteIdentifier(schema ?? catalog.schema))"]
            )
        case (.enumeration(let before), .enumeration(let after)):
            (title, statements) = ("AlterEnum", Self.added(before, after, to: name))
        case (.domain(let before), .domain(let after)):
            (title, statements) = ("AlterDomain", Self.domainChanges(name, before, after))
        case (.sequence(let before), .sequence(let after)):
            let changes = before == after ? [] : ["ALTER SEQUENCE \(name) AS \(after.type) \(Self.options(after))"]
            (title, statements) = ("AlterSequence", changes)
        case (.function(let before), .function(let after)):
            (title, statements) = ("AlterFunction", before == after ? [] : [Self.trimmed(after.definition)])
        case (.table(let before), .table(let after)):
            (title, statements) = ("AlterTable", bound(name, before, after) + settings(name, before, after))
        case (.column(let before), .column(let after)):
            (title, statements) = ("AlterTable", Self.columnChanges(table, name, before, after))
            risk = Self.columnRisk(new.name, before, after)
        case (_, .columnDefault(let value)):
            (title, statements) = ("AlterTable", ["ALTER TABLE \(table) ALTER COLUMN \(name) SET DEFAULT \(value)"])
        case (_, .ownership(let table, let column)):
            (title, statements) = (
                "AlterSequence",
                ["ALTER SEQUENCE \(name) OWNED BY \(quoteIdentifier(table)).\(quoteIdentifier(column))"]
            )
        case (.constraint(let before), .constraint(let after)), (.foreignKey(let before), .foreignKey(let after)):
            let changes = before == after ? [] : ["ALTER TABLE \(table) VALIDATE CONSTRAINT \(name)"]
            (title, statements) = ("AlterTable", changes)
        case (.trigger(_, let before), .trigger(_, let after)):
            (title, statements) = ("AlterTrigger", before == after ? [] : [switching(new.name, after)])
        default: (title, statements) = ("Comment", [])
        }
        if old.shape == new.shape { statements = [] }
        if old.comment != new.comment { statements.append(comment(on: new)) }
        guard !statements.isEmpty else { return nil }
        if old.shape == new.shape { title = "Comment" }
        return SchemaChange(
            title: title, statements: statements, summary: "alter \(Self.label(new.name))", risk: risk)
    }

    /// New labels between those that stay.
    private static func added(_ before: [String], _ after: [String], to name: String) -> [String] {
        var statements: [String] = []
        for (index, label) in after.enumerated() where !before.contains(label) {
            let follows = after[(index + 1)...].first { before.contains($0) }
            let place =
                follows == nil
                ? ""
                : index == 0
                    ? " BEFORE \(literal(follows ?? ""))" : " AFTER \(literal(after[index - 1]))"
            statements.append("ALTER TYPE \(name) ADD VALUE \(literal(label))\(place)")
        }
        return statements
    }

    private static func domainChanges(_ name: String, _ before: DomainShape, _ after: DomainShape) -> [String] {
        var changes: [String] = []
        for (check, text) in before.checks.sorted(by: { $0.key < $1.key }) where after.checks[check] != text {
            changes.append("DROP CONSTRAINT \(quoteIdentifier(check))")
        }
        if before.defaultValue != after.defaultValue {
            changes.append(after.defaultValue.map { "SET DEFAULT \($0)" } ?? "DROP DEFAULT")
        }
        if before.isNotNull != after.isNotNull { changes.append(after.isNotNull ? "SET NOT NULL" : "DROP NOT NULL") }
        for (check, text) in after.checks.sorted(by: { $0.key < $1.key }) where before.checks[check] != text {
            changes.append("ADD CONSTRAINT \(quoteIdentifier(check)) \(text)")
        }
        return changes.map { "ALTER DOMAIN \(name) \($0)" }
    }

    private func bound(_ name: String, _ before: TableShape, _ after: TableShape) -> [String] {
        guard before.bound != after.bound, let parent = after.parent, let bound = after.bound else { return [] }
        return ["ALTER TABLE \(quoteIdentifier(parent)) ATTACH PARTITION \(name) \(bound)"]
    }

    /// Takes a partition out of its table, with its rows.
    static func detach(_ name: String, from parent: String) -> SchemaChange {
        SchemaChange(
            title: "AlterTable",
            statements: ["ALTER TABLE \(quoteIdentifier(parent)) DETACH PARTITION \(quoteIdentifier(name))"],
            summary: "take the partition \(name) out of \(parent), to put it back with other bounds", risk: nil)
    }

    /// Makes an identity column a plain one.
    static func dropIdentity(of column: SchemaObjectName) -> SchemaChange {
        let table = quoteIdentifier(column.table ?? "")
        return SchemaChange(
            title: "AlterTable",
            statements: ["ALTER TABLE \(table) ALTER COLUMN \(quoteIdentifier(column.name)) DROP IDENTITY"],
            summary: "stop numbering \(label(column))", risk: nil)
    }

    private static func columnChanges(
        _ table: String, _ name: String, _ before: ColumnShape, _ after: ColumnShape
    ) -> [String] {
        var changes: [String] = []
        if before.generated != nil, after.generated == nil { changes.append("DROP EXPRESSION") }
        if before.type != after.type || before.collation != after.collation {
            let collation = after.collation.map { " COLLATE \($0)" } ?? ""
            changes.append("SET DATA TYPE \(after.type)\(collation)\(conversion(name, before.type, after.type))")
        }
        if before.isNullable != after.isNullable {
            changes.append(after.isNullable ? "DROP NOT NULL" : "SET NOT NULL")
        }
        if let identity = after.identity {
            if before.identity == nil {
                changes.append("ADD \(Self.identity(identity, after.identitySequence))")
            } else {
                if before.identity != identity { changes.append("SET GENERATED \(identity)") }
                if before.identitySequence != after.identitySequence, let sequence = after.identitySequence {
                    changes.append(setting(sequence))
                }
            }
        }
        return changes.map { "ALTER TABLE \(table) ALTER COLUMN \(name) \($0)" }
    }

    private static func setting(_ shape: SequenceShape) -> String {
        """
        SET INCREMENT BY \(shape.increment) SET MINVALUE \(shape.minimum) SET MAXVALUE \(shape.maximum) \
        SET START WITH \(shape.start) SET CACHE \(shape.cache) SET \(shape.cycles ? "CYCLE" : "NO CYCLE")
        """
    }

    /// USING, where PostgreSQL would not convert by itself; anything can be read from its text.
    private static func conversion(_ name: String, _ before: String, _ after: String) -> String {
        if before == after { return "" }
        let families = [
            ["smallint", "integer", "bigint", "numeric", "real", "double precision"],
            ["text", "character varying", "character", "citext"], ["timestamp", "date"],
        ]
        let isNear = families.contains { family in
            [before, after].allSatisfy { type in
                !type.hasSuffix("[]")
                    && family.contains { type == $0 || type.hasPrefix("\($0)(") || type.hasPrefix("\($0) ") }
            }
        }
        return isNear ? "" : " USING (\(name)::text::\(after))"
    }

    private static func columnRisk(_ name: SchemaObjectName, _ before: ColumnShape, _ after: ColumnShape) -> String? {
        let place = "The column `\(name.name)` of `\(name.table ?? "")`"
        if before.type != after.type {
            let types = [before.type, after.type].map { text in
                ColumnType((try? SQLScript(text))?.statements.first?.tokens ?? [])
            }
            if !types[0].becomesWithoutRewrite(types[1]) {
                return
                    """
                    \(place) goes from \(before.type) to \(after.type): what does not fit is changed, or makes this \
                    fail.
                    """
            }
        }
        return before.isNullable && !after.isNullable
            ? "\(place) must not be NULL any more: this fails where it is." : nil
    }
}
