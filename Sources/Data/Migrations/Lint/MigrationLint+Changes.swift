extension MigrationLint {
    /// The rules that look at one change of ALTER TABLE.
    mutating func check(_ change: TableChange, of table: SQLName) {
        switch change {
        case .addColumn(let column): check(column, of: table)
        case .changeType(let column, let type, let using): checkType(column, type, using, of: table)
        case .setNotNull(let column): checkNotNull(column, of: table)
        case .addConstraint(let constraint): check(constraint, of: table)
        case .dropColumn(let column):
            guard let known = scene.existing(table) else { return }
            add(
                .dropColumn, known.isEmpty ? .note : .danger, lock: TableLock(table: table, level: .accessExclusive),
                what: "the column \(SQLName.quoted(column)) and what is in it go",
                safeWay: "First release a program that does not read it, then drop it with a later migration.")
            checkProgram(reads: table, column: column, "dropped")
        case .renameColumn(let old, let new): checkRename(of: table, column: old, to: new)
        case .renameTable(let new): checkRename(of: table, column: nil, to: new)
        case .setLogged(let isLogged):
            add(
                .tableRewrite, on: table, .accessExclusive,
                what: "SET \(isLogged ? "LOGGED" : "UNLOGGED") writes \(table) anew",
                safeWay: "Make a new table, copy the rows in portions, and exchange the names.")
        case .setAccessMethod, .setTablespace:
            add(
                .tableRewrite, on: table, .accessExclusive, what: "\(table) is written anew in another place",
                safeWay: "Make a new table there, copy the rows in portions, and exchange the names.")
        default: checkPartition(change, of: table)
        }
    }

    private mutating func check(_ column: ColumnDefinition, of table: SQLName) {
        guard let known = scene.existing(table) else { return }
        let name = SQLName.quoted(column.name)
        if column.isNotNull, column.defaultValue == nil, !column.isFilledRowByRow, !known.isEmpty {
            add(
                .notNullWithoutDefault, known.rows.map { $0 > 0 } == true ? .refused : .danger,
                lock: TableLock(table: table, level: .accessExclusive),
                what: "\(name) must not be NULL and has no default, which fails when \(table) has a row",
                safeWay: "ALTER TABLE \(table) ADD COLUMN \(name) \(column.type) NOT NULL DEFAULT …;")
        }
        if column.isFilledRowByRow {
            add(
                .tableRewrite, on: table, .accessExclusive,
                what: "each row gets a value of its own in \(name), so \(table) is written anew",
                safeWay: """
                    ALTER TABLE \(table) ADD COLUMN \(name) \(column.type);
                    ALTER TABLE \(table) ALTER COLUMN \(name) SET DEFAULT …;
                    and fill the rows that are there in portions, outside of the migration
                    """)
        }
        if column.isKey {
            add(
                .keyWithoutIndex, on: table, .accessExclusive,
                what: "the index of the key is built while nobody can read",
                safeWay: "Add the column alone, then: " + Self.keySQL(table, [column.name], isPrimary: false))
        }
        if column.hasCheck {
            add(
                .checkWithoutNotValid, on: table, .accessExclusive, what: "every row of \(table) is checked",
                safeWay: "Add the column alone, then: "
                    + Self.validationSQL(table, "CHECK (…)", SQLName("\(table.name)_\(column.name)_check")))
        }
        if let target = column.references, column.defaultValue != nil {
            add(
                .foreignKeyWithoutNotValid, on: table, .accessExclusive,
                what: "every row of \(table) is looked up in \(target)",
                safeWay: "Add the column alone, then: "
                    + Self.validationSQL(
                        table, "FOREIGN KEY (\(name)) REFERENCES \(target)",
                        SQLName("\(table.name)_\(column.name)_fkey")))
        }
    }

    private mutating func checkType(_ column: String, _ type: ColumnType, _ using: [SQLToken], of table: SQLName) {
        let name = SQLName.quoted(column)
        let old = scene.type(of: column, in: table)
        if let old, old.narrows(to: type) {
            add(
                .typeNarrowing, on: table, .accessExclusive,
                what: "\(name) goes from \(old) to \(type): what does not fit is cut, or makes it fail",
                safeWay: "SELECT … FROM \(table) WHERE \(name)::\(type)::\(old) IS DISTINCT FROM \(name); first")
        }
        guard scene.rewrites(column, of: table, to: type, using: using) else { return }
        let was = old.map { " from \($0)" } ?? ""
        add(
            .tableRewrite, on: table, .accessExclusive,
            what: "\(table) is written anew to make \(name)\(was) a \(type)",
            safeWay: """
                ALTER TABLE \(table) ADD COLUMN \(SQLName("\(column)_new")) \(type);
                keep both equal by a trigger, fill it in portions, and exchange the names with a later migration
                """)
    }

    private mutating func checkNotNull(_ column: String, of table: SQLName) {
        guard !scene.isChecked(column, of: table) else { return }
        let name = SQLName.quoted(column)
        let constraint = SQLName("\(table.name)_\(column)_not_null")
        add(
            .setNotNull, on: table, .accessExclusive, what: "every row of \(table) is checked while nobody can read it",
            safeWay: Self.validationSQL(table, "CHECK (\(name) IS NOT NULL)", constraint)
                + "\nALTER TABLE \(table) ALTER COLUMN \(name) SET NOT NULL, DROP CONSTRAINT \(constraint); in a third")
    }

    private mutating func check(_ constraint: ConstraintDefinition, of table: SQLName) {
        guard !constraint.isNotValid, !constraint.usesIndex else { return }
        let columns = constraint.columns.map(SQLName.quoted).joined(separator: ", ")
        let name = SQLName(constraint.name ?? "\(table.name)_\(constraint.columns.first ?? "rows")_valid")
        switch constraint.kind {
        case .foreignKey:
            let target = constraint.references?.description ?? "…"
            add(
                .foreignKeyWithoutNotValid, on: table, .shareRowExclusive,
                what: "every row of \(table) is looked up in \(target) while nobody can write either table",
                safeWay: Self.validationSQL(table, "FOREIGN KEY (\(columns)) REFERENCES \(target)", name))
        case .check:
            add(
                .checkWithoutNotValid, on: table, .accessExclusive,
                what: "every row of \(table) is checked while nobody can read it",
                safeWay: Self.validationSQL(table, "CHECK (…)", name))
        case .unique, .primaryKey:
            add(
                .keyWithoutIndex, on: table, .accessExclusive,
                what: "the index of the key is built while nobody can read",
                safeWay: Self.keySQL(table, constraint.columns, isPrimary: constraint.kind == .primaryKey))
        case .exclusion:
            add(
                .exclusionConstraint, on: table, .accessExclusive,
                what: "the index of the exclusion is built while nobody can read",
                safeWay: "There is no way without a lock: make a new table with the constraint, and move the rows over."
            )
        }
    }

    private mutating func checkRename(of table: SQLName, column: String?, to new: String) {
        let what = column.map { "the column \(SQLName.quoted($0))" } ?? "\(table)"
        guard let known = scene.existing(table) else { return }
        add(
            .rename, known.isEmpty ? .note : .danger, lock: TableLock(table: table, level: .accessExclusive),
            what: "\(what) is called \(SQLName.quoted(new)) from now on, and the program that runs does not know it",
            safeWay: column == nil
                ? """
                ALTER TABLE \(table) RENAME TO \(SQLName(new));
                CREATE VIEW \(table) AS SELECT * FROM \(SQLName(new)); until no program uses the old name
                """
                : "Add a column of the new name, keep both equal by a trigger, and drop the old one later."
        )
        checkProgram(reads: table, column: column, "renamed")
    }

    private mutating func checkPartition(_ change: TableChange, of table: SQLName) {
        switch change {
        case .attachPartition(let child):
            add(
                .partition, on: child, .accessExclusive,
                what: "every row of \(child) is checked, unless a valid check proves that it fits",
                safeWay: Self.validationSQL(child, "CHECK (…)", SQLName("\(child.name)_bound")) + "\nand attach it then"
            )
        case .detachPartition(let child, isConcurrent: false):
            add(
                .partition, on: table, .accessExclusive,
                what: "the whole of \(table) waits while \(child) is taken out",
                safeWay: "ALTER TABLE \(table) DETACH PARTITION \(child) CONCURRENTLY; in a migration of its own")
        default: break
        }
    }

    // MARK: - Safe ways

    private static func validationSQL(_ table: SQLName, _ constraint: String, _ name: SQLName) -> String {
        """
        ALTER TABLE \(table) ADD CONSTRAINT \(name) \(constraint) NOT VALID;
        ALTER TABLE \(table) VALIDATE CONSTRAINT \(name); in a second migration
        """
    }

    private static func keySQL(_ table: SQLName, _ columns: [String], isPrimary: Bool) -> String {
        let index = SQLName(isPrimary ? "\(table.name)_pkey" : "\(table.name)_\(columns.joined(separator: "_"))_key")
        let list = columns.map(SQLName.quoted).joined(separator: ", ")
        return """
            CREATE UNIQUE INDEX CONCURRENTLY \(index) ON \(table) (\(list)); in a migration of its own
            ALTER TABLE \(table) ADD CONSTRAINT \(index) \(isPrimary ? "PRIMARY KEY" : "UNIQUE") USING INDEX \(index);
            """
    }
}
