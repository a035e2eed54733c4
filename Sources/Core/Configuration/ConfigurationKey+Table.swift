import Basics

extension ConfigurationKey {
    /// Every key, in the order of the reference page.
    public static let all: [ConfigurationKey] =
        general + log + api + database + databaseSSL + cluster + pooler + redis + sealing + backups
        + notifications + whatsApp + worker

    private static let general: [ConfigurationKey] = [
        ConfigurationKey(
            "run_as", \.runAs, .userName, "The unprivileged user that children run as when Parlor is started as root."),
        ConfigurationKey(
            section: "hosts", \.hosts, .hosts, absence: "this machine alone",
            "The machines that the cluster stands on, each with its address; the same on all of them."),
    ]

    private static let log: [ConfigurationKey] = [
        ConfigurationKey("log.level", \.log.level, .choice, "The least level of message that is written."),
        ConfigurationKey(
            "log.format", \.log.format, .choice,
            "How messages are written; auto is text on a terminal and JSON elsewhere."),
        ConfigurationKey(
            "log.rotate_at", \.log.rotateAt, .bytes(atLeast: ByteCount(65_536)),
            "The size at which a log file is put aside and a new one begun."),
        ConfigurationKey("log.keep", \.log.keep, .integer(1...100), "How many log files that were put aside are kept."),
    ]

    private static let api: [ConfigurationKey] = [
        ConfigurationKey("api.host", \.api.host, .host, "The address that the service listens on."),
        ConfigurationKey("api.port", \.api.port, .integer(1...65_535), "The port that the service listens on."),
        ConfigurationKey(
            "api.loops", \.api.loops, .integer(1...64), absence: "one for each core, at most 4",
            "How many threads answer requests. Each takes four of database.pool_size or more, and one is kept for health; "
                + "there are no more threads than that feeds."),
        ConfigurationKey(
            "api.reads_per_minute", \.api.readsPerMinute, .integer(1...10_000_000),
            "How many requests that read a salon may send in a minute."),
        ConfigurationKey(
            "api.writes_per_minute", \.api.writesPerMinute, .integer(1...10_000_000),
            "How many requests that change something a salon may send in a minute."),
        ConfigurationKey(
            "api.sign_ins_per_minute", \.api.signInsPerMinute, .integer(1...1_000_000),
            "How many times an address may try to sign in in a minute."),
        ConfigurationKey(
            "api.session_idle", \.api.sessionIdle, .duration(.seconds(60) ... .seconds(366 * 86_400)),
            "How long a session lasts that nobody uses."),
        ConfigurationKey(
            "api.session_lifetime", \.api.sessionLifetime, .duration(.seconds(60) ... .seconds(366 * 86_400)),
            "How long a session lasts at most, however much it is used."),
    ]

    private static let database: [ConfigurationKey] = [
        ConfigurationKey(
            "database.managed", \.database.managed, .boolean,
            "Whether Parlor runs a private PostgreSQL; false means that it connects to a server that exists, "
                + "and follows by itself from a database.host that is not this machine."),
        ConfigurationKey("database.host", \.database.host, .host, "The host of the server."),
        ConfigurationKey("database.port", \.database.port, .integer(1...65_535), "The port of the server."),
        ConfigurationKey(
            "database.pooled", \.database.pooled, .boolean,
            "Whether a pooler such as PgBouncer answers at that port and lends connections for single transactions; "
                + "the service keeps no statements prepared then."),
        ConfigurationKey("database.name", \.database.name, .identifier, "The database."),
        ConfigurationKey("database.user", \.database.user, .identifier, "The role that the service connects as."),
        ConfigurationKey(
            "database.password", \.database.password, .password, absence: "generated",
            "The role's password; a private server gets a generated one."),
        ConfigurationKey("database.schema", \.database.schema, .identifier, "The schema that holds the tables."),
        ConfigurationKey(
            "database.ssl_mode", \.database.sslMode, .choice,
            "How connections to the server are encrypted, in libpq's words."),
        ConfigurationKey(
            "database.pool_size", \.database.poolSize, .integer(1...1000), aliases: ["DATABASE_POOL_SIZE"],
            "The most connections that one process of the service opens; with less than 5 it opens 5."),
        ConfigurationKey(
            "database.connection_timeout", \.database.connectionTimeout, .duration(.milliseconds(1) ... .seconds(3600)),
            aliases: [.milliseconds("DATABASE_CONNECTION_TIMEOUT", 1...3_600_000)],
            "How long a connection may take to be made."),
        ConfigurationKey(
            "database.logging", \.database.logging, .boolean, aliases: ["DATABASE_LOGGING"],
            "Whether every statement is logged."),
        ConfigurationKey(
            "database.max_connections", \.database.maxConnections, .integer(10...10_000),
            "The most connections that the private server accepts."),
        ConfigurationKey(
            "database.memory", \.database.memory, .bytes(atLeast: .megabytes(128)), absence: "the machine's memory",
            "The memory that the private server is tuned for."),
        ConfigurationKey(
            section: "database.settings", \.database.settings, .settings, absence: "none",
            "Settings of PostgreSQL that the private server gets instead of those that Parlor derives."),
        ConfigurationKey(
            "database.binaries", \.database.binaries, .path("a folder with the programs postgres and initdb"),
            absence: "found", "The folder with the programs of PostgreSQL."),
        ConfigurationKey(
            "database.migrations", \.database.migrations, .path("a folder of migrations"),
            absence: "schema/migrations", "The folder of the migrations, as Prisma Migrate keeps it."),
    ]

    private static let databaseSSL: [ConfigurationKey] = [
        ConfigurationKey(
            "database.ssl.enabled", \.database.ssl.enabled, .boolean, aliases: ["USE_SSL"],
            "Whether the private server offers encrypted connections; it needs the two files below."),
        ConfigurationKey(
            "database.ssl.certificate", \.database.ssl.certificate, .path("a file that can be read"), absence: "none",
            aliases: ["SSL_CERT_PATH"], "The private server's certificate in PEM form."),
        ConfigurationKey(
            "database.ssl.key", \.database.ssl.key, .path("a file that can be read"), absence: "none",
            aliases: ["SSL_KEY_PATH"], "The certificate's private key in PEM form."),
        ConfigurationKey(
            "database.ssl.authority", \.database.ssl.authority, .path("a file that can be read"),
            absence: "libpq's own", aliases: ["SSL_CA_PATH"],
            "The authorities in PEM form that a server's certificate must come from."),
    ]

    private static let cluster: [ConfigurationKey] = [
        ConfigurationKey(
            "cluster.replicas", \.cluster.replicas, .integer(0...15), "The replicas beside the primary."),
        ConfigurationKey(
            "cluster.durability", \.cluster.durability, .choice,
            "When a commit is acknowledged: synchronous when a replica has it, as long as there is one; strict always "
                + "then, so that writes wait when there is none; asynchronous at once, and a failover may lose the last."
        ),
        ConfigurationKey(
            "cluster.profile", \.cluster.profile, .choice,
            "How quickly a machine that is gone, frozen or cut off is believed to be: default after 20 s, lan after 5 s, "
                + "which Patroni does not support."),
        ConfigurationKey(
            "cluster.management_port", \.cluster.managementPort, .integer(1...65_535),
            "The port of the first node's Patroni; the others follow it."),
        ConfigurationKey(
            "cluster.etcd_port", \.cluster.etcdPort, .integer(1...65_534),
            "The port of etcd; its members speak to each other on the next one."),
        ConfigurationKey(
            "cluster.agent_port", \.cluster.agentPort, .integer(1...65_535),
            "The port at which the agents of several hosts reach each other."),
        ConfigurationKey(
            "cluster.patroni", \.cluster.patroni, .path("a folder with Patroni's virtual environment"),
            absence: "found", "The folder of Patroni's virtual environment."),
    ]

    private static let pooler: [ConfigurationKey] = [
        ConfigurationKey(
            "pooler.port", \.pooler.port, .integer(1...65_535),
            "The port for applications: a server connection is theirs for a transaction."),
        ConfigurationKey(
            "pooler.session_port", \.pooler.sessionPort, .integer(1...65_535),
            "The port for migrations and notifications: a server connection is theirs until they go."),
        ConfigurationKey(
            "pooler.clients", \.pooler.clients, .integer(10...10_000), "The clients that are served at a time."),
    ]

    private static let sealing: [ConfigurationKey] = [
        ConfigurationKey(
            "sealing.keys", \.sealing.keys, .sealingSecrets, absence: "none",
            "The master secrets that seal access tokens and notes, by number; the newest, with the highest, seals.")
    ]

    private static let redis: [ConfigurationKey] = [
        ConfigurationKey("redis.host", \.redis.host, .host, aliases: ["REDIS_HOST"], "The host of Redis."),
        ConfigurationKey(
            "redis.port", \.redis.port, .integer(1...65_535), aliases: ["REDIS_PORT"], "The port of Redis."),
        ConfigurationKey(
            "redis.queue_port", \.redis.queuePort, .integer(1...65_535), "The port of the private queue."),
        ConfigurationKey(
            "redis.password", \.redis.password, .password, absence: "none", aliases: ["REDIS_PASSWORD"],
            "The password of Redis."),
        ConfigurationKey(
            "redis.db", \.redis.database, .integer(0...15), aliases: ["REDIS_DB"], "The number of the Redis database."),
        ConfigurationKey(
            "redis.tls", \.redis.tls, .boolean, aliases: ["REDIS_ENABLE_TLS"],
            "Whether connections to Redis are encrypted."),
    ]
}
