package import Basics
import JSONText

/// What became of a run, as it is kept.
package struct BackupResult: Equatable, Sendable {
    /// What was done: `full`, `incremental`, `portable`, `drill`, `verify` or `expire`.
    package var job: String
    /// The repository, for people; nil where it was none's alone.
    package var repository: String?
    /// When it was begun.
    package var begun: Timestamp
    /// When it ended.
    package var ended: Timestamp
    /// The backup, or whatever else came of it.
    package var label: String?
    /// The bytes of the data.
    package var size: Int?
    /// The bytes that were written.
    package var stored: Int?
    /// What went wrong, or was found to be wrong; nil when nothing was.
    package var trouble: String?
    /// What can be done about it.
    package var hint: String?

    /// A run.
    package init(_ job: String, of repository: String?, begun: Timestamp, ended: Timestamp) {
        self.job = job
        self.repository = repository
        self.begun = begun
        self.ended = ended
    }

    /// Whether it came to a good end.
    package var isGood: Bool { trouble == nil }

    /// As JSON.
    package var json: JSON {
        [
            "job": .string(job), "repository": .text(repository), "begun": .string(begun.rfc3339),
            "ended": .string(ended.rfc3339), "label": .text(label), "size": .integer(size), "stored": .integer(stored),
            "trouble": .text(trouble), "hint": .text(hint),
        ]
    }

    /// Reads what `json` wrote; nil for anything else.
    package init?(json: JSON) {
        guard let job = json["job"]?.text, let begun = json["begun"]?.text.flatMap(Timestamp.init(rfc3339:)),
            let ended = json["ended"]?.text.flatMap(Timestamp.init(rfc3339:))
        else { return nil }
        self.init(job, of: json["repository"]?.text, begun: begun, ended: ended)
        label = json["label"]?.text
        (size, stored) = (json["size"]?.int, json["stored"]?.int)
        (trouble, hint) = (json["trouble"]?.text, json["hint"]?.text)
    }
}

/// The runs of a machine, a line each, the newest last. A line that was cut off by a crash is passed over.
package struct BackupHistory: Sendable {
    /// The most that are kept: more than a year of hourly runs.
    private static let kept = 12_000
    private let file: String

    /// That of a file.
    package init(_ file: String) { self.file = file }

    /// All of them.
    package func all() throws(ParlorError) -> [BackupResult] {
        guard Files.exists(file) else { return [] }
        let reader = JSONReader()
        return try Files.readText(file, limit: .megabytes(64)).split(separator: "\n").compactMap { line in
            (try? reader.read(JSON.self, from: String(line))).flatMap(BackupResult.init(json:))
        }
    }

    /// Adds one, and lets the oldest go.
    package func add(_ result: BackupResult) throws(ParlorError) {
        try Files.makeFolder(Files.parent(of: file))
        let lines = (try all().suffix(Self.kept - 1) + [result]).map { $0.json.compact + "\n" }
        try Files.writeAtomically(lines.joined(), to: file)
    }
}
