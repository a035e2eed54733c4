package import Basics

/// How a server divides its memory, after the specification's "Production Settings" for 8 GB and 200 connections.
///
/// What is certain to be used together fits: the buffers, a sort in every connection and one maintenance job take at
/// most all of the memory, unless there are more connections than the memory can bear at all.
package struct MemoryShares: Equatable, Sendable {
    /// All of it.
    package let memory: ByteCount
    /// The most connections at a time.
    package let connections: Int

    /// The shares of so much memory.
    package init(of memory: ByteCount, connections: Int) {
        self.memory = memory
        self.connections = connections
    }

    private static let sortMin = ByteCount(256 << 10)
    private static let sortMax = ByteCount.megabytes(128)

    /// What all sessions share.
    package var buffers: ByteCount { share(of: 4, atLeast: .megabytes(16), atMost: .gigabytes(64)) }

    /// What a sort or a hash of one query may take: two fifths of the memory for all connections together.
    package var sort: ByteCount { min(Self.sortMax, max(Self.sortMin, sortShare)) }

    private var sortShare: ByteCount { ByteCount(memory.bytes / 5 * 2 / max(1, connections)) }

    /// What one maintenance job may take, such as building an index.
    package var maintenance: ByteCount { share(of: 16, atLeast: .megabytes(32), atMost: .gigabytes(2)) }

    /// What of the log waits to be written.
    package var logBuffers: ByteCount { min(.megabytes(16), ByteCount(buffers.bytes / 32)) }

    /// The settings.
    var settings: [ServerSetting] {
        let cache = ByteCount(max(memory.bytes / 4 * 3, buffers.bytes))
        return [
            ServerSetting("shared_buffers", size(buffers), .memory, buffersReason),
            ServerSetting(
                "effective_cache_size", size(cache), .memory,
                "three quarters of \(memory): these buffers and what the kernel caches"),
            ServerSetting("work_mem", size(sort), .memory, sortReason),
            ServerSetting("maintenance_work_mem", size(maintenance), .memory, maintenanceReason),
        ]
    }

    private var buffersReason: String {
        switch buffers {
        case .gigabytes(64): "64 GB, beyond which finding a page costs more than it saves"
        case .megabytes(16): "16 MB, the least to work with"
        default: "a quarter of \(memory)"
        }
    }

    private var sortReason: String {
        let share = "two fifths of \(memory) for \(connections) connections"
        if sortShare < Self.sortMin { return "256 kB, the least to sort in, though \(share) come to less" }
        if sortShare > Self.sortMax { return "128 MB, as short queries gain nothing from more; \(share) come to more" }
        return "\(share), a sort each"
    }

    private var maintenanceReason: String {
        switch maintenance {
        case .gigabytes(2): "2 GB, beyond which no index is built faster"
        case .megabytes(32): "32 MB, the least to build an index in"
        default: "a sixteenth of \(memory), for one index build or vacuum"
        }
    }

    private func share(of parts: Int, atLeast least: ByteCount, atMost most: ByteCount) -> ByteCount {
        min(most, max(least, ByteCount(memory.bytes / parts)))
    }
}

/// A size as PostgreSQL reads it: in whole megabytes from one on, in kilobytes below.
func size(_ count: ByteCount) -> String {
    count >= .megabytes(1) ? "\(count.bytes >> 20)MB" : "\(count.bytes >> 10)kB"
}
