import Basics
import Digests
import Glibc
import Loop

/// A file that is read piece by piece, on a thread that may wait for the disk.
final class FilePieces: @unchecked Sendable {
    // Guard of @unchecked Sendable: one task reads at a time, and closes it when it is done.
    private let descriptor: Int32
    private let path: String
    private let loop: EventLoop

    private static let size = 1 << 20

    init(_ path: String, on loop: EventLoop) throws(ParlorError) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .systemCall("open", path: path, errno: errno) }
        self.path = path
        self.loop = loop
    }

    /// The next piece; nil at the end.
    func next() async throws -> [UInt8]? {
        try await loop.blocking { [descriptor, path] in
            let bytes = try Self.read(descriptor, path)
            return bytes.isEmpty ? nil : bytes
        }
    }

    func close() { Glibc.close(descriptor) }

    private static func read(_ descriptor: Int32, _ path: String) throws(ParlorError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: size)
        var count = Glibc.read(descriptor, &bytes, size)
        while count < 0 && errno == EINTR { count = Glibc.read(descriptor, &bytes, size) }
        guard count >= 0 else { throw .systemCall("read", path: path, errno: errno) }
        return Array(bytes.prefix(count))
    }

    /// The size and the digest of a file.
    static func digest(of path: String) throws(ParlorError) -> (size: Int, sha256: Digest) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .systemCall("open", path: path, errno: errno) }
        defer { Glibc.close(descriptor) }
        let digest = StreamingDigest(.sha256)
        var size = 0
        while case let bytes = try read(descriptor, path), !bytes.isEmpty {
            digest.update(bytes)
            size += bytes.count
        }
        return (size, digest.finish())
    }
}
