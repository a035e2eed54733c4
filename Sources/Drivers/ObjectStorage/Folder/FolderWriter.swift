import Basics
import Digests
import Glibc

/// The writing of one object: into a file of its own, which is put in its place when it is whole and on the disk.
///
/// A lock on the file tells that somebody still writes it; the kernel gives it back when the writer ends, however that
/// happens. Everything here blocks.
final class FolderWriter: @unchecked Sendable {
    // Guard of @unchecked Sendable: the task that writes the object makes one call at a time.
    private let paths: FolderPaths
    private let path: String
    private let descriptor: Int32
    private let digest = StreamingDigest(.sha256)
    private var size = 0
    private var isOpen = true

    init(_ paths: FolderPaths) throws(ParlorError) {
        self.paths = paths
        while true {
            let path = "\(paths.incoming)/\(RandomIdentifier.hex(bytes: 16)).partial"
            let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw .systemCall("open", path: path, errno: errno) }
            // Whoever sweeps may have come between these lines.
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0, Files.exists(path) {
                self.path = path
                self.descriptor = descriptor
                return
            }
            close(descriptor)
            unlink(path)
        }
    }

    deinit { discard() }

    /// Adds content.
    func append(_ bytes: [UInt8]) throws(ParlorError) {
        try Files.write(bytes, to: descriptor, path: path)
        digest.update(bytes)
        size += bytes.count
    }

    /// Puts the object in its place.
    func finish(_ name: ObjectName, _ options: ObjectWriting) throws -> ObjectDescription {
        let sha256 = digest.finish()
        if let wanted = options.sha256, wanted != sha256 {
            throw ObjectStorageError.corrupted("its digest is another one than its writer says")
        }
        let footer = FolderFooter(
            size: size, sha256: sha256, written: .now(), type: options.type, notes: options.notes)
        try Files.write(footer.bytes, to: descriptor, path: path)
        guard fsync(descriptor) == 0 else { throw ParlorError.systemCall("fsync", path: path, errno: errno) }
        try place(name, replacing: !options.isOnlyIfAbsent)
        discard()
        return footer.description(of: name)
    }

    /// Somebody who removes the last object of a folder removes the folder too, so making it may take some attempts.
    private func place(_ name: ObjectName, replacing: Bool) throws {
        let target = paths.file(of: name)
        for _ in 0..<100 {
            try FolderWriter.makeFolders(Files.parent(of: target), below: paths.objects)
            if (replacing ? rename(path, target) : link(path, target)) == 0 {
                return try FolderWriter.sync(Files.parent(of: target))
            }
            guard errno != EEXIST else { throw ObjectStorageError.alreadyExists(name) }
            guard errno == ENOENT else { throw ParlorError.systemCall("rename", path: target, errno: errno) }
        }
        throw ParlorError.systemCall("rename", path: target, errno: ENOENT)
    }

    /// Each new folder is on the disk before anything in it can be.
    private static func makeFolders(_ path: String, below top: String) throws(ParlorError) {
        guard path != top, !Files.exists(path) else { return }
        try makeFolders(Files.parent(of: path), below: top)
        guard mkdir(path, 0o700) == 0 || errno == EEXIST || errno == ENOENT else {
            throw .systemCall("mkdir", path: path, errno: errno)
        }
        try sync(Files.parent(of: path))
    }

    /// Makes the entries of a folder durable. One that somebody has removed meanwhile had nothing in it.
    static func sync(_ folder: String) throws(ParlorError) {
        do throws(ParlorError) { try Files.syncFolder(folder) } catch { if Files.exists(folder) { throw error } }
    }

    /// Removes what was written; nothing to do once it is in its place.
    func discard() {
        guard isOpen else { return }
        isOpen = false
        unlink(path)
        close(descriptor)
    }

    /// Removes what writers left that were killed.
    static func sweep(_ paths: FolderPaths) throws(ParlorError) {
        for name in try Files.list(paths.incoming) where name.hasSuffix(".partial") {
            let path = "\(paths.incoming)/\(name)"
            let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
            guard descriptor >= 0 else { continue }
            defer { close(descriptor) }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { unlink(path) }
        }
    }
}
