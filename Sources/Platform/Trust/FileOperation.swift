import Basics
import Glibc

/// One step of a change on disk. A kill falls between two of them, or into the middle of one that nobody looks at yet.
enum FileOperation: Equatable, Sendable {
    /// Makes a folder that only its owner can enter.
    case makeFolder(String)
    /// Writes a new file and has it on disk.
    case write(path: String, bytes: [UInt8], mode: UInt32)
    /// Replaces a file in one step.
    case overwrite(path: String, text: String)
    /// Has the names in a folder on disk.
    case synchronise(String)
    /// Makes a symbolic link.
    case link(String, to: String)
    /// Puts a link into the place of another one, in one step.
    case replace(String, by: String)
    /// Removes what is there, a folder with everything in it.
    case remove(String)

    func perform() throws(ParlorError) {
        switch self {
        case .makeFolder(let path): try Files.makeFolder(path)
        case .write(let path, let bytes, let mode): try Self.write(path, bytes, mode)
        case .overwrite(let path, let text): try Files.writeAtomically(text, to: path)
        case .synchronise(let path): try Files.syncFolder(path)
        case .link(let path, let target):
            guard symlink(target, path) == 0 else { throw .systemCall("symlink", path: path, errno: errno) }
        case .replace(let path, let replacement): try Files.move(replacement, to: path)
        case .remove(let path): try Files.remove(path)
        }
    }

    private static func write(_ path: String, _ bytes: [UInt8], _ mode: UInt32) throws(ParlorError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw .systemCall("open", path: path, errno: errno) }
        defer { close(descriptor) }
        guard fchmod(descriptor, mode) == 0 else { throw .systemCall("fchmod", path: path, errno: errno) }
        try Files.write(bytes, to: descriptor, path: path)
        guard fsync(descriptor) == 0 else { throw .systemCall("fsync", path: path, errno: errno) }
    }
}
