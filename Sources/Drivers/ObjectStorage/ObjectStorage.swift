/// Where objects are kept: named content that is written whole and never changed in place.
///
/// Whatever fails, an object is either what it was before or the new one, never a part of it. Everything is called by
/// tasks of the loop that the storage was made on; errors are `ObjectStorageError`, or what a source threw.
public protocol ObjectStorage: Sendable {
    /// Writes an object; it exists, durably, when this has returned.
    func write(_ name: ObjectName, _ source: ObjectSource, _ options: ObjectWriting) async throws -> ObjectDescription

    /// Reads an object in constant memory: who does not ask for more keeps the storage waiting.
    func read<Result>(
        _ name: ObjectName, _ options: ObjectReading, _ body: (ObjectReader) async throws -> Result
    ) async throws -> Result

    /// What is known about an object; throws `noSuchObject` when there is none.
    func describe(_ name: ObjectName) async throws -> ObjectDescription

    /// Some lines of a listing, from its beginning or from where another page ended.
    func page(_ query: ObjectQuery, continuing continuation: String?) async throws -> ObjectPage

    /// Removes an object; fine when there is none.
    func delete(_ name: ObjectName) async throws

    /// An address at which anybody may do one thing with one object for some time; nil where there is no such thing.
    func address(for purpose: ObjectPurpose, of name: ObjectName, lasting: Duration) throws -> String?
}

/// What the holder of an address may do.
public enum ObjectPurpose: Hashable, Sendable {
    /// Read the object.
    case reading
    /// Write it, or replace it.
    case writing
}

extension ObjectStorage {
    /// Writes bytes as an object.
    @discardableResult
    public func write(
        _ name: ObjectName, _ bytes: [UInt8], _ options: ObjectWriting = ObjectWriting()
    ) async throws -> ObjectDescription {
        try await write(name, ObjectSource(bytes), options)
    }

    /// Reads a whole object of at most 16 MB.
    public func read(_ name: ObjectName, _ options: ObjectReading = ObjectReading()) async throws -> [UInt8] {
        try await read(name, options) { try await $0.all() }
    }

    /// The lines of a listing, page after page as they are asked for.
    public func list(_ query: ObjectQuery = ObjectQuery()) -> ObjectListing { ObjectListing(self, query) }

    /// Whether there is an object of that name.
    public func exists(_ name: ObjectName) async throws -> Bool {
        do {
            _ = try await describe(name)
            return true
        } catch let error as ObjectStorageError where error.code == .noSuchObject {
            return false
        }
    }

    /// There is no such address.
    public func address(for purpose: ObjectPurpose, of name: ObjectName, lasting: Duration) throws -> String? { nil }
}
