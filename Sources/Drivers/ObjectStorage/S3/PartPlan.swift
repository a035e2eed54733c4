import Basics

/// Decides how an object is cut into parts. S3 takes at most 10,000 of them, of up to 5 GB each. It performs nothing.
struct PartPlan: Equatable, Sendable {
    /// The most parts of one object.
    static let countMax = 10_000
    /// The most bytes of one object.
    static let objectSizeMax = 5 << 40
    private static let step = 1 << 20
    private static let partsPerSize = 1000

    private let size: Int
    private let grows: Bool

    /// A plan for an object of `length` bytes, in parts of the preferred size unless that would be too many; nil when
    /// the object is too large. Without a length the parts double in size after every thousand.
    init?(length: Int?, preferred: ByteCount) {
        guard let length else {
            size = preferred.bytes
            grows = true
            return
        }
        guard length <= Self.objectSizeMax else { return nil }
        let needed = (length + Self.countMax - 1) / Self.countMax
        let rounded = (needed + Self.step - 1) / Self.step * Self.step
        size = max(preferred.bytes, rounded)
        grows = false
    }

    /// The size of a part, counted from 1, unless it is the last one; nil when there can be no such part.
    func size(ofPart number: Int) -> Int? {
        guard (1...Self.countMax).contains(number) else { return nil }
        guard grows else { return size }
        return min(size << ((number - 1) / Self.partsPerSize), 5 << 30)
    }
}

/// A part that the server has, or that is to be sent.
struct UploadedPart: Hashable, Sendable {
    let number: Int
    let size: Int
    /// The MD5 digest of its content in hexadecimal digits, which is what S3 calls it by.
    let tag: String
}

/// Decides which upload is gone on with, and what of it is missing. It performs nothing.
enum UploadResumption {
    /// An upload that was begun and not ended.
    struct Upload: Hashable, Sendable {
        let name: String
        let identifier: String
        let begun: String
    }

    /// The one for `name` that was begun last.
    static func choice(among uploads: [Upload], for name: String) -> Upload? {
        uploads.filter { $0.name == name }.max { ($0.begun, $0.identifier) < ($1.begun, $1.identifier) }
    }

    /// Whether the server has this very part already.
    static func has(_ part: UploadedPart, among known: [Int: UploadedPart]) -> Bool { known[part.number] == part }
}
