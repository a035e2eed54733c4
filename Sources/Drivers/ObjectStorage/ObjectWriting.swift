public import Digests

/// How an object is written.
public struct ObjectWriting: Hashable, Sendable {
    /// What kind of content it is, as a media type.
    public var type: String?
    /// What to note beside it: short texts in ASCII by lower-case names.
    public var notes: [String: String] = [:]
    /// Refuses with `alreadyExists` when there is an object of that name.
    public var isOnlyIfAbsent = false
    /// What the content must be; another one is refused with `corrupted`.
    public var sha256: Digest?
    /// Leaves what has arrived of a large object when the writing fails, and goes on from there the next time. The
    /// same content must be given again.
    public var isResumable = false

    /// The usual way: replaces what is there, starts over after a failure.
    public init() {}

    /// Refuses what not every storage can keep.
    func check() throws(ObjectStorageError) {
        for (name, value) in notes {
            let isNamed = !name.isEmpty && name.utf8.allSatisfy { ($0 | 0x20).isLowerLetterOrDigit || $0 == 0x2D }
            guard isNamed, name == name.lowercased(), name.utf8.count <= 64, !name.hasPrefix("parlor-") else {
                throw .invalidNote("its name is not made of lower-case letters, digits and hyphens")
            }
            guard value.utf8.allSatisfy({ (0x20...0x7E).contains($0) }), value.first != " ", value.last != " " else {
                throw .invalidNote("it is not plain ASCII")
            }
        }
        guard notes.reduce(0, { $0 + $1.key.utf8.count + $1.value.utf8.count }) <= 1800 else {
            throw .invalidNote("all together are longer than 1800 bytes")
        }
        if let type, !type.utf8.allSatisfy({ (0x21...0x7E).contains($0) || $0 == 0x20 }) || type.isEmpty {
            throw .invalidNote("the media type is not plain ASCII")
        }
    }
}

extension UInt8 {
    fileprivate var isLowerLetterOrDigit: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
    }
}
