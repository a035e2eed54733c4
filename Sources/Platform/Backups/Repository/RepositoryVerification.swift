package import Basics

/// What became of reading every file of a repository and comparing its checksum.
package struct RepositoryVerification: Equatable, Sendable {
    /// What is wrong, for people; empty when nothing is.
    package var complaints: [String]

    /// pgBackRest's words for what can be wrong with a file, and ours.
    private static let faults: [Substring: String] = [
        "missing": "missing", "checksum invalid": "with a wrong checksum", "size invalid": "of a wrong size",
        "other": "unreadable",
    ]

    /// Whether everything is as it was written.
    package var isWhole: Bool { complaints.isEmpty }

    /// What was found.
    package init(complaints: [String]) { self.complaints = complaints }

    /// Reads what `verify --output=text --verbose` wrote. Its exit status says nothing about what it found.
    package init(_ text: String) throws(ParlorError) {
        let lines = text.split(separator: "\n").map { $0.drop { $0 == " " } }
        guard let status = lines.first(where: { $0.hasPrefix("status: ") })?.dropFirst(8) else {
            throw ParlorError(.malformed, "what pgBackRest says of the repository cannot be read", detail: text)
        }
        complaints = []
        var subject = "the repository"
        for line in lines {
            if line.hasPrefix("archiveId: ") { subject = "the log" }
            if line.hasPrefix("backup: ") { subject = "backup \(line.dropFirst(8).prefix { $0 != "," })" }
            guard line.hasPrefix("missing: ") else { continue }
            for piece in line.split(separator: ",") {
                let words = piece.split(separator: ":").map { $0.drop { $0 == " " } }
                guard words.count == 2, let count = Int(words[1]), count > 0 else { continue }
                complaints.append("\(subject): \(counted(count, "file")) \(Self.faults[words[0]] ?? "with faults")")
            }
        }
        if complaints.isEmpty, status != "ok" {
            complaints = lines.filter {
                $0.hasPrefix("No usable ") || $0.hasPrefix("backup: ") && !$0.contains("status: valid")
            }.map { $0.hasPrefix("No ") ? "there is no\($0.dropFirst(2))" : String($0) }
            if complaints.isEmpty { complaints = ["pgBackRest says \"\(status)\""] }
        }
    }
}
