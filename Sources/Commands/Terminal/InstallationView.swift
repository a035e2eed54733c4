import Installation

/// What an installation does, or did, for people.
struct InstallationView {
    /// The lines to print, each with its end.
    let text: String

    init(_ plan: InstallationPlan, _ places: InstalledPlaces, notices: [String], isDry: Bool) {
        var lines: [Line] = []
        for step in plan.steps {
            guard let word = Self.word(for: step.change, isDry: isDry) else { continue }
            // Nobody wants to read the name of every migration and every page.
            let folder = [places.migrations, RunbookPages.folder(places.folder)].first { step.path.hasPrefix("\($0)/") }
            let line = Line(word: word, path: folder ?? step.path, isFolder: folder != nil)
            if let place = lines.firstIndex(where: { $0.word == word && $0.path == line.path }) {
                lines[place].count += 1
            } else {
                lines.append(line)
            }
        }
        let end = plan.isEmpty ? [isDry ? "nothing would change" : "nothing changed"] : []
        text = (lines.map(\.text) + end + notices.map { "note: \($0)" }).map { "\($0)\n" }.joined()
    }

    private struct Line {
        var word: String
        var path: String
        var isFolder: Bool
        var count = 1

        var text: String {
            let files = isFolder ? ", \(count) \(count == 1 ? "file" : "files")" : ""
            return word + String(repeating: " ", count: 10 - word.count) + path + files
        }
    }

    private static func word(for change: InstallationPlan.Change, isDry: Bool) -> String? {
        switch change {
        case .create: isDry ? "create" : "created"
        case .replace: isDry ? "replace" : "replaced"
        case .remove: isDry ? "remove" : "removed"
        case .keep: isDry ? "keep" : "kept"
        case .leave: nil
        }
    }
}
