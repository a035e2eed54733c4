public import Basics

/// What a reader accepts beyond the grammar of RFC 8259.
public struct JSONRules: Equatable, Sendable {
    /// What happens to an object in which a name stands more than once. Names are compared after their escapes are
    /// undone, so `"a"` and `"\u0061"` are one name.
    public enum Duplicates: Sendable {
        /// The text is refused: two programs that read it could take it for different things.
        case refused
        /// The first member of a name counts, and the others are as if they were not there.
        case firstCounts
        /// The last member of a name counts, as in JavaScript.
        case lastCounts
    }

    /// How large a text may be; never more than just below 1 GB.
    public var sizeMax: ByteCount
    /// How many objects and lists may stand inside one another, from 1 to 1024.
    public var depthMax: Int
    /// What happens to names that stand more than once.
    public var duplicates: Duplicates

    /// Rules; the defaults suit what strangers send.
    public init(sizeMax: ByteCount = .megabytes(16), depthMax: Int = 128, duplicates: Duplicates = .refused) {
        precondition((1...1024).contains(depthMax), "a depth from 1 to 1024 is needed")
        self.sizeMax = sizeMax
        self.depthMax = depthMax
        self.duplicates = duplicates
    }
}
