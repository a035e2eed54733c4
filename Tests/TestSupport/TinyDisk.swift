package import Basics
import Glibc

/// A small file system in memory, to see what happens when it is full.
package enum TinyDisk {
    /// Whether one can be had here: it takes the right to mount.
    package static let isAvailable = (try? with { _ in true }) ?? false

    /// Calls `body` with the folder of a new one of 64 kB, and takes it away afterwards.
    package static func with<Result>(_ body: (String) throws -> Result) throws -> Result {
        try withTemporaryFolder { folder in
            try begin(folder)
            defer { end(folder) }
            return try body(folder)
        }
    }

    /// The same for a test that waits for something; everybody may write to it.
    package static func with<Result>(
        size: ByteCount = ByteCount(65_536), _ body: nonisolated(nonsending) (String) async throws -> Result
    ) async throws -> Result {
        try await withTemporaryFolder { folder in
            try begin(folder, size)
            defer { end(folder) }
            return try await body(folder)
        }
    }

    private static func begin(_ folder: String, _ size: ByteCount = ByteCount(65_536)) throws(ParlorError) {
        guard mount("tmpfs", folder, "tmpfs", 0, "size=\(size.bytes)") == 0 else {
            throw ParlorError.systemCall("mount", path: folder, errno: errno)
        }
    }

    /// Detached, so that a file still open cannot keep it.
    private static func end(_ folder: String) { umount2(folder, Int32(MNT_DETACH)) }

    /// Takes all the room that is left, with a file of that name.
    package static func fill(_ path: String) {
        while (try? append(4096, to: path)) != nil {}
        while (try? append(1, to: path)) != nil {}
    }

    private static func append(_ count: Int, to path: String) throws(ParlorError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .systemCall("open", path: path, errno: errno) }
        defer { close(descriptor) }
        try Files.write([UInt8](repeating: 0, count: count), to: descriptor, path: path)
    }
}
