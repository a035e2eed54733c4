import Basics

extension Command {
    /// `parlor bench`, which is listed here and run by the launcher script: the benchmarks are a package of their own.
    static let bench = Command(
        CommandDeclaration(
            name: "bench",
            group: .help,
            summary: "Measure Parlor beside its yardsticks; only as ./parlor bench",
            discussion: """
                drivers: the HTTP server against node's own and Express, PostgreSQL against pgbench, asyncpg and
                node-postgres, Redis against redis-benchmark, JSON against Foundation.

                store: reads of one salon under row-level security against pgbench with the same SQL.

                service: deliveries of WhatsApp to the whole service, each acknowledged when it is durable, against
                Express with node-postgres doing the same insert, and against pgbench without any HTTP.

                seed: "parlor seed" against psql, which copies the same rows into the same tables.

                pooler: 8, 64 and 1,000 clients through PgBouncer against as many directly, by pgbench over TLS.

                backups: 2 GB backed up and restored against pg_basebackup and plain copies, increments against full
                backups, and how much would be lost. It takes 10 GB below /tmp while it runs.

                The launcher script of a checkout builds the benchmarks, a package of their own, and unpacks the
                yardsticks below .build; only node is installed, where there is none. All contenders take turns on
                this machine; a ratio is ours divided by the yardstick's in the same run, and the figure is the
                median over the runs. With --json it prints one object (docs/reference/json.md), otherwise a table.
                It ends with status 0 when every floor holds and with 9 when one does not.
                """,
            arguments: [.init("suite", "What to measure: drivers, store, service, seed, pooler or backups")],
            options: [
                .value("runs", ValueDeclaration("<n>", .count, standard: "3"), "Turns of each contender"),
                .value("seconds", ValueDeclaration("<n>", .count, standard: "3"), "How long a turn lasts"),
                .value("seed", ValueDeclaration("<n>", .count), "The order of the turns"),
                .value("only", ValueDeclaration("<prefix>"), "Only figures whose names begin so, like postgres.read"),
                .json,
            ],
            examples: [
                .init("./parlor bench drivers", "A table, after about six minutes"),
                .init("./parlor bench drivers --json", "The same as one object"),
                .init("./parlor bench drivers --only http", "Only the HTTP server"),
                .init("./parlor bench service", "How many deliveries are taken in, after about two minutes"),
                .init("./parlor bench seed", "How fast rows are copied, after about two minutes"),
                .init("./parlor bench pooler", "What the pooler costs and gains, after about four minutes"),
                .init("./parlor bench backups", "What backups and restores take, after about twelve minutes"),
            ],
            isOfLauncher: true),
        work: { _ in
            throw ParlorError(
                .usage, "the program does not hold the benchmarks", why: "they are a package of their own",
                hint: "Run \"./parlor bench\" in a checkout.")
        })
}
