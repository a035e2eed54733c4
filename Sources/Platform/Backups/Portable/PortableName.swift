package import Basics

/// The name of a dump: which database it holds and when it was begun, which is also where it stands.
///
///     backups/postgresql/2026/11/21/salons_full_20261121T030000Z.dump.zst.gpg
package struct PortableName: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The database.
    package let database: String
    /// When it was begun, to the second.
    package let begun: Timestamp

    /// What all dumps stand below.
    package static let root = "backups/postgresql"
    /// The file beside dumps that says what is known of them.
    package static let metadata = "metadata.json"
    private static let ending = ".dump.zst.gpg"
    private static let kind = "_full_"

    /// The name of a dump of a database that is begun now.
    package init(database: String, begun: Timestamp) {
        self.database = database
        self.begun = begun.wholeSeconds
    }

    /// Reads the name of a file; nil for what is no dump.
    package init?(file: some StringProtocol) {
        guard file.hasSuffix(Self.ending) else { return nil }
        let stem = file.dropLast(Self.ending.count)
        // `20261121T030000Z` is 16 characters long.
        let digits = Array(stem.suffix(16))
        let front = stem.dropLast(16)
        guard digits.count == 16, front.hasSuffix(Self.kind),
            let database = Self.unescaped(front.dropLast(Self.kind.count)),
            let begun = Timestamp(
                rfc3339: String(digits[0..<4]) + "-" + String(digits[4..<6]) + "-" + String(digits[6..<11]) + ":"
                    + String(digits[11..<13]) + ":" + String(digits[13...]))
        else { return nil }
        self.init(database: database, begun: begun)
        guard self.file == file else { return nil }
    }

    /// Reads a path below the root of all dumps; nil for what is no dump, or stands where none belongs.
    package init?(path: some StringProtocol) {
        let file = path.lastIndex(of: "/").map { path[path.index(after: $0)...] } ?? path[...]
        self.init(file: file)
        guard self.path == path else { return nil }
    }

    /// The older one is less.
    package static func < (left: PortableName, right: PortableName) -> Bool {
        (left.begun, left.database) < (right.begun, right.database)
    }

    /// The file's name.
    package var file: String { "\(Self.escaped(database))\(Self.kind)\(stamp)\(Self.ending)" }

    /// The folder of its day.
    package var folder: String {
        let day = begun.rfc3339Seconds.prefix(10).split(separator: "-")
        return "\(Self.root)/\(day.joined(separator: "/"))"
    }

    /// Where it stands.
    package var path: String { "\(folder)/\(file)" }

    /// Where it stands.
    package var description: String { path }

    private var stamp: String { begun.rfc3339Seconds.filter { $0 != "-" && $0 != ":" } }

    /// A database may have any name, a file and an object may not: what is no letter, digit, `-`, `.` or `_` of ASCII, and
    /// a dot in front, is written as an equals sign and two digits.
    private static func escaped(_ name: String) -> String {
        var text = ""
        for (place, byte) in name.utf8.enumerated() {
            let scalar = Unicode.Scalar(byte)
            let isPlain =
                ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
                || scalar == "-" || scalar == "_" || (scalar == "." && place > 0)
            text += isPlain ? String(Character(scalar)) : "=\(hexadecimal([byte]))"
        }
        return text
    }

    private static func unescaped(_ text: some StringProtocol) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "=") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return bytes.isEmpty ? nil : String(validating: bytes, as: UTF8.self)
    }
}

extension Timestamp {
    fileprivate var wholeSeconds: Timestamp {
        let rest = microseconds % 1_000_000
        return Timestamp(microseconds: microseconds - (rest < 0 ? rest + 1_000_000 : rest))
    }
}
