extension ServerSettings {
    static func security(_ basis: Basis) -> [ServerSetting] {
        [
            ServerSetting(
                "password_encryption", "scram-sha-256", .security, "a stolen verifier is no password"),
            ServerSetting(
                "ssl_min_protocol_version", "TLSv1.2", .security, "what is older can be read by others"),
        ]
    }

    static func reporting(_ basis: Basis) -> [ServerSetting] {
        let isAudited = basis.libraries.contains("pgaudit")
        let audit = [
            ServerSetting("pgaudit.log", "ddl, role", .reporting, "who changed the schema or the rights of whom"),
            ServerSetting("pgaudit.log_parameter", "off", .reporting, "parameters may be personal data"),
        ]
        return [
            ServerSetting(
                "shared_preload_libraries", isAudited ? "pg_stat_statements,pgaudit" : "pg_stat_statements", .reporting,
                isAudited ? "counts statements, and records who changed what" : "counts what each statement costs"),
            ServerSetting("log_destination", "stderr", .reporting, "Parlor keeps the log"),
            ServerSetting("logging_collector", "off", .reporting, "Parlor keeps the log"),
            ServerSetting(
                "log_line_prefix", "%m [%p] %q%u@%d %a ", .reporting, "when, which process, who, where, for what"),
            ServerSetting("log_timezone", "UTC", .reporting, "the same on every machine"),
            basis.logsEveryStatement
                ? ServerSetting("log_statement", "all", .reporting, "database.logging is true")
                : ServerSetting("log_statement", "ddl", .reporting, "who changed the schema"),
            ServerSetting(
                "log_min_duration_statement", "1s", .reporting, "a statement that takes longer is worth a look"),
            ServerSetting("log_parameter_max_length", "0", .reporting, "parameters may be personal data"),
            ServerSetting("log_connections", "on", .reporting, "who came"),
            ServerSetting("log_disconnections", "on", .reporting, "who left, and after how long"),
            ServerSetting("log_lock_waits", "on", .reporting, "who waited for whom for a second"),
            ServerSetting("log_checkpoints", "on", .reporting, "when the disk was busy, and with how much"),
            ServerSetting(
                "log_autovacuum_min_duration", "10s", .reporting, "a vacuum that takes longer is worth a look"),
        ] + (isAudited ? audit : [])
    }

    static let customs = [
        ServerSetting("timezone", "UTC", .custom, "the same on every machine"),
        ServerSetting("datestyle", "iso, ymd", .custom, "the one that nobody misreads"),
        ServerSetting(
            "default_text_search_config", "pg_catalog.simple", .custom, "salons write in more than one language"),
    ]
}
