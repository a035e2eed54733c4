extension ServerSetting {
    /// What it takes until another value holds.
    package var change: Change { Self.change(of: name) }

    /// Who writes it where a cluster is kept by Patroni.
    package var keeper: Keeper { Self.keeper(of: name) }

    /// What it takes until another value of a setting holds.
    package static func change(of name: String) -> Change {
        restartNames.contains(name.lowercased()) ? .restart : .reload
    }

    /// Who writes a setting where a cluster is kept by Patroni.
    package static func keeper(of name: String) -> Keeper {
        let name = name.lowercased()
        if ["listen_addresses", "port", "cluster_name", "hot_standby"].contains(name) { return .patroni }
        return clusterNames.contains(name) ? .cluster : .server
    }

    /// What PostgreSQL fixes when it starts, in the versions 14 to 17: the context `postmaster` of pg_settings.
    package static let restartNames: Set<String> = [
        "archive_mode", "autovacuum_freeze_max_age", "autovacuum_max_workers", "autovacuum_multixact_freeze_max_age",
        "bonjour", "bonjour_name", "cluster_name", "commit_timestamp_buffers", "config_file", "data_directory",
        "data_sync_retry", "debug_io_direct", "dynamic_shared_memory_type", "event_source", "external_pid_file",
        "hba_file", "hot_standby", "huge_page_size", "huge_pages", "ident_file", "ignore_invalid_pages", "jit_provider",
        "listen_addresses", "logging_collector", "max_connections", "max_files_per_process",
        "max_locks_per_transaction", "max_logical_replication_workers", "max_notify_queue_pages",
        "max_pred_locks_per_transaction", "max_prepared_transactions", "max_replication_slots", "max_wal_senders",
        "max_worker_processes", "min_dynamic_shared_memory", "multixact_member_buffers", "multixact_offset_buffers",
        "notify_buffers", "old_snapshot_threshold", "pg_stat_statements.max", "port", "recovery_target",
        "recovery_target_action", "recovery_target_inclusive", "recovery_target_lsn", "recovery_target_name",
        "recovery_target_time", "recovery_target_timeline", "recovery_target_xid", "reserved_connections",
        "serializable_buffers", "shared_buffers", "shared_memory_type", "shared_preload_libraries",
        "subtransaction_buffers", "superuser_reserved_connections", "trace_connection_negotiation",
        "track_activity_query_size", "track_commit_timestamp", "transaction_buffers", "unix_socket_directories",
        "unix_socket_group", "unix_socket_permissions", "wal_buffers", "wal_decode_buffer_size", "wal_level",
        "wal_log_hints",
    ]

    /// What Patroni 4.1 hands to the server on its command line, and takes from its dynamic configuration alone.
    private static let clusterNames: Set<String> = [
        "max_connections", "max_locks_per_transaction", "max_prepared_transactions", "max_replication_slots",
        "max_wal_senders", "max_worker_processes", "track_commit_timestamp", "wal_keep_size", "wal_level",
        "wal_log_hints",
    ]

    /// Of what the primary has, PostgreSQL lets no replica have less.
    package static let namesHeldByReplicas: Set<String> = [
        "max_connections", "max_locks_per_transaction", "max_prepared_transactions", "max_wal_senders",
        "max_worker_processes",
    ]
}
