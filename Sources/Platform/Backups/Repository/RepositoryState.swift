package import Basics
import JSONText

/// What a repository holds, as pgBackRest's `info` tells.
package struct RepositoryState: Equatable, Sendable {
    /// Which repository.
    package var number: Int
    /// What is wrong with it; nil when it can be read.
    package var trouble: String?
    /// The backups, the oldest first.
    package var backups: [BackupRecord] = []
    /// The files of the log that it has, of the cluster's present version; nil when it has none.
    package var log: BackupRecord.LogRange?
    /// What tells one cluster from another; nil when nothing was ever written.
    package var systemIdentifier: Int?
    /// The major version of the server; nil when nothing was ever written.
    package var serverVersion: Int?

    /// A repository without anything in it.
    package init(number: Int) { self.number = number }

    /// The newest backup without errors.
    package var newest: BackupRecord? { backups.last { !$0.hasErrors } }

    /// Reads what `info --output=json` wrote, for each of the repositories that are asked for.
    package static func all(_ text: String, of numbers: [Int]) throws(ParlorError) -> [RepositoryState] {
        // What a wrong key makes of a file is quoted with control characters as they are, which JSON does not allow.
        let text = String(decoding: text.utf8.map { max($0, UInt8(ascii: " ")) }, as: UTF8.self)
        let tree: JSON
        do { tree = try JSONReader().read(JSON.self, from: text) } catch {
            throw ParlorError(.malformed, "what pgBackRest says of the repository cannot be read", detail: "\(error)")
        }
        guard let stanza = tree.elements?.first(where: { $0["name"]?.text == PgBackRestConfiguration.stanza }) else {
            return numbers.map { RepositoryState(number: $0) }
        }
        return numbers.map { RepositoryState(number: $0, stanza) }
    }

    private init(number: Int, _ stanza: JSON) {
        self.number = number
        func own(_ json: JSON) -> Bool { (json["database"] ?? json)["repo-key"]?.int == number }
        let status = stanza["repo"]?.elements?.first { $0["key"]?.int == number }?["status"]
        // 1 and 2 say that nothing has been written yet.
        if let code = status?["code"]?.int, code > 2 {
            trouble = status?["message"]?.text ?? "unknown trouble \(code)"
        }
        backups = (stanza["backup"]?.elements ?? []).filter(own).compactMap(BackupRecord.init).sorted {
            $0.stop == $1.stop ? $0.label < $1.label : $0.stop < $1.stop
        }
        let databases = (stanza["db"]?.elements ?? []).filter(own)
        systemIdentifier = databases.last?["system-id"]?.int
        serverVersion = databases.last?["version"]?.text.flatMap { Int($0.prefix { $0 != "." }) }
        let archives = (stanza["archive"]?.elements ?? []).filter(own)
        let newest = archives.max { ($0["database"]?["id"]?.int ?? 0) < ($1["database"]?["id"]?.int ?? 0) }
        if let first = newest?["min"]?.text, let last = newest?["max"]?.text {
            log = .init(first: first, last: last)
        }
    }
}

extension BackupRecord {
    init?(_ json: JSON) {
        let times = json["timestamp"]
        guard let label = json["label"]?.text, let kind = json["type"]?.text.flatMap(Kind.init(rawValue:)),
            let start = times?["start"]?.int, let stop = times?["stop"]?.int,
            let first = json["archive"]?["start"]?.text, let last = json["archive"]?["stop"]?.text
        else { return nil }
        self.init(
            label, kind, start: Timestamp(seconds: Int64(start)), stop: Timestamp(seconds: Int64(stop)),
            log: .init(first: first, last: last))
        references = (json["reference"]?.elements ?? []).compactMap(\.text)
        size = json["info"]?["size"]?.int ?? 0
        stored = json["info"]?["repository"]?["delta"]?.int ?? 0
        hasErrors = json["error"]?.boolean ?? false
    }
}
