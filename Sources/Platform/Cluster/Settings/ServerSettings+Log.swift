import Basics

extension ServerSettings {
    static func log(_ basis: Basis, _ memory: MemoryShares) -> [ServerSetting] {
        let (largest, reason) = logSize(basis.machine)
        return [
            ServerSetting(
                "wal_buffers", size(memory.logBuffers), .log,
                memory.logBuffers == .megabytes(16) ? "one file of the log" : "a 32nd of shared_buffers"),
            ServerSetting("max_wal_size", size(largest), .log, reason),
            ServerSetting(
                "checkpoint_completion_target", "0.9", .log,
                "a checkpoint's writes are spread until shortly before the next"),
            ServerSetting("wal_level", "replica", .log, "enough for backups and replicas"),
        ]
    }

    /// The command itself is each server's own.
    static var archiving: [ServerSetting] {
        [
            ServerSetting("archive_mode", "on", .log, "each finished file of the log goes to the backups' repository"),
            ServerSetting(
                "archive_timeout", "55s", .log, "so that, with its way to the repository, at most a minute can be lost"
            ),
        ]
    }

    /// What the log may grow to between two checkpoints: more means fewer full pages, and a longer recovery.
    private static func logSize(_ machine: Machine) -> (ByteCount, String) {
        let quarter = ByteCount(machine.memory.bytes / 4)
        let wanted = min(.gigabytes(16), max(.megabytes(512), quarter))
        if let capacity = machine.disk.capacity {
            let share = ByteCount(capacity.bytes / 20)
            if share < .megabytes(128) {
                return (.megabytes(128), "128 MB, the least, as the disk has only \(capacity)")
            }
            if share < wanted { return (share, "a twentieth of the disk of \(capacity)") }
        }
        switch wanted {
        case quarter: return (wanted, "a quarter of \(machine.memory)")
        case .megabytes(512): return (wanted, "512 MB, below which checkpoints come too often")
        default: return (wanted, "16 GB, beyond which a recovery takes too long")
        }
    }

    static func replication(_ replicas: Int, _ disk: Disk) -> [ServerSetting] {
        // Each replica has one, and a second while its successor is made; some are for backups.
        let places = max(10, 2 * replicas + 4)
        let purpose =
            "two for each of \(counted(replicas, "replica")): one to follow, one while it is made again; and some spare"
        let (kept, keptReason) = keptLog(disk)
        let (most, mostReason) = slotLog(disk)
        return [
            ServerSetting("max_wal_senders", "\(places)", .replication, purpose),
            ServerSetting("max_replication_slots", "\(places)", .replication, purpose),
            ServerSetting("max_prepared_transactions", "0", .replication, "nothing commits in two phases"),
            ServerSetting("wal_log_hints", "on", .replication, "lets pg_rewind bring a former primary back"),
            ServerSetting(
                "track_commit_timestamp", "on", .replication, "tells what a lost primary had committed, and when"),
            ServerSetting("hot_standby", "on", .replication, "replicas answer reads"),
            ServerSetting(
                "hot_standby_feedback", "on", .replication, "vacuum leaves what a replica's query still needs"),
            ServerSetting("wal_keep_size", size(kept), .replication, keptReason),
            ServerSetting("max_slot_wal_keep_size", size(most), .replication, mostReason),
            ServerSetting("wal_sender_timeout", "5s", .replication, "a replica that is silent for so long is let go"),
            ServerSetting(
                "wal_receiver_timeout", "5s", .replication, "a primary that is silent for so long is asked anew"),
            ServerSetting(
                "wal_retrieve_retry_interval", "500ms", .replication,
                "a replica that lost its primary tries again at once"),
        ] + keepalives
    }

    private static var keepalives: [ServerSetting] {
        [
            ServerSetting("tcp_keepalives_idle", "3", .replication, "seconds of silence until the other side is asked"),
            ServerSetting("tcp_keepalives_interval", "1", .replication, "seconds between questions"),
            ServerSetting("tcp_keepalives_count", "3", .replication, "questions without an answer, then it is gone"),
        ]
    }

    /// What is kept for a replica that has no slot yet, as after a failover.
    private static func keptLog(_ disk: Disk) -> (ByteCount, String) {
        let purpose = "for a replica without a slot yet"
        guard let capacity = disk.capacity, capacity.bytes / 40 < ByteCount.gigabytes(1).bytes else {
            return (.gigabytes(1), "1 GB \(purpose)")
        }
        let share = ByteCount(capacity.bytes / 40)
        guard share >= .megabytes(64) else { return (.megabytes(64), "64 MB, the least \(purpose)") }
        return (share, "a fortieth of the disk of \(capacity) \(purpose)")
    }

    /// What a slot may hold back. Beyond it the slot is given up, and its replica made again.
    private static func slotLog(_ disk: Disk) -> (ByteCount, String) {
        let purpose = "so that a slot nobody reads cannot fill it"
        guard let capacity = disk.capacity else {
            return (.gigabytes(8), "8 GB of a disk of unknown size, \(purpose)")
        }
        let share = ByteCount(capacity.bytes / 10)
        if share > .gigabytes(64) { return (.gigabytes(64), "64 GB, less than a tenth of the disk, \(purpose)") }
        if share < .megabytes(256) { return (.megabytes(256), "256 MB, the least, as the disk has only \(capacity)") }
        return (share, "a tenth of the disk of \(capacity), \(purpose)")
    }
}
