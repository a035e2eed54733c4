package import Basics

/// The settings that follow from the machine, after the specification's "Production Settings" for 8 GB and scaled from
/// there.
package struct ServerTuning: Equatable, Sendable {
    /// The memory that PostgreSQL may count on.
    package var memory: ByteCount
    /// The processor cores.
    package var cores: Int
    /// The most connections at a time.
    package var connections: Int

    /// A machine.
    package init(memory: ByteCount, cores: Int, connections: Int) {
        self.memory = memory
        self.cores = cores
        self.connections = connections
    }

    /// Names and values as they stand in postgresql.conf.
    package var settings: [(name: String, value: String)] {
        let buffers = share(of: 4, atLeast: .megabytes(16), atMost: .gigabytes(64))
        return [
            ("max_connections", "\(connections)"),
            ("shared_buffers", size(buffers)),
            ("effective_cache_size", size(ByteCount(max(memory.bytes / 4 * 3, buffers.bytes)))),
            // One sort or hash of one query; at 8 GB and 200 connections the 16 MB of the specification.
            ("work_mem", size(share(of: 512, atLeast: .megabytes(4), atMost: .megabytes(128)))),
            ("maintenance_work_mem", size(share(of: 16, atLeast: .megabytes(32), atMost: .gigabytes(2)))),
            ("wal_buffers", size(min(.megabytes(16), ByteCount(buffers.bytes / 32)))),
            ("max_wal_size", size(share(of: 4, atLeast: .megabytes(512), atMost: .gigabytes(16)))),
            ("checkpoint_completion_target", "0.9"),
            ("max_worker_processes", "\(max(8, cores))"),
            ("max_parallel_workers", "\(max(1, cores))"),
            ("max_parallel_workers_per_gather", "\(min(4, max(1, cores / 2)))"),
            ("max_parallel_maintenance_workers", "\(min(4, max(1, cores / 2)))"),
            ("shared_preload_libraries", "'pg_stat_statements'"),
        ]
    }

    private func share(of parts: Int, atLeast least: ByteCount, atMost most: ByteCount) -> ByteCount {
        min(most, max(least, ByteCount(memory.bytes / parts)))
    }

    /// In whole megabytes where that is not zero, in kilobytes below.
    private func size(_ count: ByteCount) -> String {
        count >= .megabytes(1) ? "\(count.bytes >> 20)MB" : "\(count.bytes >> 10)kB"
    }
}
