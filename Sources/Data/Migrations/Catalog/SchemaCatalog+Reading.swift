package import Postgres

extension SchemaCatalog {
    /// Reads a schema of a live database, all of it as it is at one moment; nothing is changed.
    ///
    /// The session must be the caller's alone. Objects of extensions and `_prisma_migrations` are left out.
    package init(reading session: PostgresSession, schema: String = "public") async throws {
        self = try await session.transaction(isolation: .repeatableRead, readOnly: true) {
            try await session.query("SELECT set_config('search_path', quote_ident($1), true)", schema)
            return try await Self.read(session, schema)
        }
    }

    private static func read(_ session: PostgresSession, _ schema: String) async throws -> SchemaCatalog {
        var catalog = SchemaCatalog(schema: schema)
        // All of them travel together.
        async let extensions = session.query(SchemaQueries.extensions, schema)
        async let enums = session.query(SchemaQueries.enums, schema)
        async let domains = session.query(SchemaQueries.domains, schema)
        async let sequences = session.query(SchemaQueries.sequences, schema)
        async let functions = session.query(SchemaQueries.functions, schema)
        async let tables = session.query(SchemaQueries.tables, schema)
        async let columns = session.query(SchemaQueries.columns, schema)
        async let constraints = session.query(SchemaQueries.constraints, schema)
        async let indexes = session.query(SchemaQueries.indexes, schema)
        async let views = session.query(SchemaQueries.views, schema)
        async let triggers = session.query(SchemaQueries.triggers, schema)
        async let policies = session.query(SchemaQueries.policies, schema)
        async let statistics = session.query(SchemaQueries.statistics, schema)
        async let needs = session.query(SchemaQueries.needs, schema)
        async let others = session.query(SchemaQueries.others, schema)
        try catalog.addTypes(await extensions, await enums, await domains)
        try catalog.addSequences(await sequences)
        try catalog.addFunctions(await functions)
        try catalog.addTables(await tables, await columns)
        try catalog.addConstraints(await constraints)
        try catalog.addIndexes(await indexes)
        try catalog.addViews(await views)
        try catalog.addAttachments(await triggers, await policies)
        try catalog.addStatistics(await statistics)
        catalog.others = Set(try await others.map { try $0[0, as: String.self] })
        try catalog.addNeeds(await needs)
        return catalog
    }

    private mutating func addTypes(_ extensions: PostgresRows, _ enums: PostgresRows, _ domains: PostgresRows) throws {
        for row in extensions {
            let (name, schema) = try row.values(as: String.self, String?.self)
            add(SchemaObject(name: SchemaObjectName(.extension, name), shape: .extension(schema: schema)))
        }
        for row in enums {
            let (name, labels, comment) = try row.values(as: String.self, [String].self, String?.self)
            add(
                SchemaObject(
                    name: SchemaObjectName(.enumeration, name), shape: .enumeration(labels), comment: comment))
        }
        for row in domains {
            let checks = zip(
                try row[6, as: [String].self], try row[7, as: [String].self].map(SettledExpression.settled))
            let shape = DomainShape(
                type: try row[1], collation: try row[2], isNotNull: try row[3], defaultValue: try row[4],
                checks: Dictionary(checks) { first, _ in first })
            add(SchemaObject(name: SchemaObjectName(.domain, try row[0]), shape: .domain(shape), comment: try row[5]))
        }
    }

    private mutating func addSequences(_ rows: PostgresRows) throws {
        for row in rows {
            let name: String = try row[0]
            let shape = SequenceShape(
                type: try row[1], start: try row[2], increment: try row[3], minimum: try row[4], maximum: try row[5],
                cache: try row[6], cycles: try row[7])
            add(SchemaObject(name: SchemaObjectName(.sequence, name), shape: .sequence(shape), comment: try row[8]))
            guard let table = try row[9, as: String?.self], let column = try row[10, as: String?.self] else { continue }
            add(
                SchemaObject(
                    name: SchemaObjectName(.ownership, name), shape: .ownership(table: table, column: column),
                    needs: [SchemaObjectName(.sequence, name), SchemaObjectName(.column, column, of: table)]))
        }
    }

    private mutating func addFunctions(_ rows: PostgresRows) throws {
        for row in rows {
            let shape = FunctionShape(definition: try row[1], signature: try row[2], isProcedure: try row[3])
            add(
                SchemaObject(
                    name: SchemaObjectName(.function, try row[0]), shape: .function(shape), comment: try row[4]))
        }
    }

    private mutating func addTables(_ tables: PostgresRows, _ columns: PostgresRows) throws {
        for row in tables {
            let shape = TableShape(
                partitionKey: try row[1], parent: try row[2], bound: try row[3], isUnlogged: try row[4],
                parameters: try row[5], hasRowSecurity: try row[6], forcesRowSecurity: try row[7],
                replicaIdentity: try row[8])
            let parent = shape.parent.map { Set([SchemaObjectName(.table, $0)]) } ?? []
            add(
                SchemaObject(
                    name: SchemaObjectName(.table, try row[0]), shape: .table(shape), comment: try row[9],
                    needs: parent))
        }
        for row in columns { try addColumn(row) }
    }

    private mutating func addColumn(_ row: PostgresRow) throws {
        let (table, name): (String, String) = try (row[0], row[1])
        var shape = ColumnShape(
            type: try row[3], isNullable: try row[4], collation: try row[5], identity: try row[6],
            generated: try row[7, as: String?.self].map(SettledExpression.settled))
        if let start = try row[10, as: Int?.self], shape.identity != nil {
            shape.identitySequence = SequenceShape(
                type: try row[16], start: start, increment: try row[11], minimum: try row[12], maximum: try row[13],
                cache: try row[14], cycles: try row[15])
        }
        let column = SchemaObjectName(.column, name, of: table)
        let position = try row[2, as: Int.self]
        add(
            SchemaObject(
                name: column, shape: .column(shape), comment: try row[9], position: position,
                needs: [SchemaObjectName(.table, table)]))
        guard let value = try row[8, as: String?.self] else { return }
        add(
            SchemaObject(
                name: SchemaObjectName(.columnDefault, name, of: table), shape: .columnDefault(value),
                position: position, needs: [column]))
    }

    private mutating func addConstraints(_ rows: PostgresRows) throws {
        for row in rows {
            let (table, name, kind): (String, String, String) = try (row[0], row[1], row[2])
            let shape = ConstraintShape(definition: SettledExpression.settled(try row[3]), kind: kind)
            add(
                SchemaObject(
                    name: SchemaObjectName(kind == "f" ? .foreignKey : .constraint, name, of: table),
                    shape: kind == "f" ? .foreignKey(shape) : .constraint(shape), comment: try row[4],
                    position: kind == "p" ? 0 : 1, needs: [SchemaObjectName(.table, table)]))
        }
    }

    private mutating func addIndexes(_ rows: PostgresRows) throws {
        for row in rows {
            let table: String = try row[0]
            let shape = IndexShape(
                definition: SettledExpression.settled(try row[4]), isUnique: try row[2], isValid: try row[3])
            add(
                SchemaObject(
                    name: SchemaObjectName(.index, try row[1], of: table), shape: .index(shape), comment: try row[5],
                    needs: [SchemaObjectName(.table, table)]))
        }
    }

    private mutating func addViews(_ rows: PostgresRows) throws {
        for row in rows {
            let query = SettledExpression.settled(try row[1])
            let shape = ViewShape(
                query: query.hasSuffix(";") ? String(query.dropLast()) : query, isMaterialized: try row[2],
                options: try row[3])
            add(SchemaObject(name: SchemaObjectName(.view, try row[0]), shape: .view(shape), comment: try row[4]))
        }
    }

    private mutating func addAttachments(_ triggers: PostgresRows, _ policies: PostgresRows) throws {
        for row in triggers {
            let table: String = try row[0]
            add(
                SchemaObject(
                    name: SchemaObjectName(.trigger, try row[1], of: table),
                    shape: .trigger(definition: SettledExpression.settled(try row[2]), enabled: try row[3]),
                    comment: try row[4], needs: [SchemaObjectName(.table, table)]))
        }
        for row in policies {
            let table: String = try row[0]
            let shape = PolicyShape(
                isPermissive: try row[2], command: try row[3], roles: try row[4],
                condition: try row[5, as: String?.self].map(SettledExpression.settled),
                check: try row[6, as: String?.self].map(SettledExpression.settled))
            add(
                SchemaObject(
                    name: SchemaObjectName(.policy, try row[1], of: table), shape: .policy(shape),
                    comment: try row[7], needs: [SchemaObjectName(.table, table)]))
        }
    }

    private mutating func addStatistics(_ rows: PostgresRows) throws {
        for row in rows {
            let table: String = try row[0]
            add(
                SchemaObject(
                    name: SchemaObjectName(.statistics, try row[1], of: table),
                    shape: .statistics(SettledExpression.settled(try row[2])), comment: try row[3],
                    needs: [SchemaObjectName(.table, table)]))
        }
    }

    private mutating func addNeeds(_ rows: PostgresRows) throws {
        for row in rows {
            guard let needing = try Self.name(row, 0), let needed = try Self.name(row, 3) else { continue }
            // A sequence goes with its column and needs it no more than that.
            guard objects[needed] != nil, needing.kind != .sequence || needed.kind != .column else { continue }
            objects[needing]?.needs.insert(needed)
        }
        // What hangs on a view hangs on no table of that name.
        for (name, object) in objects {
            guard let table = name.table, objects[SchemaObjectName(.view, table)] != nil else { continue }
            objects[name]?.needs = object.needs.union([SchemaObjectName(.view, table)])
                .subtracting([SchemaObjectName(.table, table)])
        }
    }

    private static func name(_ row: PostgresRow, _ first: Int) throws -> SchemaObjectName? {
        guard let kind = SchemaObjectName.Kind(rawValue: try row[first, as: Int.self]) else { return nil }
        return SchemaObjectName(kind, try row[first + 2], of: try row[first + 1])
    }
}
