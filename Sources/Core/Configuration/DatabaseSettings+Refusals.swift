extension DatabaseSettings {
    /// Why a setting is not for anybody to decide on here; nil for one that is. It ends the sentence "… is refused: …".
    static func refusal(of name: String, _ value: String) -> String? {
        let name = name.lowercased()
        if let key = ownKeys[name] { return "set \(key) instead" }
        if let group = owned.first(where: { $0.names.contains(name) }) { return group.reason }
        if name.hasPrefix("recovery_target") { return "Parlor recovers servers itself" }
        guard let allowed = choices[name], !allowed.contains(where: { $0.lowercased() == value.lowercased() }) else {
            return nil
        }
        return "Parlor needs it to be \(allowed.joined(separator: " or "))"
    }

    /// What has a key of its own.
    private static let ownKeys = [
        "port": "database.port", "listen_addresses": "database.host", "max_connections": "database.max_connections",
        "ssl": "database.ssl.enabled", "ssl_cert_file": "database.ssl.certificate", "ssl_key_file": "database.ssl.key",
    ]

    private static let owned: [(reason: String, names: Set<String>)] = [
        (
            "Parlor decides where the server's files are",
            [
                "data_directory", "config_file", "hba_file", "ident_file", "external_pid_file",
                "unix_socket_directories", "unix_socket_group", "unix_socket_permissions", "ssl_ca_file",
                "ssl_crl_file", "ssl_crl_dir", "ssl_dh_params_file", "include", "include_dir", "include_if_exists",
            ]
        ),
        (
            "Parlor keeps the server's log",
            [
                "log_destination", "logging_collector", "log_directory", "log_filename", "log_file_mode",
                "log_rotation_age", "log_rotation_size", "log_truncate_on_rotation", "event_source",
            ]
        ),
        (
            "Parlor decides who follows whom",
            [
                "cluster_name", "primary_conninfo", "primary_slot_name", "promote_trigger_file", "hot_standby",
                "wal_log_hints", "synchronous_standby_names",
            ]
        ),
        (
            "Parlor archives the log",
            [
                "archive_mode", "archive_command", "archive_library", "archive_cleanup_command", "restore_command",
                "recovery_end_command",
            ]
        ),
        (
            "what the server has acknowledged must last",
            [
                "fsync", "full_page_writes", "synchronous_commit", "data_sync_retry", "zero_damaged_pages",
                "ignore_checksum_failure", "ignore_invalid_pages",
            ]
        ),
        ("passwords are kept as SCRAM verifiers", ["password_encryption", "db_user_namespace"]),
        ("a server that restarts by itself is Parlor's to restart", ["restart_after_crash"]),
    ]

    private static let choices = [
        "wal_level": ["replica", "logical"], "ssl_min_protocol_version": ["TLSv1.2", "TLSv1.3"],
    ]
}
