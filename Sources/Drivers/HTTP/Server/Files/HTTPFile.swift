import Basics
import Glibc

/// An open file: what is read of it later is the same file, whatever becomes of its name.
///
/// Everything here blocks.
final class HTTPFile: Sendable {
    private let descriptor: Int32
    /// Its size when it was opened.
    let size: Int
    let validators: HTTPValidators

    /// Opens the regular file at `segments` below `folder`; nil when there is none that may be served. Each segment is
    /// opened in the folder before it and must not be a link, so that no name leads out of `folder`.
    static func open(_ segments: [String], below folder: String) throws(ParlorError) -> HTTPFile? {
        guard let name = segments.last else { return nil }
        var place = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard place >= 0 else { throw .systemCall("open", path: folder, errno: errno) }
        defer { close(place) }
        for segment in segments.dropLast() {
            let next = openat(place, segment, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard next >= 0 else { return try missing(segment) }
            close(place)
            place = next
        }
        // Without O_NONBLOCK, opening a pipe would wait for somebody to write to it.
        let descriptor = openat(place, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return try missing(name) }
        return try HTTPFile(adopting: descriptor, name)
    }

    /// What it means that a name could not be opened.
    private static func missing(_ name: String) throws(ParlorError) -> HTTPFile? {
        switch errno {
        case ENOENT, ENOTDIR, ELOOP, EACCES, ENAMETOOLONG, ENXIO: return nil
        default: throw .systemCall("openat", path: name, errno: errno)
        }
    }

    private init?(adopting descriptor: Int32, _ name: String) throws(ParlorError) {
        self.descriptor = descriptor
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let number = errno
            close(descriptor)
            throw .systemCall("fstat", path: name, errno: number)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            return nil
        }
        size = Int(status.st_size)
        // The members of this structure belong to a module that nobody can import by name.
        let (seconds, nanoseconds) = withUnsafeBytes(of: status.st_mtim) {
            ($0.load(as: Int64.self), $0.load(fromByteOffset: 8, as: Int64.self))
        }
        let tag = [UInt64(status.st_ino), UInt64(bitPattern: seconds), UInt64(nanoseconds), UInt64(size)]
        validators = HTTPValidators(
            tag: "\"\(tag.map { String($0, radix: 36) }.joined(separator: "-"))\"",
            modified: Timestamp(seconds: max(0, seconds)))
    }

    deinit { close(descriptor) }

    /// At most so many bytes from a place on; throws when the file has become shorter.
    func read(at offset: Int, atMost limit: Int) throws -> [UInt8] {
        let bytes = try [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            repeat { count = pread(descriptor, buffer.baseAddress, limit, offset) } while count < 0 && errno == EINTR
            let number = errno
            guard count >= 0 else {
                count = 0
                throw ParlorError.systemCall("pread", errno: number, code: .file)
            }
        }
        guard !bytes.isEmpty else { throw ParlorError(.file, "a file became shorter while it was sent") }
        return bytes
    }
}
