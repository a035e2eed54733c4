import Postgres

/// Writes the statements that make, alter and drop objects.
struct SchemaWriter {
    let catalog: SchemaCatalog

    // MARK: - Making

    /// Makes an object; `isFresh` says that the table it hangs on is made by the same steps.
    func create(_ object: SchemaObject, with parts: [SchemaObject], isFresh: Bool) -> SchemaChange {
        let name = quoteIdentifier(object.name.name)
        var (title, statements): (String, [String])
        switch object.shape {
        case .extension(let schema):
            let place = schema.map { " WITH SCHEMA \(quoteIdentifier($0))" } ?? ""
            (title, statements) = ("CreateExtension", ["CREATE EXTENSION IF NOT EXISTS \(name)\(place)"])
        case .enumeration(let labels):
            let list = labels.map { Self.literal($0) }.joined(separator: ", ")
            (title, statements) = ("CreateEnum", ["CREATE TYPE \(name) AS ENUM (\(list))"])
        case .domain(let shape): (title, statements) = ("CreateDomain", [Self.domain(name, shape)])
        case .sequence(let shape):
            (title, statements) = (
                "CreateSequence", ["CREATE SEQUENCE \(name) AS \(shape.type) \(Self.options(shape))"]
            )
        case .function(let shape):
            (title, statements) = ("CreateFunction", [Self.trimmed(shape.definition)])
        case .table(let shape): (title, statements) = ("CreateTable", table(object.name.name, shape, parts))
        case .view(let shape):
            let options = shape.options.isEmpty ? "" : " WITH (\(shape.options.joined(separator: ", ")))"
            let kind = shape.isMaterialized ? "MATERIALIZED VIEW" : "VIEW"
            (title, statements) = ("CreateView", ["CREATE \(kind) \(name)\(options) AS\(Self.lined(shape.query))"])
        default: (title, statements) = createPart(object, parts)
        }
        for commented in [object] + parts where commented.comment != nil { statements.append(comment(on: commented)) }
        return SchemaChange(
            title: title, statements: statements, summary: "make \(Self.label(object.name))",
            risk: isFresh ? nil : Self.risk(ofMaking: object, hasDefault: hasDefault(object)))
    }

    private func createPart(_ object: SchemaObject, _ parts: [SchemaObject]) -> (String, [String]) {
        let name = quoteIdentifier(object.name.name)
        let table = quoteIdentifier(object.name.table ?? "")
        switch object.shape {
        case .column(let shape):
            return ("AlterTable", ["ALTER TABLE \(table) ADD COLUMN \(name) \(Self.column(shape, parts.first?.shape))"])
        case .columnDefault(let value):
            return ("AlterTable", ["ALTER TABLE \(table) ALTER COLUMN \(name) SET DEFAULT \(value)"])
        case .ownership(let table, let column):
            return (
                "AlterSequence",
                ["ALTER SEQUENCE \(name) OWNED BY \(quoteIdentifier(table)).\(quoteIdentifier(column))"]
            )
        case .constraint(let shape):
            return ("AlterTable", ["ALTER TABLE \(table) ADD CONSTRAINT \(name) \(shape.definition)"])
        case .foreignKey(let shape):
            return ("AddForeignKey", ["ALTER TABLE \(table) ADD CONSTRAINT \(name) \(shape.definition)"])
        case .index(let shape):
            let head = shape.isUnique ? "CREATE UNIQUE INDEX" : "CREATE INDEX"
            return ("CreateIndex", ["\(head) \(name) ON \(table) \(shape.definition)"])
        case .trigger(let definition, let enabled):
            return ("CreateTrigger", [definition] + (enabled == "O" ? [] : [switching(object.name, enabled)]))
        case .policy(let shape):
            return ("CreatePolicy", ["CREATE POLICY \(name) ON \(table) \(Self.policy(shape))"])
        case .statistics(let definition):
            return ("CreateStatistics", ["CREATE STATISTICS \(name) \(definition) FROM \(table)"])
        default: return ("", [])
        }
    }

    private func hasDefault(_ object: SchemaObject) -> Bool {
        catalog.objects[SchemaObjectName(.columnDefault, object.name.name, of: object.name.table)] != nil
    }

    private static func risk(ofMaking object: SchemaObject, hasDefault: Bool) -> String? {
        let table = object.name.table ?? ""
        switch object.shape {
        case .column(let shape)
        where !shape.isNullable && !hasDefault && shape.generated == nil && shape.identity == nil:
            return "The column `\(object.name.name)` of `\(table)` has no default: this fails when the table has rows."
        case .constraint(let shape) where shape.kind == "u" || shape.kind == "p":
            return "The key `\(object.name.name)` on `\(table)` fails when there are duplicates."
        case .index(let shape) where shape.isUnique:
            return "The unique index `\(object.name.name)` on `\(table)` fails when there are duplicates."
        default: return nil
        }
    }

    // MARK: - Dropping

    static func drop(_ object: SchemaObject, risk: String?) -> SchemaChange {
        let name = quoteIdentifier(object.name.name)
        let table = quoteIdentifier(object.name.table ?? "")
        let (title, statement): (String, String)
        switch object.shape {
        case .extension: (title, statement) = ("DropExtension", "DROP EXTENSION \(name)")
        case .enumeration: (title, statement) = ("DropEnum", "DROP TYPE \(name)")
        case .domain: (title, statement) = ("DropDomain", "DROP DOMAIN \(name)")
        case .sequence: (title, statement) = ("DropSequence", "DROP SEQUENCE \(name)")
        case .function(let shape):
            let kind = shape.isProcedure ? "PROCEDURE" : "FUNCTION"
            (title, statement) = ("DropFunction", "DROP \(kind) \(routine(object.name))")
        case .table: (title, statement) = ("DropTable", "DROP TABLE \(name)")
        case .column: (title, statement) = ("AlterTable", "ALTER TABLE \(table) DROP COLUMN \(name)")
        case .columnDefault:
            (title, statement) = ("AlterTable", "ALTER TABLE \(table) ALTER COLUMN \(name) DROP DEFAULT")
        case .ownership: (title, statement) = ("AlterSequence", "ALTER SEQUENCE \(name) OWNED BY NONE")
        case .constraint: (title, statement) = ("AlterTable", "ALTER TABLE \(table) DROP CONSTRAINT \(name)")
        case .foreignKey: (title, statement) = ("DropForeignKey", "ALTER TABLE \(table) DROP CONSTRAINT \(name)")
        case .index: (title, statement) = ("DropIndex", "DROP INDEX \(name)")
        case .view(let shape):
            (title, statement) = ("DropView", "DROP \(shape.isMaterialized ? "MATERIALIZED VIEW" : "VIEW") \(name)")
        case .trigger: (title, statement) = ("DropTrigger", "DROP TRIGGER \(name) ON \(table)")
        case .policy: (title, statement) = ("DropPolicy", "DROP POLICY \(name) ON \(table)")
        case .statistics: (title, statement) = ("DropStatistics", "DROP STATISTICS \(name)")
        }
        return SchemaChange(
            title: title, statements: [statement], summary: "drop \(label(object.name))", risk: risk)
    }

    // MARK: - Words

    /// An object as sentences name it.
    static func label(_ name: SchemaObjectName) -> String {
        let table = name.table.map { " of \($0)" } ?? ""
        let kind: String
        switch name.kind {
        case .extension: kind = "the extension"
        case .enumeration: kind = "the enum"
        case .domain: kind = "the domain"
        case .sequence: kind = "the sequence"
        case .function: kind = "the function"
        case .table: kind = "the table"
        case .column: kind = "the column"
        case .columnDefault: kind = "the default of the column"
        case .ownership: kind = "the owner of the sequence"
        case .constraint: kind = "the constraint"
        case .index: kind = "the index"
        case .foreignKey: kind = "the foreign key"
        case .view: kind = "the view"
        case .trigger: kind = "the trigger"
        case .policy: kind = "the policy"
        case .statistics: kind = "the statistics"
        }
        return "\(kind) \(name.name)\(table)"
    }

    /// A function's name in quotes, with the types of its parameters.
    static func routine(_ name: SchemaObjectName) -> String {
        let word = name.name.prefix { $0 != "(" }
        return quoteIdentifier(String(word)) + name.name.dropFirst(word.count)
    }

    static func literal(_ text: String) -> String {
        let literal = quoteLiteral(text)
        return literal.hasPrefix(" ") ? String(literal.dropFirst()) : literal
    }

    /// Without line ends around it.
    static func trimmed(_ text: String) -> String {
        var text = Substring(text)
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }

    private static func lined(_ query: String) -> String {
        "\n" + trimmed(query).drop { $0.isWhitespace }.description
    }
}
