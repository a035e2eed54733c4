import Basics
import JSONText
import Digests

/// What stands behind the content in the file of an object: a description as JSON, its length and a mark.
///
/// Content and description are one file, so that both change with one rename. The content comes first, so that a
/// position in it is a position in the file.
struct FolderFooter: Equatable, Sendable {
    private static let mark = Array("parlor-object-1\n".utf8)
    /// How many bytes stand at the very end, whatever the description is.
    static let endSize = 24
    private static let sizeMax = 65_536

    let size: Int
    let sha256: Digest
    let written: Timestamp
    let type: String?
    let notes: [String: String]

    /// The bytes behind the content.
    var bytes: [UInt8] {
        let json: JSON = [
            "size": .integer(size), "sha256": .string(sha256.hexadecimal),
            "written": .integer(Int(written.microseconds)), "type": .string(type),
            "notes": .object(notes.sorted { $0.key < $1.key }.map { JSON.Member($0.key, .string($0.value)) }),
        ]
        let text = Array(json.compact.utf8)
        let digits = hexadecimal((0..<4).map { UInt8(truncatingIfNeeded: text.count >> (24 - 8 * $0)) })
        return text + Array(digits.utf8) + Self.mark
    }

    /// Where the description begins in a file of `fileSize` bytes whose last ones are `end`; nil when that is none.
    static func start(end: [UInt8], fileSize: Int) -> Int? {
        guard end.count == endSize, Array(end.suffix(mark.count)) == mark,
            let digits = Digest(hexadecimal: String(decoding: end.prefix(8), as: UTF8.self))
        else { return nil }
        let length = digits.bytes.reduce(0) { $0 << 8 | Int($1) }
        let start = fileSize - endSize - length
        return length <= sizeMax && start >= 0 ? start : nil
    }

    /// Reads a description; nil when it is none, or not that of `size` bytes.
    init?(reading bytes: [UInt8], size: Int) {
        guard let text = String(validating: bytes, as: UTF8.self), let json = try? JSON(reading: text),
            json["size"]?.int == size, let sha256 = json["sha256"]?.text.flatMap(Digest.init(hexadecimal:)),
            let written = json["written"]?.int, case .object(let members) = json["notes"]
        else { return nil }
        self.init(
            size: size, sha256: sha256, written: Timestamp(microseconds: Int64(written)), type: json["type"]?.text,
            notes: members.reduce(into: [:]) { $0[$1.name] = $1.value.text })
    }

    init(size: Int, sha256: Digest, written: Timestamp, type: String?, notes: [String: String]) {
        self.size = size
        self.sha256 = sha256
        self.written = written
        self.type = type
        self.notes = notes
    }

    /// The same for whoever asks for an object.
    func description(of name: ObjectName) -> ObjectDescription {
        ObjectDescription(
            name: name, size: size, tag: sha256.hexadecimal, written: written, sha256: sha256, type: type, notes: notes)
    }
}
