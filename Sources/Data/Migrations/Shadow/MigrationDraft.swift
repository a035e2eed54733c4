package import Basics

/// A migration that is not written yet.
package struct MigrationDraft: Hashable, Sendable {
    /// The name of its folder.
    package let name: String
    /// What it changes.
    package let difference: SchemaDifference
    /// What the lint says about it, for a database whose tables are large.
    package let findings: [LintFinding]

    /// The text of its file.
    package var text: String { difference.changes.isEmpty ? "-- This is an empty migration.\n" : difference.sql }

    /// The name of a folder: the time in 14 digits, later than that of any there is, and a name.
    package static func folderName(
        _ name: String, at now: Timestamp, behind migrations: [Migration]
    ) throws(ParlorError) -> String {
        try check(name)
        let newest = migrations.last.map { String($0.name.prefix(14)) } ?? ""
        var moment = now
        // Two in one second, or a clock that is behind.
        if digits(moment) <= newest, let last = Timestamp(digits: newest) { moment = last + .seconds(1) }
        return "\(digits(moment))_\(name)"
    }

    private static func check(_ name: String) throws(ParlorError) {
        let isPlain = name.utf8.allSatisfy { byte in
            (97...122).contains(byte) || (48...57).contains(byte) || byte == UInt8(ascii: "_")
        }
        guard isPlain, !name.isEmpty, name.utf8.count <= 200 else {
            let plain = name.lowercased().utf8.map { byte in
                (97...122).contains(byte) || (48...57).contains(byte) ? byte : UInt8(ascii: "_")
            }
            let suggestion = String(decoding: plain.prefix(200), as: UTF8.self)
            throw ParlorError(
                .usage, "a migration cannot have this name",
                why: "it becomes the name of a folder, which has small letters, digits and underscores, 200 at most",
                hint: name.isEmpty ? "Call it like add_bookings." : "Call it \(suggestion).")
        }
    }

    private static func digits(_ moment: Timestamp) -> String {
        String(decoding: moment.rfc3339Seconds.utf8.filter { (48...57).contains($0) }.prefix(14), as: UTF8.self)
    }
}

extension Timestamp {
    /// From the 14 digits in front of a migration's name; nil when they are none.
    fileprivate init?(digits: String) {
        let bytes = Array(digits.utf8)
        guard bytes.count == 14, bytes.allSatisfy({ (48...57).contains($0) }) else { return nil }
        let part = { (range: Range<Int>) in String(decoding: bytes[range], as: UTF8.self) }
        self.init(
            rfc3339: "\(part(0..<4))-\(part(4..<6))-\(part(6..<8))T\(part(8..<10)):\(part(10..<12)):\(part(12..<14))Z")
    }
}
