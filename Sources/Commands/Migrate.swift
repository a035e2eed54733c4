extension Command {
    /// `parlor migrate`, which leads to the commands that bring the database where the application wants it.
    static let migrate = Command(
        CommandDeclaration(
            name: "migrate",
            group: .database,
            summary: "Bring the database to where its migrations want it",
            discussion: """
                Migrations are folders named after their time, each with a migration.sql, as Prisma Migrate keeps them;
                the two may take turns on one database. They are looked for in schema/migrations beside parlor.yaml,
                unless database.migrations or --migrations names another folder.

                The database is the one that the configuration names, DATABASE_URL included; the private one is reached
                through its socket.
                """,
            examples: [.init("parlor migrate deploy", "Run what has not been run yet")]),
        subcommands: [
            .migrateDev, .migrateDeploy, .migrateStatus, .migrateDiff, .migrateResolve, .migrateBaseline,
            .migrateRollback, .migrateReset,
        ])
}
