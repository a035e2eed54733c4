import Basics
import Cluster
import TestSupport
import Testing

@Suite struct ServerTuningTests {
    private func settings(_ memory: ByteCount, cores: Int = 4, connections: Int = 200) -> [String: String] {
        let tuning = ServerTuning(memory: memory, cores: cores, connections: connections)
        return Dictionary(uniqueKeysWithValues: tuning.settings.map { ($0.name, $0.value) })
    }

    private func size(_ name: String, in settings: [String: String]) throws -> ByteCount {
        try #require(settings[name].flatMap { ByteCount($0) })
    }

    @Test(
        "A machine of 8 GB with 200 connections gets the production settings of the specification",
        arguments: [
            ("shared_buffers", "2GB"), ("effective_cache_size", "6GB"), ("work_mem", "16MB"),
            ("maintenance_work_mem", "512MB"), ("wal_buffers", "16MB"), ("max_wal_size", "2GB"),
        ])
    func production(name: String, value: String) throws {
        #expect(try size(name, in: settings(.gigabytes(8))) == ByteCount(value))
    }

    @Test("A machine of 8 GB with 200 connections gets what is no size as well")
    func productionNumbers() {
        let settings = settings(.gigabytes(8))
        #expect(settings["max_connections"] == "200")
        #expect(settings["checkpoint_completion_target"] == "0.9")
        #expect(settings["shared_preload_libraries"] == "'pg_stat_statements'")
    }

    @Test("The settings grow with the machine, from 128 MB to 256 GB")
    func scaling() {
        let memories: [ByteCount] =
            [128, 256, 512].map { .megabytes($0) } + [1, 2, 4, 8, 16, 32, 64, 128, 256].map { .gigabytes($0) }
        let names = [
            "shared_buffers", "effective_cache_size", "work_mem", "maintenance_work_mem", "wal_buffers", "max_wal_size",
        ]
        let lines = memories.map { memory in
            let settings = settings(memory)
            return "\(memory):" + names.map { " \($0)=\(settings[$0] ?? "none")" }.joined() + "\n"
        }
        expectGolden(lines.joined(), "tuning")
    }

    @Test(
        "Parallel work follows the cores, and PostgreSQL keeps its standard number of workers at least",
        arguments: [(1, "8 1 1 1"), (2, "8 2 1 1"), (4, "8 4 2 2"), (8, "8 8 4 4"), (64, "64 64 4 4")])
    func workers(cores: Int, expected: String) {
        let settings = settings(.gigabytes(8), cores: cores)
        let names = [
            "max_worker_processes", "max_parallel_workers", "max_parallel_workers_per_gather",
            "max_parallel_maintenance_workers",
        ]
        #expect(names.compactMap { settings[$0] }.joined(separator: " ") == expected)
    }

    /// What PostgreSQL refuses to go below; `max_wal_size` must hold two segments of 16 MB.
    private static let least: [(name: String, size: ByteCount)] = [
        ("shared_buffers", ByteCount(128 << 10)), ("effective_cache_size", ByteCount(8 << 10)),
        ("work_mem", ByteCount(64 << 10)), ("maintenance_work_mem", .megabytes(1)),
        ("wal_buffers", ByteCount(32 << 10)),
        ("max_wal_size", .megabytes(32)),
    ]

    @Test("Every machine gets sizes that PostgreSQL takes, that fit into its memory, and that only grow with it")
    func property() throws {
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
            #expect(try size("shared_buffers", in: smaller).bytes <= memories[0], generator.note)
            #expect(
                try size("shared_buffers", in: smaller) <= size("effective_cache_size", in: smaller), generator.note)
            #expect(try size("wal_buffers", in: larger) <= .megabytes(16), generator.note)
            #expect(smaller["max_connections"] == "\(connections)", generator.note)
        }
    }
}
