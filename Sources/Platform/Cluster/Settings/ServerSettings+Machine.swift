import Basics

extension ServerSettings {
    /// Patroni takes no fewer, and would use a number of its own instead.
    private static let memberConnectionsMin = 25

    static func processes(_ basis: Basis) -> [ServerSetting] {
        let cores = basis.machine.cores
        let words = counted(cores, "core")
        let helpers = min(4, cores / 2)
        let helpReason =
            helpers == 0
            ? "\(words): a helper would only wait for who it helps"
            : "\(words): \(counted(helpers, "helper")) for one query"
        return [
            connections(basis),
            ServerSetting(
                "max_worker_processes", "\(max(8, cores))", .processes,
                cores > 8 ? "one for each of \(words)" : "PostgreSQL's own 8, which \(words) need not exceed"),
            ServerSetting(
                "max_parallel_workers", "\(cores)", .processes, "\(words): not more helpers than that at a time"),
            ServerSetting("max_parallel_workers_per_gather", "\(helpers)", .processes, helpReason),
            ServerSetting(
                "max_parallel_maintenance_workers", "\(helpers)", .processes,
                helpReason.replacing("for one query", with: "for one index build")),
            ServerSetting(
                "max_locks_per_transaction", "128", .processes,
                "twice the usual, as a look over all months locks each partition and its indexes"),
            ServerSetting(
                "idle_in_transaction_session_timeout", "5min", .processes,
                "an open transaction that does nothing keeps vacuum from its work"),
        ]
    }

    private static func connections(_ basis: Basis) -> ServerSetting {
        let isRaised = basis.role.isMember && basis.connections < memberConnectionsMin
        return ServerSetting(
            "max_connections", "\(isRaised ? memberConnectionsMin : basis.connections)", .processes,
            isRaised
                ? "the least that Patroni takes; database.max_connections is \(basis.connections)"
                : "database.max_connections")
    }

    static func disk(_ disk: Disk) -> [ServerSetting] {
        let isRotating = disk.kind == .rotating
        let words = disk.words
        var settings = [
            ServerSetting(
                "random_page_cost", isRotating ? "4" : "1.1", .disk,
                isRotating ? "\(words): a head moves to each page" : "\(words): any page costs about the same"),
            ServerSetting(
                "effective_io_concurrency", isRotating ? "2" : "200", .disk,
                isRotating ? "\(words): few requests at a time" : "\(words): many requests at a time"),
            syncMethod(disk),
        ]
        guard disk.copiesOnWrite else { return settings }
        settings += [
            ServerSetting(
                "wal_init_zero", "off", .disk,
                "\(disk.fileSystem) writes to a new place anyway, so zeros reserve nothing"),
            ServerSetting(
                "wal_recycle", "off", .disk,
                "\(disk.fileSystem) writes to a new place anyway, so old files save nothing"),
        ]
        return settings
    }

    private static func syncMethod(_ disk: Disk) -> ServerSetting {
        let name = "recovery_init_sync_method"
        guard disk.kind == .network else {
            return ServerSetting(
                name, "syncfs", .disk, "after a crash the file system writes everything once, not file by file")
        }
        return ServerSetting(name, "fsync", .disk, "\(disk.fileSystem) may know no other way to write everything")
    }
}

extension Disk {
    /// What it is, as a reason begins.
    var words: String {
        switch kind {
        case .solidState: "a disk without moving parts"
        case .rotating: "a rotating disk"
        case .virtual: "a virtual disk, taken for one without moving parts"
        case .network: "a disk on the network"
        case .unknown: "an unknown disk, taken for one without moving parts"
        }
    }
}
