package import Basics

extension PortableBackup {
    /// What is done once the dump is there, and cannot undo it.
    func finish(_ entry: PortableEntry, _ shelf: FolderShelf) async -> PortableResult {
        var result = PortableResult(entry: entry, path: "\(root)/\(entry.name.path)")
        do { result.copied = try await copy(from: shelf) } catch { result.fault = ParlorError(describing: error) }
        do {
            if let retention { result.expired = try await shelf.expire(retention, now: .now()) }
        } catch {
            result.fault = result.fault ?? ParlorError(describing: error)
        }
        return result
    }

    /// Copies what the storage does not have and should; gives back what it was.
    private func copy(from shelf: FolderShelf) async throws -> [PortableName] {
        guard let storage else { return [] }
        let target = ObjectShelf(storage: storage, prefix: prefix)
        let there = Set(try await target.names())
        let here = try await shelf.names()
        // Another host may have brought newer ones there, besides which those that are only here would go again.
        let unwanted = retention.map {
            Set(PortableRetention(of: Array(there.union(here)), policy: $0, now: .now()).expired)
        }
        var copied: [PortableName] = []
        for name in here where !there.contains(name) && unwanted?.contains(name) != true {
            // A file that nobody wrote anything down about is not known to be whole.
            guard let entry = try await shelf.day(name.folder).entry(of: name) else { continue }
            try await target.add(entry, from: "\(root)/\(name.path)", on: shelf.loop)
            copied.append(name)
        }
        if let retention { _ = try await target.expire(retention, now: .now()) }
        return copied
    }
}

/// What became of a dump.
package struct PortableResult: Sendable {
    /// What is known of it.
    package var entry: PortableEntry
    /// Where it stands.
    package var path: String
    /// The older dumps that were removed from the folder.
    package var expired: [PortableName] = []
    /// The dumps that were copied to the storage: this one, and those that could not be before.
    package var copied: [PortableName] = []
    /// Why the storage does not have all of them, or why those that were to go did not; nil when all went well.
    package var fault: ParlorError?
}
