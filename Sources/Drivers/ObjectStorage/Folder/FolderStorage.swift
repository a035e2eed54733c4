import Basics
import Digests
import Glibc
public import Loop

/// Objects in a folder of the file system.
///
/// Invariants:
/// - What stands below `objects` is whole and on the disk: an object is written elsewhere and put there by one rename.
/// - A reader keeps the object that it has opened, whatever is written or deleted meanwhile.
/// - The files and folders belong to this storage alone; nobody else may write there.
///
/// On failure: what a writer that was killed left behind is removed when the storage is opened the next time, by any
/// process. A damaged file is `corrupted` when it is read; errors of the system are `ParlorError`s with the path.
public struct FolderStorage: ObjectStorage {
    private let paths: FolderPaths
    private let loop: EventLoop
    private let threads: FolderThreads

    /// The folder of the storage.
    public var path: String { paths.root }

    private init(_ paths: FolderPaths, _ threads: FolderThreads, on loop: EventLoop) {
        self.paths = paths
        self.threads = threads
        self.loop = loop
    }

    /// Opens the storage in a folder, which is made when it is missing.
    public static func open(_ path: String, on loop: EventLoop) async throws -> FolderStorage {
        let paths = FolderPaths(root: path)
        let threads = FolderThreads(4)
        try await threads.perform(on: loop) {
            for folder in [paths.objects, paths.incoming] { try Files.makeFolder(folder) }
            try Files.syncFolder(paths.root)
            try FolderWriter.sweep(paths)
        }
        return FolderStorage(paths, threads, on: loop)
    }

    /// Writes an object; it exists, durably, when this has returned.
    public func write(
        _ name: ObjectName, _ source: ObjectSource, _ options: ObjectWriting
    ) async throws -> ObjectDescription {
        try options.check()
        let writer = try await onThread { [paths] in try FolderWriter(paths) }
        do {
            var left = source.length
            while let bytes = try await source.next() {
                left = left.map { $0 - bytes.count }
                guard left ?? 0 >= 0 else { throw ObjectStorageError.wrongLength("longer") }
                try await onThread { try writer.append(bytes) }
                try Task.checkCancellation()
            }
            guard left ?? 0 == 0 else { throw ObjectStorageError.wrongLength("shorter") }
            return try await onThread { try writer.finish(name, options) }
        } catch {
            try? await onThread { writer.discard() }
            throw error
        }
    }

    /// Reads an object in constant memory.
    public func read<Result>(
        _ name: ObjectName, _ options: ObjectReading, _ body: (ObjectReader) async throws -> Result
    ) async throws -> Result {
        let file = try await onThread { [paths] in try FolderFile(name, in: paths) }
        if let tag = options.tag, tag != file.object.tag { throw ObjectStorageError.changed(name) }
        let positions = try options.range?.positions(of: file.object.size) ?? 0..<file.object.size
        var position = positions.lowerBound
        let reader = ObjectReader(file.object, positions, expecting: options.sha256) {
            guard position < positions.upperBound else { return nil }
            let rest = position..<positions.upperBound
            let bytes = try await onThread { try file.read(rest) }
            position += bytes.count
            return bytes.isEmpty ? nil : bytes
        }
        return try await body(reader)
    }

    /// What is known about an object; throws `noSuchObject` when there is none.
    public func describe(_ name: ObjectName) async throws -> ObjectDescription {
        try await onThread { [paths] in try FolderFile(name, in: paths).object }
    }

    /// Some lines of a listing, from its beginning or from where another page ended.
    public func page(_ query: ObjectQuery, continuing continuation: String?) async throws -> ObjectPage {
        try await onThread { [paths] in
            var walk = FolderWalk(
                query, continuing: continuation, entries: { try FolderStorage.entries(of: $0, in: paths) },
                describe: { try FolderStorage.description(of: $0, in: paths) })
            return try walk.page()
        }
    }

    /// Removes an object; fine when there is none.
    public func delete(_ name: ObjectName) async throws {
        try await onThread { [paths] in
            let path = paths.file(of: name)
            guard unlink(path) == 0 else {
                guard errno == ENOENT || errno == ENOTDIR else {
                    throw ParlorError.systemCall("unlink", path: path, errno: errno)
                }
                return
            }
            try FolderWriter.sync(Files.parent(of: path))
            // Folders that are empty now go too; one that is not stays by itself.
            var folder = Files.parent(of: path)
            while folder != paths.objects, rmdir(folder) == 0 { folder = Files.parent(of: folder) }
        }
    }

    private func onThread<Value: Sendable>(_ call: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await threads.perform(on: loop, call)
    }

    private static func entries(of folder: String, in paths: FolderPaths) throws -> [FolderWalk.Entry] {
        let path = folder.isEmpty ? paths.objects : "\(paths.objects)/\(folder)"
        // A folder may go while it is walked through.
        guard Files.exists(path) else { return [] }
        return try Files.list(path).compactMap { name in
            switch try Files.status("\(path)/\(name)", followLinks: false)?.kind {
            case .folder: FolderWalk.Entry(name: name, isFolder: true)
            case .file: FolderWalk.Entry(name: name, isFolder: false)
            default: nil
            }
        }
    }

    private static func description(of name: ObjectName, in paths: FolderPaths) throws -> ObjectDescription? {
        do {
            var object = try FolderFile(name, in: paths).object
            (object.notes, object.type) = ([:], nil)
            return object
        } catch let error as ObjectStorageError where error.code == .noSuchObject {
            return nil
        }
    }
}
