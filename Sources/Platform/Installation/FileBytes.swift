import Basics
import Glibc

/// The bytes of files that are too large to be held in memory, like the program's own.
struct FileBytes: ~Copyable {
    private let path: String
    private let descriptor: Int32
    private var chunk = [UInt8](repeating: 0, count: 1 << 18)

    private init(_ path: String) throws(ParlorError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .systemCall("open", path: path, errno: errno) }
    }

    deinit { close(descriptor) }

    /// The next bytes; none at the end. Only the end makes them fewer than a chunk.
    private mutating func next() throws(ParlorError) -> ArraySlice<UInt8> {
        var filled = 0
        while filled < chunk.count {
            let count = chunk.withUnsafeMutableBytes { [filled] bytes in
                read(descriptor, bytes.baseAddress.map { $0 + filled }, bytes.count - filled)
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .systemCall("read", path: path, errno: errno) }
            guard count > 0 else { break }
            filled += count
        }
        return chunk.prefix(filled)
    }

    /// Whether two files hold the same.
    static func areEqual(_ one: String, _ other: String) throws(ParlorError) -> Bool {
        guard try Files.status(one)?.size == Files.status(other)?.size else { return false }
        var one = try FileBytes(one)
        var other = try FileBytes(other)
        while true {
            let bytes = try one.next()
            guard try bytes == other.next() else { return false }
            if bytes.isEmpty { return true }
        }
    }

    /// Writes what a file holds to an open one at `path`.
    static func copy(_ source: String, to descriptor: Int32, path: String) throws(ParlorError) {
        var source = try FileBytes(source)
        while case let bytes = try source.next(), !bytes.isEmpty {
            try Files.write(Array(bytes), to: descriptor, path: path)
        }
    }
}
