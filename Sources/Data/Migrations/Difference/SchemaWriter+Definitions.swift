import Postgres

extension SchemaWriter {
    /// CREATE TABLE with what belongs into it, and what must be set afterwards.
    func table(_ name: String, _ shape: TableShape, _ parts: [SchemaObject]) -> [String] {
        let quoted = quoteIdentifier(name)
        let kind = shape.isUnlogged ? "UNLOGGED TABLE" : "TABLE"
        var text: String
        if let parent = shape.parent, let bound = shape.bound {
            text = "CREATE \(kind) \(quoted) PARTITION OF \(quoteIdentifier(parent)) \(bound)"
        } else {
            text = "CREATE \(kind) \(quoted) (\(body(parts)))"
        }
        if let key = shape.partitionKey { text += " PARTITION BY \(key)" }
        if !shape.parameters.isEmpty { text += " WITH (\(shape.parameters.joined(separator: ", ")))" }
        let plain = TableShape(
            isUnlogged: shape.isUnlogged, parameters: shape.parameters, hasRowSecurity: false,
            forcesRowSecurity: false, replicaIdentity: "d")
        return [text] + settings(quoted, plain, shape)
    }

    private func body(_ parts: [SchemaObject]) -> String {
        var columns: [String] = []
        var constraints: [String] = []
        for part in parts {
            let name = quoteIdentifier(part.name.name)
            if case .column(var shape) = part.shape {
                var value = parts.first {
                    $0.name == SchemaObjectName(.columnDefault, part.name.name, of: part.name.table)
                }
                let isSerial = parts.contains { owned in
                    owned.shape == .ownership(table: part.name.table ?? "", column: part.name.name)
                }
                if isSerial, let serial = Self.serials[shape.type] { (shape.type, value) = (serial, nil) }
                columns.append("    \(name) \(Self.column(shape, value?.shape))")
            }
            if case .constraint(let shape) = part.shape {
                constraints.append("    CONSTRAINT \(name) \(shape.definition)")
            }
        }
        if columns.isEmpty && constraints.isEmpty { return "" }
        let blocks = [columns, constraints].filter { !$0.isEmpty }.map { $0.joined(separator: ",\n") }
        return "\n" + blocks.joined(separator: ",\n\n") + "\n"
    }

    private static let serials = ["smallint": "SMALLSERIAL", "integer": "SERIAL", "bigint": "BIGSERIAL"]

    /// Whether a column is what comes of the type `serial`.
    static func isSerial(
        _ column: SchemaObject?, _ value: SchemaObject, _ sequence: SchemaObject, _ ownership: SchemaObject?
    ) -> Bool {
        guard case .column(let shape) = column?.shape, case .sequence(let numbers) = sequence.shape,
            !shape.isNullable, serials[shape.type] != nil, numbers.type == shape.type, numbers.isUsual,
            sequence.name.name.utf8.count < 64
        else { return false }
        let owner = SchemaShape.ownership(table: value.name.table ?? "", column: value.name.name)
        let name = literal(SQLName(sequence.name.name).description)
        return ownership?.shape == owner && value.shape == .columnDefault("nextval(\(name)::regclass)")
    }

    static func column(_ shape: ColumnShape, _ value: SchemaShape?) -> String {
        var text = shape.type
        if let collation = shape.collation { text += " COLLATE \(collation)" }
        if let generated = shape.generated { text += " GENERATED ALWAYS AS (\(generated)) STORED" }
        if !shape.isNullable { text += " NOT NULL" }
        if let identity = shape.identity { text += " \(Self.identity(identity, shape.identitySequence))" }
        if case .columnDefault(let expression) = value { text += " DEFAULT \(expression)" }
        return text
    }

    static func identity(_ identity: String, _ sequence: SequenceShape?) -> String {
        let text = "GENERATED \(identity) AS IDENTITY"
        guard let sequence, !sequence.isUsual else { return text }
        return "\(text) (\(options(sequence)))"
    }

    static func options(_ shape: SequenceShape) -> String {
        """
        INCREMENT BY \(shape.increment) MINVALUE \(shape.minimum) MAXVALUE \(shape.maximum) START WITH \(shape.start) \
        CACHE \(shape.cache) \(shape.cycles ? "CYCLE" : "NO CYCLE")
        """
    }

    static func domain(_ name: String, _ shape: DomainShape) -> String {
        var text = "CREATE DOMAIN \(name) AS \(shape.type)"
        if let collation = shape.collation { text += " COLLATE \(collation)" }
        if let value = shape.defaultValue { text += " DEFAULT \(value)" }
        if shape.isNotNull { text += " NOT NULL" }
        for (name, check) in shape.checks.sorted(by: { $0.key < $1.key }) {
            text += " CONSTRAINT \(quoteIdentifier(name)) \(check)"
        }
        return text
    }

    static func policy(_ shape: PolicyShape) -> String {
        let commands = ["r": "SELECT", "a": "INSERT", "w": "UPDATE", "d": "DELETE"]
        var text = shape.isPermissive ? "AS PERMISSIVE" : "AS RESTRICTIVE"
        text += " FOR \(commands[shape.command] ?? "ALL") TO \(shape.roles.joined(separator: ", "))"
        if let condition = shape.condition { text += " USING (\(condition))" }
        if let check = shape.check { text += " WITH CHECK (\(check))" }
        return text
    }

    /// What ALTER TABLE sets of a table itself.
    func settings(_ table: String, _ old: TableShape, _ new: TableShape) -> [String] {
        var changes: [String] = []
        if old.isUnlogged != new.isUnlogged { changes.append(new.isUnlogged ? "SET UNLOGGED" : "SET LOGGED") }
        if old.parameters != new.parameters {
            let names = old.parameters.map { $0.prefix { $0 != "=" } }
            let gone = names.filter { name in !new.parameters.contains { $0.hasPrefix("\(name)=") } }
            if !gone.isEmpty { changes.append("RESET (\(gone.joined(separator: ", ")))") }
            if !new.parameters.isEmpty { changes.append("SET (\(new.parameters.joined(separator: ", ")))") }
        }
        if old.hasRowSecurity != new.hasRowSecurity {
            changes.append("\(new.hasRowSecurity ? "ENABLE" : "DISABLE") ROW LEVEL SECURITY")
        }
        if old.forcesRowSecurity != new.forcesRowSecurity {
            changes.append("\(new.forcesRowSecurity ? "FORCE" : "NO FORCE") ROW LEVEL SECURITY")
        }
        if old.replicaIdentity != new.replicaIdentity,
            let word = ["d": "DEFAULT", "f": "FULL", "n": "NOTHING"][new.replicaIdentity]
        {
            changes.append("REPLICA IDENTITY \(word)")
        }
        return changes.map { "ALTER TABLE \(table) \($0)" }
    }

    /// When a trigger fires.
    func switching(_ name: SchemaObjectName, _ enabled: String) -> String {
        let words = ["D": "DISABLE", "R": "ENABLE REPLICA", "A": "ENABLE ALWAYS"][enabled] ?? "ENABLE"
        return "ALTER TABLE \(quoteIdentifier(name.table ?? "")) \(words) TRIGGER \(quoteIdentifier(name.name))"
    }

    /// COMMENT ON an object; takes a comment away that is not there.
    func comment(on object: SchemaObject) -> String {
        let name = quoteIdentifier(object.name.name)
        let table = quoteIdentifier(object.name.table ?? "")
        let target: String
        switch object.shape {
        case .extension: target = "EXTENSION \(name)"
        case .enumeration: target = "TYPE \(name)"
        case .domain: target = "DOMAIN \(name)"
        case .sequence: target = "SEQUENCE \(name)"
        case .function(let shape):
            target = "\(shape.isProcedure ? "PROCEDURE" : "FUNCTION") \(Self.routine(object.name))"
        case .table: target = "TABLE \(name)"
        case .column: target = "COLUMN \(table).\(name)"
        case .constraint, .foreignKey: target = "CONSTRAINT \(name) ON \(table)"
        case .index: target = "INDEX \(name)"
        case .view(let shape): target = "\(shape.isMaterialized ? "MATERIALIZED VIEW" : "VIEW") \(name)"
        case .trigger: target = "TRIGGER \(name) ON \(table)"
        case .policy: target = "POLICY \(name) ON \(table)"
        case .statistics: target = "STATISTICS \(name)"
        case .columnDefault, .ownership: return ""
        }
        return "COMMENT ON \(target) IS \(object.comment.map { Self.literal($0) } ?? "NULL")"
    }
}

extension SequenceShape {
    /// Whether it is what comes of saying nothing.
    var isUsual: Bool {
        let maxima = ["smallint": Int(Int16.max), "integer": Int(Int32.max), "bigint": Int.max]
        return start == 1 && increment == 1 && minimum == 1 && maximum == maxima[type] && cache == 1 && !cycles
    }
}
