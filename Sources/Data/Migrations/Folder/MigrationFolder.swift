package import Basics

/// A folder of migrations as Prisma keeps it: a folder for each, named `<timestamp>_<name>` and holding `migration.sql`,
/// and beside them `migration_lock.toml`, which says for what kind of database they are.
package struct MigrationFolder: Hashable, Sendable {
    /// Where it is.
    package let path: String
    /// The migrations in the order of their names' bytes, which is that of their times.
    package let migrations: [Migration]

    /// The file that names the kind of database.
    package static let lockFile = "migration_lock.toml"

    /// The kind of database that these migrations are for, as Prisma calls it.
    package static let provider = "postgresql"

    /// Migrations that stand nowhere, for a plan of what would be.
    package init(path: String, migrations: [Migration]) {
        self.path = path
        self.migrations = migrations.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// Reads a folder; fails as Prisma does when it is for another kind of database (P3019) or a migration has no file
    /// (P3015). A folder without `migration_lock.toml` is fine.
    package init(reading path: String) throws(ParlorError) {
        guard try Files.status(path)?.kind == .folder else {
            throw ParlorError(
                .file, "there is no folder of migrations at \(path)",
                hint: "Name the folder with --migrations or in database.migrations.")
        }
        try Self.checkProvider("\(path)/\(Self.lockFile)")
        var migrations: [Migration] = []
        for name in try Files.list(path) where !name.hasPrefix(".") {
            let folder = "\(path)/\(name)"
            guard try Files.status(folder)?.kind == .folder else { continue }
            migrations.append(try Self.migration(name, in: folder))
        }
        self.init(path: path, migrations: migrations)
    }

    /// The migration of that name; nil when there is none.
    package func migration(named name: String) -> Migration? { migrations.first { $0.name == name } }

    private static func migration(_ name: String, in folder: String) throws(ParlorError) -> Migration {
        let file = "\(folder)/migration.sql"
        guard Files.exists(file) else {
            throw ParlorError(
                .fileMissing, "the migration \(name) has no migration.sql", why: "\(file) does not exist",
                hint: "Bring the file back, or delete the folder \(folder).")
        }
        let down = "\(folder)/down.sql"
        return Migration(
            name: name, text: try Files.readText(file), downText: Files.exists(down) ? try Files.readText(down) : nil)
    }

    private static func checkProvider(_ path: String) throws(ParlorError) {
        guard Files.exists(path) else { return }
        let line = try Files.readText(path).split(whereSeparator: \.isNewline).first { $0.hasPrefix("provider") }
        let value = line?.split(separator: "=", maxSplits: 1).last
        let found = value.map { String($0.filter { $0 != "\"" && $0 != " " }) }
        guard found != provider else { return }
        throw ParlorError(
            .providerChanged,
            "these migrations are for \(found.map { "the provider \($0)" } ?? "a provider that is not named")",
            why: "\(path) says so, and the database is \(provider)",
            hint: "Name the folder of the migrations that were made for PostgreSQL.")
    }
}
