import Basics
import Loop
import ObjectStorage

/// Where dumps stand in the folders of their days, each with the file that says what is known of them.
protocol PortableShelf {
    /// The dumps that are there.
    func names() async throws -> [PortableName]
    /// What is known of the dumps of a day's folder; nothing when nobody wrote it down.
    func day(_ folder: String) async throws -> PortableDay
    /// Writes down what is known of the dumps of a day's folder; a day without any leaves nothing behind.
    func write(_ day: PortableDay, _ folder: String) async throws
    /// Removes a dump.
    func remove(_ name: PortableName) async throws
}

extension PortableShelf {
    /// Removes what the policy says; first the dump, then what is known of it, so that none is there unexplained.
    func expire(_ policy: RetentionPolicy, now: Timestamp) async throws -> [PortableName] {
        let expired = PortableRetention(of: try await names(), policy: policy, now: now).expired
        for name in expired {
            try await remove(name)
            var day = try await day(name.folder)
            day.remove(name)
            try await write(day, name.folder)
        }
        return expired
    }
}

/// The shelf in a folder of this machine.
struct FolderShelf: PortableShelf {
    let root: String
    let loop: EventLoop

    func names() async throws -> [PortableName] {
        try await loop.blocking { [root] in try Self.paths(below: root).compactMap { PortableName(path: $0) }.sorted() }
    }

    /// The files of all days, as paths below the root.
    private static func paths(below root: String) throws(ParlorError) -> [String] {
        var paths = [PortableName.root]
        // Years, months, days, and then files.
        for _ in 0..<4 {
            var deeper: [String] = []
            for path in paths where try Files.status("\(root)/\(path)")?.kind == .folder {
                for name in try Files.list("\(root)/\(path)") { deeper.append("\(path)/\(name)") }
            }
            paths = deeper
        }
        return paths
    }

    func day(_ folder: String) async throws -> PortableDay {
        let path = "\(root)/\(folder)/\(PortableName.metadata)"
        return try await loop.blocking {
            Files.exists(path) ? try PortableDay(reading: Files.read(path), at: path) : PortableDay()
        }
    }

    func write(_ day: PortableDay, _ folder: String) async throws {
        try await loop.blocking { [root] in
            let path = "\(root)/\(folder)"
            guard day.entries.isEmpty else {
                return try Files.writeAtomically(day.text, to: "\(path)/\(PortableName.metadata)", mode: 0o600)
            }
            try Files.remove("\(path)/\(PortableName.metadata)")
            try Self.removeEmptyFolders(path, below: root)
        }
    }

    private static func removeEmptyFolders(_ path: String, below root: String) throws(ParlorError) {
        var path = path
        while path != root, path.hasPrefix(root), try Files.list(path).isEmpty {
            try Files.remove(path)
            path = Files.parent(of: path)
        }
    }

    func remove(_ name: PortableName) async throws {
        try await loop.blocking { [root] in try Files.remove("\(root)/\(name.path)") }
    }
}

/// The shelf in an object storage, below a prefix.
struct ObjectShelf: PortableShelf {
    let storage: any ObjectStorage
    /// What all names begin with; empty, or without a slash at its end.
    let prefix: String

    private func objectName(_ path: String) throws -> ObjectName {
        try ObjectName(prefix.isEmpty ? path : "\(prefix)/\(path)")
    }

    func names() async throws -> [PortableName] {
        let front = prefix.isEmpty ? "" : "\(prefix)/"
        var names: [PortableName] = []
        for try await entry in storage.list(ObjectQuery(prefix: "\(front)\(PortableName.root)/")) {
            guard case .object(let object) = entry else { continue }
            if let name = PortableName(path: object.name.text.dropFirst(front.count)) { names.append(name) }
        }
        return names.sorted()
    }

    func day(_ folder: String) async throws -> PortableDay {
        let name = try objectName("\(folder)/\(PortableName.metadata)")
        do {
            return try PortableDay(reading: try await storage.read(name), at: name.text)
        } catch let error as ObjectStorageError where error.code == .noSuchObject {
            return PortableDay()
        }
    }

    func write(_ day: PortableDay, _ folder: String) async throws {
        let name = try objectName("\(folder)/\(PortableName.metadata)")
        guard !day.entries.isEmpty else { return try await storage.delete(name) }
        var options = ObjectWriting()
        options.type = "application/json"
        try await storage.write(name, Array(day.text.utf8), options)
    }

    func remove(_ name: PortableName) async throws { try await storage.delete(try objectName(name.path)) }

    /// Writes a dump from its file, and then what is known of it.
    func add(_ entry: PortableEntry, from file: String, on loop: EventLoop) async throws {
        let pieces = try FilePieces(file, on: loop)
        defer { pieces.close() }
        var options = ObjectWriting()
        options.type = "application/pgp-encrypted"
        options.sha256 = entry.sha256
        options.isResumable = true
        let source = ObjectSource(length: entry.size) { try await pieces.next() }
        _ = try await storage.write(try objectName(entry.name.path), source, options)
        var day = try await day(entry.name.folder)
        day.add(entry)
        try await write(day, entry.name.folder)
    }
}
