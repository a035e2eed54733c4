/// The name of an object: parts between slashes, as every storage can keep them.
///
/// Sound names have at most 1024 bytes and no control characters; no part of them is empty, `.` or `..`, or longer than
/// 240 bytes once its percent signs are escaped.
public struct ObjectName: Hashable, Comparable, Sendable, CustomStringConvertible {
    private static let sizeMax = 1024
    private static let partSizeMax = 240

    /// The name as text.
    public let text: String

    /// A name; throws `invalidName` with the reason when it is not sound.
    public init(_ text: String) throws(ObjectStorageError) {
        if let fault = ObjectName.fault(in: text) { throw .invalidName(fault) }
        self.text = text
    }

    /// As it was given.
    public var description: String { text }

    /// The parts between the slashes.
    public var parts: [Substring] { text.split(separator: "/", omittingEmptySubsequences: false) }

    /// The order of a listing: that of the bytes.
    public static func < (left: ObjectName, right: ObjectName) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    private static func fault(in text: String) -> String? {
        guard !text.isEmpty, text.utf8.count <= sizeMax else { return "it is empty or longer than \(sizeMax) bytes" }
        guard !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
            return "it holds a control character"
        }
        for part in text.split(separator: "/", omittingEmptySubsequences: false) {
            guard !part.isEmpty else { return "a part of it is empty" }
            guard part != ".", part != ".." else { return "a part of it is a dot or two" }
            let size = part.utf8.reduce(0) { $0 + ($1 == UInt8(ascii: "%") ? 3 : 1) }
            guard size <= partSizeMax else { return "a part of it is longer than \(partSizeMax) bytes" }
        }
        return nil
    }
}
