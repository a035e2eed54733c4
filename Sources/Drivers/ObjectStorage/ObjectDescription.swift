public import Basics
public import Digests

/// What is known about an object besides its content.
public struct ObjectDescription: Hashable, Sendable {
    /// Its name.
    public var name: ObjectName
    /// Its size in bytes.
    public var size: Int
    /// Changes with the content; for conditions, and equal tags mean nothing across storages.
    public var tag: String
    /// When it was written.
    public var written: Timestamp
    /// The digest of its content; nil where the storage does not know it, in listings for example.
    public var sha256: Digest?
    /// What kind of content it is, as a media type.
    public var type: String?
    /// What its writer noted beside it; empty in listings.
    public var notes: [String: String]

    /// A description.
    public init(
        name: ObjectName, size: Int, tag: String, written: Timestamp, sha256: Digest? = nil, type: String? = nil,
        notes: [String: String] = [:]
    ) {
        self.name = name
        self.size = size
        self.tag = tag
        self.written = written
        self.sha256 = sha256
        self.type = type
        self.notes = notes
    }
}
