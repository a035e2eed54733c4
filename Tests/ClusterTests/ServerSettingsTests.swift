import Basics
import TestSupport
import Testing

@testable import Cluster

@Suite struct ServerSettingsTests {
    private func settings(
        _ memory: ByteCount = .gigabytes(8), cores: Int = 4, connections: Int = 200, role: ServerRole = .solo,
        disk: Disk = Disk(fileSystem: "ext4", kind: .solidState, capacity: .gigabytes(500)),
        libraries: Set<String> = [], overrides: [ServerSettings.Override] = []
    ) -> ServerSettings {
        var basis = ServerSettings.Basis(
            Machine(memory: memory, cores: cores, disk: disk), role, connections: connections)
        basis.libraries = libraries
        return ServerSettings(basis, overrides: overrides)
    }

    private func size(_ name: String, in settings: ServerSettings) throws -> ByteCount {
        try #require(settings[name].flatMap { ByteCount($0.value) })
    }

    // MARK: - The machine

    @Test(
        "A machine of 8 GB with 200 connections gets the production settings of the specification",
        arguments: [
            ("shared_buffers", "2GB"), ("effective_cache_size", "6GB"), ("work_mem", "16MB"),
            ("maintenance_work_mem", "512MB"), ("wal_buffers", "16MB"), ("max_wal_size", "2GB"),
        ])
    func production(name: String, value: String) throws {
        #expect(try size(name, in: settings()) == ByteCount(value))
    }

    @Test("A machine of 8 GB with 200 connections gets what is no size as well")
    func productionNumbers() {
        #expect(settings()["max_connections"]?.value == "200")
        #expect(settings()["checkpoint_completion_target"]?.value == "0.9")
        #expect(settings()["shared_preload_libraries"]?.value == "pg_stat_statements")
    }

    @Test("The settings grow with the machine, from 128 MB to 256 GB")
    func scaling() {
        let memories: [ByteCount] =
            [128, 256, 512].map { .megabytes($0) } + [1, 2, 4, 8, 16, 32, 64, 128, 256].map { .gigabytes($0) }
        let names = [
            "shared_buffers", "effective_cache_size", "work_mem", "maintenance_work_mem", "wal_buffers", "max_wal_size",
        ]
        let lines = memories.map { memory in
            "\(memory):" + names.map { " \($0)=\(settings(memory)[$0]?.value ?? "none")" }.joined() + "\n"
        }
        expectGolden(lines.joined(), "settings-memory")
    }

    @Test(
        "Every value comes with its reason",
        arguments: [
            (
                "small", ByteCount.megabytes(512), 1, ServerRole.solo,
                Disk(fileSystem: "ext4", kind: .virtual, capacity: .gigabytes(8))
            ),
            (
                "large", .gigabytes(256), 64, .member(replicas: 2),
                Disk(fileSystem: "zfs", kind: .rotating, capacity: .gigabytes(4000))
            ),
            ("unknown", .gigabytes(8), 4, .member(replicas: 1), Disk()),
        ])
    func reasons(name: String, memory: ByteCount, cores: Int, role: ServerRole, disk: Disk) {
        let settings = settings(memory, cores: cores, role: role, disk: disk, libraries: ["pgaudit"])
        expectGolden(settings.lines.map { "\($0)\n" }.joined(), "settings-\(name)")
        for setting in settings.all {
            #expect(!setting.reason.isEmpty && !setting.reason.hasSuffix("."), "\(setting.name)")
            #expect(setting.reason.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }, "\(setting.name)")
        }
        #expect(Set(settings.all.map(\.name)).count == settings.all.count)
    }

    @Test(
        "Parallel work follows the cores, and PostgreSQL keeps its standard number of workers at least",
        arguments: [(1, "8 1 0 0"), (2, "8 2 1 1"), (4, "8 4 2 2"), (8, "8 8 4 4"), (64, "64 64 4 4")])
    func workers(cores: Int, expected: String) {
        let names = [
            "max_worker_processes", "max_parallel_workers", "max_parallel_workers_per_gather",
            "max_parallel_maintenance_workers",
        ]
        #expect(names.compactMap { settings(cores: cores)[$0]?.value }.joined(separator: " ") == expected)
    }

    @Test(
        "Pages are as far from each other as on the disk",
        arguments: [
            (Disk.Kind.rotating, "4 2"), (.solidState, "1.1 200"), (.virtual, "1.1 200"), (.network, "1.1 200"),
            (.unknown, "1.1 200"),
        ])
    func disks(kind: Disk.Kind, expected: String) {
        let settings = settings(disk: Disk(fileSystem: "ext4", kind: kind))
        let names = ["random_page_cost", "effective_io_concurrency"]
        #expect(names.compactMap { settings[$0]?.value }.joined(separator: " ") == expected)
    }

    @Test("A file system that copies on write gets no files made ahead, and one of another machine is synced by file")
    func fileSystems() {
        for name in ["btrfs", "zfs"] {
            let settings = settings(disk: Disk(fileSystem: name))
            #expect(settings["wal_recycle"]?.value == "off" && settings["wal_init_zero"]?.value == "off")
        }
        #expect(settings()["wal_recycle"] == nil)
        #expect(settings()["recovery_init_sync_method"]?.value == "syncfs")
        let far = settings(disk: Disk(fileSystem: "nfs4", kind: .network))
        #expect(far["recovery_init_sync_method"]?.value == "fsync")
    }

    // MARK: - Invariants

    /// What PostgreSQL refuses to go below; `max_wal_size` must hold two files of 16 MB.
    private static let least: [(name: String, size: ByteCount)] = [
        ("shared_buffers", ByteCount(128 << 10)), ("effective_cache_size", ByteCount(8 << 10)),
        ("work_mem", ByteCount(64 << 10)), ("maintenance_work_mem", .megabytes(1)),
        ("wal_buffers", ByteCount(32 << 10)),
        ("max_wal_size", .megabytes(32)),
    ]

    @Test("Every machine gets sizes that PostgreSQL takes, that fit into its memory, and that only grow with it")
    func memoryProperty() throws {
        var generator = SeededGenerator()
        let range = ByteCount.megabytes(128).bytes...ByteCount.gigabytes(256).bytes
        for _ in 0..<500 {
            let memories = [Int.random(in: range, using: &generator), Int.random(in: range, using: &generator)].sorted()
            let connections = Int.random(in: 10...10_000, using: &generator)
            let smaller = settings(ByteCount(memories[0]), connections: connections)
            let larger = settings(ByteCount(memories[1]), connections: connections)
            for (name, least) in Self.least {
                #expect(try size(name, in: smaller) >= least, generator.note)
                #expect(try size(name, in: smaller) <= size(name, in: larger), generator.note)
            }
            let (buffers, sort) = (try size("shared_buffers", in: smaller), try size("work_mem", in: smaller))
            let maintenance = try size("maintenance_work_mem", in: smaller)
            #expect(
                buffers.bytes + connections * sort.bytes + maintenance.bytes <= memories[0] || sort.bytes == 256 << 10,
                generator.note)
            #expect(try buffers <= size("effective_cache_size", in: smaller), generator.note)
            #expect(try size("wal_buffers", in: larger) <= .megabytes(16), generator.note)
            #expect(smaller["max_connections"]?.value == "\(connections)", generator.note)
        }
    }

    @Test("More connections never get more to sort in each")
    func sharedSort() throws {
        for memory in [ByteCount.megabytes(512), .gigabytes(8), .gigabytes(256)] {
            let sorts = try [10, 50, 200, 1000, 10_000].map {
                try size("work_mem", in: settings(memory, connections: $0))
            }
            #expect(sorts == sorts.sorted(by: >))
        }
    }

    @Test("What the log may keep leaves three quarters of the disk to the data")
    func diskProperty() throws {
        var generator = SeededGenerator()
        let range = ByteCount.gigabytes(2).bytes...ByteCount.gigabytes(8000).bytes
        for _ in 0..<500 {
            let capacity = Int.random(in: range, using: &generator)
            let memory = ByteCount.gigabytes(Int.random(in: 1...256, using: &generator))
            let disk = Disk(fileSystem: "xfs", kind: .solidState, capacity: ByteCount(capacity))
            let settings = settings(memory, role: .member(replicas: 2), disk: disk)
            let names = ["max_wal_size", "wal_keep_size", "max_slot_wal_keep_size"]
            let kept = try names.reduce(0) { try $0 + size($1, in: settings).bytes }
            #expect(kept <= capacity / 4, generator.note)
            #expect(try size("wal_keep_size", in: settings) <= size("max_slot_wal_keep_size", in: settings))
        }
    }

    // MARK: - The cluster

    @Test("Each member has room for every replica, and for a second of each", arguments: [0, 1, 2, 3, 7, 15])
    func replicas(count: Int) throws {
        let settings = settings(role: .member(replicas: count))
        for name in ["max_wal_senders", "max_replication_slots"] {
            let places = try #require(settings[name].flatMap { Int($0.value) })
            #expect(places >= 10 && places >= 2 * count)
        }
    }

    @Test("What makes a member is not asked of a server that stands alone")
    func solo() {
        for name in ["wal_sender_timeout", "max_slot_wal_keep_size", "hot_standby_feedback", "tcp_keepalives_idle"] {
            #expect(settings()[name] == nil)
            #expect(settings(role: .member(replicas: 2))[name] != nil)
        }
    }

    @Test("A member lets in as many as Patroni takes at least")
    func leastConnections() {
        let settings = settings(connections: 10, role: .member(replicas: 1))
        #expect(settings["max_connections"]?.value == "25")
    }

    /// What Patroni 4.1 hands to a server on its command line.
    private static let patroni: Set = [
        "listen_addresses", "port", "cluster_name", "wal_level", "hot_standby", "max_connections", "max_wal_senders",
        "wal_keep_size", "max_prepared_transactions", "max_locks_per_transaction", "track_commit_timestamp",
        "max_replication_slots", "max_worker_processes", "wal_log_hints",
    ]

    @Test("What Patroni keeps is told apart from what each server keeps")
    func keepers() {
        for name in Self.patroni { #expect(ServerSetting.keeper(of: name) != .server, "\(name)") }
        let settings = settings(role: .member(replicas: 2))
        for name in settings.parameters(keptBy: .server).map(\.name) { #expect(!Self.patroni.contains(name)) }
        let shared = settings.parameters(keptBy: .cluster).map(\.name)
        #expect(Set(shared) == Self.patroni.subtracting(["listen_addresses", "port", "cluster_name", "hot_standby"]))
    }

    @Test("Members of different size share what suits all of them")
    func shared() {
        let small = settings(
            .gigabytes(2), cores: 2, role: .member(replicas: 1), disk: Disk(capacity: .gigabytes(20)))
        let large = settings(.gigabytes(64), cores: 32, role: .member(replicas: 1))
        let shared = ServerSettings.shared(by: [small, large])
        #expect(shared.first { $0.name == "max_worker_processes" }?.value == "32")
        #expect(shared.first { $0.name == "wal_keep_size" }?.value == "512MB")
        #expect(shared.first { $0.name == "wal_level" }?.value == "replica")
        #expect(ServerSettings.shared(by: []).isEmpty)
    }

    // MARK: - What somebody decided

    @Test("What somebody set wins, and says what would be without it")
    func override() {
        let settings = settings(overrides: [
            .init("work_mem", "64MB", place: "in parlor.yaml:7"), .init("jit", "off", place: "with --set"),
        ])
        #expect(settings["work_mem"]?.value == "64MB")
        #expect(
            settings["work_mem"]?.reason
                == "set by you in parlor.yaml:7; would be 16MB: two fifths of 8 GB for 200 connections, a sort each")
        #expect(settings["work_mem"]?.line.hasPrefix("work_mem = '64MB'  # ") == true)
        #expect(settings["jit"]?.reason == "set by you with --set")
        #expect(settings.lines.suffix(3) == ["# Set by you", "jit = 'off'  # set by you with --set", ""])
    }

    @Test("Libraries of one's own come to those that Parlor needs")
    func libraries() {
        let settings = settings(
            libraries: ["pgaudit"],
            overrides: [
                .init("shared_preload_libraries", "auto_explain, pg_stat_statements", place: "in parlor.yaml:7")
            ])
        #expect(settings["shared_preload_libraries"]?.value == "pg_stat_statements,pgaudit,auto_explain")
    }
}
