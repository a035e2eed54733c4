import HTTP

/// The tags of a conditional request (RFC 9110, section 13). Ours are versions of rows, so all of them are strong.
enum EntityTags: Hashable, Sendable {
    /// Whatever there is.
    case any
    /// These; those that are none of ours match nothing.
    case versions([Int32])

    /// Reads the value of `If-Match` or `If-None-Match`; nil when it is neither a star nor a list of tags.
    init?(_ text: String) {
        guard text != "*" else {
            self = .any
            return
        }
        var versions: [Int32] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let tag = part.drop { $0 == " " || $0 == "\t" }
            let trimmed = tag.lastIndex { $0 != " " && $0 != "\t" }.map { tag[...$0] } ?? ""
            let opaque = trimmed.hasPrefix("W/") ? trimmed.dropFirst(2) : trimmed
            guard opaque.utf8.count >= 2, opaque.hasPrefix("\""), opaque.hasSuffix("\"") else { return nil }
            // A weak tag never matches where versions decide over a change; for reading both are the same.
            if let version = Int32(opaque.dropFirst().dropLast()), version > 0 { versions.append(version) }
        }
        self = .versions(versions)
    }

    /// Whether it names this version.
    func contains(_ version: Int32) -> Bool {
        switch self {
        case .any: true
        case .versions(let versions): versions.contains(version)
        }
    }
}
