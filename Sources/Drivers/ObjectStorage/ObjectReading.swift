public import Digests

/// How an object is read.
public struct ObjectReading: Hashable, Sendable {
    /// Which bytes; all of them when nil.
    public var range: ObjectRange?
    /// Throws `changed` when the object has another tag by now.
    public var tag: String?
    /// What the content must be, where the storage may not know it; checked when all of it was read.
    public var sha256: Digest?

    /// All of it, whatever it is.
    public init() {}

    /// A part of it.
    public init(_ range: ObjectRange, tag: String? = nil) {
        self.range = range
        self.tag = tag
    }
}

/// A part of an object.
public enum ObjectRange: Hashable, Sendable {
    /// The bytes of these positions, as far as there are so many.
    case bytes(Range<Int>)
    /// Everything from a position on.
    case from(Int)
    /// So many bytes at the end, or all when there are fewer.
    case last(Int)

    /// The positions in an object of `size` bytes; throws `invalidRange` when there is not one byte in it.
    func positions(of size: Int) throws(ObjectStorageError) -> Range<Int> {
        let positions: Range<Int> =
            switch self {
            case .bytes(let range): max(0, range.lowerBound)..<max(0, range.lowerBound, min(range.upperBound, size))
            case .from(let start): max(0, start)..<max(0, start, size)
            case .last(let count): max(0, size - max(0, count))..<size
            }
        guard !positions.isEmpty else { throw .invalidRange }
        return positions
    }
}
