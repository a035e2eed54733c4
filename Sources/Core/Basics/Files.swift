public import Glibc

/// Files and folders through the C library, with errors that name the call and the path.
///
/// Everything here blocks; it is meant for start-up, configuration and small state files.
public enum Files {
    /// What `stat` tells.
    public struct Status: Equatable, Sendable {
        /// What stands at the path.
        public enum Kind: Sendable { case file, folder, link, socket, other }
        /// What stands there.
        public var kind: Kind
        /// The owner's user id.
        public var owner: uid_t
        /// The group's id.
        public var group: gid_t
        /// The permission bits.
        public var mode: mode_t
        /// The size in bytes.
        public var size: Int
    }

    /// What stands at `path`, a link followed unless told otherwise; nil when there is nothing.
    public static func status(_ path: String, followLinks: Bool = true) throws(ParlorError) -> Status? {
        var found = stat()
        let result = followLinks ? stat(path, &found) : lstat(path, &found)
        guard result == 0 else {
            guard errno == ENOENT || errno == ENOTDIR else { throw .systemCall("stat", path: path, errno: errno) }
            return nil
        }
        let kind: Status.Kind =
            switch found.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .folder
            case S_IFLNK: .link
            case S_IFSOCK: .socket
            default: .other
            }
        return Status(
            kind: kind, owner: found.st_uid, group: found.st_gid, mode: found.st_mode & 0o7777, size: Int(found.st_size)
        )
    }

    /// Whether anything stands at `path`.
    public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// The bytes of a file of at most `limit` bytes.
    public static func read(_ path: String, limit: ByteCount = .megabytes(16)) throws(ParlorError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .systemCall("open", path: path, errno: errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .systemCall("read", path: path, errno: errno) }
            guard count > 0 else { return bytes }
            bytes += chunk.prefix(count)
            guard bytes.count <= limit.bytes else {
                throw ParlorError(
                    .file, "\(path) is larger than \(limit)", hint: "Check that the path names the right file.")
            }
        }
    }

    /// The text of a file, which must be UTF-8.
    public static func readText(_ path: String, limit: ByteCount = .megabytes(16)) throws(ParlorError) -> String {
        guard let text = String(validating: try read(path, limit: limit), as: UTF8.self) else {
            throw ParlorError(.malformed, "\(path) is not UTF-8 text")
        }
        return text
    }

    /// Replaces a file so that a crash leaves either the old content or the new one: written beside it, synced,
    /// renamed.
    public static func writeAtomically(_ text: String, to path: String, mode: mode_t = 0o600) throws(ParlorError) {
        try writeAtomically(Array(text.utf8), to: path, mode: mode)
    }

    /// Replaces a file so that a crash leaves either the old content or the new one: written beside it, synced,
    /// renamed.
    public static func writeAtomically(_ bytes: [UInt8], to path: String, mode: mode_t = 0o600) throws(ParlorError) {
        let temporary = "\(path).\(RandomIdentifier.hex(bytes: 4)).new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw .systemCall("open", path: temporary, errno: errno) }
        do throws(ParlorError) {
            defer { close(descriptor) }
            try write(bytes, to: descriptor, path: path)
            guard fchmod(descriptor, mode) == 0 else { throw .systemCall("fchmod", path: temporary, errno: errno) }
            guard fsync(descriptor) == 0 else { throw .systemCall("fsync", path: temporary, errno: errno) }
        } catch {
            unlink(temporary)
            throw error
        }
        guard rename(temporary, path) == 0 else {
            let number = errno
            unlink(temporary)
            throw .systemCall("rename", path: path, errno: number)
        }
        try syncFolder(parent(of: path))
    }

    /// Removes from a folder what a `writeAtomically` that was killed left there. Nobody may be writing in it.
    public static func removeUnfinished(in folder: String) throws(ParlorError) {
        for name in try list(folder) where isUnfinished(name) { try remove("\(folder)/\(name)") }
    }

    private static func isUnfinished(_ name: String) -> Bool {
        guard name.hasSuffix(".new") else { return false }
        let identifier = name.dropLast(4).suffix(9)
        return identifier.count == 9 && identifier.first == "." && identifier.dropFirst().allSatisfy(\.isHexDigit)
    }

    /// Writes all bytes to an open file.
    public static func write(_ bytes: [UInt8], to descriptor: Int32, path: String) throws(ParlorError) {
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .systemCall("write", path: path, errno: errno) }
            done += count
        }
    }

    /// Makes the entries of a folder durable.
    public static func syncFolder(_ path: String) throws(ParlorError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .systemCall("open", path: path, errno: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .systemCall("fsync", path: path, errno: errno) }
    }

    /// Makes a folder, and those above it, where it is missing; what it makes has this mode, whatever the process's
    /// mask.
    public static func makeFolder(_ path: String, mode: mode_t = 0o700) throws(ParlorError) {
        if mkdir(path, mode & 0o700) == 0 {
            guard chmod(path, mode) == 0 else { throw .systemCall("chmod", path: path, errno: errno) }
            return
        }
        switch errno {
        case EEXIST:
            guard try status(path)?.kind == .folder else { throw .systemCall("mkdir", path: path, errno: ENOTDIR) }
        case ENOENT where parent(of: path) != path:
            try makeFolder(parent(of: path), mode: mode)
            try makeFolder(path, mode: mode)
        default: throw .systemCall("mkdir", path: path, errno: errno)
        }
    }

    /// The names in a folder, sorted.
    public static func list(_ path: String) throws(ParlorError) -> [String] {
        guard let folder = opendir(path) else { throw .systemCall("opendir", path: path, errno: errno) }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Removes a file, a link, or a folder with everything in it; links are not followed. Nothing there is fine.
    public static func remove(_ path: String) throws(ParlorError) {
        guard let found = try status(path, followLinks: false) else { return }
        guard found.kind == .folder else {
            guard unlink(path) == 0 || errno == ENOENT else { throw .systemCall("unlink", path: path, errno: errno) }
            return
        }
        for name in try list(path) { try remove("\(path)/\(name)") }
        guard rmdir(path) == 0 || errno == ENOENT else { throw .systemCall("rmdir", path: path, errno: errno) }
    }

    /// Gives a file or folder another name on the same file system, durably.
    public static func move(_ path: String, to target: String) throws(ParlorError) {
        guard rename(path, target) == 0 else { throw .systemCall("rename", path: target, errno: errno) }
        try syncFolder(parent(of: target))
    }

    /// The space that an ordinary user may still fill on the file system of `path`.
    public static func freeSpace(at path: String) throws(ParlorError) -> ByteCount {
        var found = statvfs()
        guard statvfs(path, &found) == 0 else { throw .systemCall("statvfs", path: path, errno: errno) }
        return ByteCount(Int(found.f_bavail) * Int(found.f_frsize))
    }

    /// The path without links and dots; nil when nothing stands there.
    public static func resolved(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }

    /// Where a link leads, as it stands in it; nil for what is no link.
    public static func target(ofLink path: String) -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
            guard let start = buffer.baseAddress else { return nil }
            let count = readlink(path, start, buffer.count)
            return count > 0 ? String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self) : nil
        }
    }

    /// The path from the root: `path` itself, or below the current folder.
    public static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let current = getcwd(nil, 0) else { return path }
        defer { free(current) }
        let folder = String(cString: current)
        return path == "." ? folder : folder == "/" ? "/\(path)" : "\(folder)/\(path)"
    }

    /// The folder that holds `path`.
    public static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The last part of `path`.
    public static func name(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    }
}

/// An exclusive lock on a file that the kernel gives back when its holder ends, however it ends.
public final class FileLock: Sendable {
    private let descriptor: Int32

    private init(descriptor: Int32) { self.descriptor = descriptor }

    deinit {
        // Closing alone would leave it to a child that was forked a moment ago, until that runs its program.
        _ = flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// Takes the lock and writes the process id into the file; nil when another process holds it.
    public static func take(_ path: String) throws(ParlorError) -> FileLock? {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .systemCall("open", path: path, errno: errno) }
        let lock = FileLock(descriptor: descriptor)
        // Whoever only looks who holds it, and a child between its fork and its exec, has the lock for a moment. Nothing
        // runs yet that this could hold up, and there is nothing to be woken by.
        var attempts = 10
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK else { throw .systemCall("flock", path: path, errno: errno) }
            attempts -= 1
            if attempts == 0 { return nil }
            usleep(2000)
        }
        ftruncate(descriptor, 0)
        try Files.write(Array("\(getpid())\n".utf8), to: descriptor, path: path)
        return lock
    }

    /// The process that holds the lock now; nil when nobody does.
    public static func holder(of path: String) throws(ParlorError) -> pid_t? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            guard errno == ENOENT || errno == ENOTDIR else { throw .systemCall("open", path: path, errno: errno) }
            return nil
        }
        defer { close(descriptor) }
        // Whoever has just taken it writes its number a moment later; only then is waited at all.
        for _ in 0..<50 {
            if flock(descriptor, LOCK_SH | LOCK_NB) == 0 { return nil }
            let text = String(decoding: try Files.read(path), as: UTF8.self)
            if let pid = text.split(separator: "\n").first.flatMap({ pid_t($0) }) { return pid }
            usleep(2000)
        }
        return nil
    }
}
