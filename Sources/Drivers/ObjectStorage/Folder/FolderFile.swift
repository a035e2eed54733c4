import Basics
import Digests
import Glibc

/// The open file of an object; it stays what it is when the object is replaced. Everything here blocks.
final class FolderFile: @unchecked Sendable {
    // Guard of @unchecked Sendable: the task that reads the object makes one call at a time.
    private static let pieceSize = 262_144

    private let descriptor: Int32
    private let path: String
    /// What is known about the object.
    let object: ObjectDescription

    /// Opens it, and reads its description.
    init(_ name: ObjectName, in paths: FolderPaths) throws {
        path = paths.file(of: name)
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            guard errno == ENOENT || errno == ENOTDIR else {
                throw ParlorError.systemCall("open", path: path, errno: errno)
            }
            throw ObjectStorageError.noSuchObject(name)
        }
        do {
            object = try FolderFile.footer(descriptor, path).description(of: name)
        } catch {
            close(descriptor)
            throw error
        }
    }

    deinit { close(descriptor) }

    private static func footer(_ descriptor: Int32, _ path: String) throws -> FolderFooter {
        var found = stat()
        guard fstat(descriptor, &found) == 0 else { throw ParlorError.systemCall("fstat", path: path, errno: errno) }
        let size = Int(found.st_size)
        let endStart = max(0, size - FolderFooter.endSize)
        let end = try read(descriptor, path, endStart..<size)
        guard let start = FolderFooter.start(end: end, fileSize: size),
            let footer = FolderFooter(reading: try read(descriptor, path, start..<endStart), size: start)
        else { throw ObjectStorageError.corrupted("its file has no sound description at its end") }
        return footer
    }

    /// The bytes at some positions, at most 256 kB of them.
    func read(_ positions: Range<Int>) throws -> [UInt8] {
        try FolderFile.read(
            descriptor, path, positions.lowerBound..<min(positions.upperBound, positions.lowerBound + Self.pieceSize))
    }

    private static func read(_ descriptor: Int32, _ path: String, _ positions: Range<Int>) throws -> [UInt8] {
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: positions.count) { buffer, count in
            while count < positions.count {
                let got = pread(
                    descriptor, buffer.baseAddress.map { $0 + count }, positions.count - count,
                    off_t(positions.lowerBound + count))
                if got < 0 && errno == EINTR { continue }
                guard got > 0 else {
                    failure = got < 0 ? errno : 0
                    return
                }
                count += got
            }
        }
        guard failure == 0 else { throw ParlorError.systemCall("pread", path: path, errno: failure) }
        return bytes
    }
}
