extension ConfigurationKey {
    static let backups: [ConfigurationKey] =
        [
            ConfigurationKey(
                "backups.enabled", \.backups.enabled, .boolean,
                "Whether backups are made at all; where they are not, every look at the system says so."),
            ConfigurationKey(
                "backups.local", \.backups.local, .boolean, "Whether a folder of this machine holds a repository."),
            ConfigurationKey(
                "backups.folder", \.backups.folder, .path("a folder"), absence: "in the state folder",
                "That folder; one on another disk survives this one."),
            ConfigurationKey(
                "backups.key", \.backups.key, .password, absence: "generated",
                "What the repositories are encrypted with; set it where backups of another machine are to be read."),
            ConfigurationKey(
                "backups.full_at", \.backups.fullAt, .timeOfDay, "When the full backup of a day is made, UTC."),
            ConfigurationKey(
                "backups.incremental_every", \.backups.incrementalEvery, .duration(.seconds(300) ... .seconds(86_400)),
                "How long after a backup the next incremental one is made."),
            ConfigurationKey(
                "backups.keep_daily", \.backups.keepDaily, .integer(1...366),
                "The days for which everything is kept, so that each second of them can be had back."),
            ConfigurationKey(
                "backups.keep_weekly", \.backups.keepWeekly, .integer(0...3660),
                "The days for which the first full backup of each week is kept."),
            ConfigurationKey(
                "backups.keep_monthly", \.backups.keepMonthly, .integer(0...3660),
                "The days for which the first full backup of each month is kept."),
            ConfigurationKey(
                "backups.drill_days", \.backups.drillDays, .integer(0...90),
                "The days between two drills that restore backups to prove them; 0 for none."),
            ConfigurationKey(
                "backups.processes", \.backups.processes, .integer(1...64), absence: "one for each core",
                "How many processes compress and encrypt at a time."),
        ] + backupsInS3 + [
            ConfigurationKey(
                "backups.portable.recipients", \.backups.portable.recipients,
                .path("a public key of GnuPG, or a folder of them"), absence: "no dumps",
                "The public keys of those who can read the daily dump; without any none is made."),
            ConfigurationKey(
                "backups.portable.at", \.backups.portable.at, .timeOfDay, "When the dump of a day is made, UTC."),
        ]

    private static let backupsInS3: [ConfigurationKey] = [
        ConfigurationKey(
            "backups.s3.bucket", \.backups.s3.bucket, .bucket, absence: "no S3", aliases: ["S3_BUCKET"],
            "The bucket of S3, or of a service that speaks as it does, that holds a repository."),
        ConfigurationKey(
            "backups.s3.endpoint", \.backups.s3.endpoint, .host, "The host of the service."),
        ConfigurationKey(
            "backups.s3.port", \.backups.s3.port, .integer(1...65_535), "The port of the service, which speaks TLS."),
        ConfigurationKey("backups.s3.region", \.backups.s3.region, .identifier, "The region."),
        ConfigurationKey(
            "backups.s3.prefix", \.backups.s3.prefix, .identifier, "What the names of all objects begin with."),
        ConfigurationKey(
            "backups.s3.access_key", \.backups.s3.accessKey, .identifier, absence: "none",
            aliases: ["AWS_ACCESS_KEY_ID"], "The public part of the credentials."),
        ConfigurationKey(
            "backups.s3.secret_key", \.backups.s3.secretKey, .password, absence: "none",
            aliases: ["AWS_SECRET_ACCESS_KEY"], "The part of the credentials that signs."),
        ConfigurationKey(
            "backups.s3.addressing", \.backups.s3.addressing, .choice,
            "How the bucket is named in addresses: as the first part of the host's name, or of the path."),
        ConfigurationKey(
            "backups.s3.authority", \.backups.s3.authority, .path("a file that can be read"), absence: "the system's",
            "The authorities in PEM form that the service's certificate must come from."),
    ]
}
