import Basics

/// Whether a repository's log has no holes: what no check of single files can tell.
package struct LogContinuity: Equatable, Sendable {
    /// Files that are missing between others, from one to another.
    package struct Hole: Hashable, Sendable {
        /// The first that is missing.
        package var first: LogFile
        /// The last.
        package var last: LogFile
    }

    /// What is missing.
    package private(set) var holes: [Hole] = []
    /// Timelines that begin in the middle, without the file that says what they follow.
    package private(set) var withoutHistory: [Int] = []
    /// The newest file.
    package let newest: LogFile?

    /// Looks at the names of an archive: `files` of the log, and `histories` of timelines, from a file on.
    ///
    /// A timeline begins with the file in which the one before it ended, so from one timeline to the next no file may be
    /// missing either. What is before `first` is of no interest: single backups are kept there with what they need.
    package init(files: some Collection<LogFile>, histories: Set<Int>, from first: LogFile) {
        let sorted = files.filter { $0 >= first }.sorted()
        newest = sorted.last
        var before = LogFile(timeline: first.timeline, number: first.number - 1)
        for file in sorted {
            if file.timeline != before.timeline, !histories.contains(file.timeline) {
                withoutHistory.append(file.timeline)
            }
            if file.number > before.number + 1 {
                let timeline = before < first ? first.timeline : file.timeline
                holes.append(
                    Hole(
                        first: LogFile(timeline: timeline, number: before.number + 1),
                        last: LogFile(timeline: timeline, number: file.number - 1)))
            }
            before = file
        }
        if sorted.isEmpty { holes.append(Hole(first: first, last: first)) }
    }

    /// Whether nothing is missing.
    package var isWhole: Bool { holes.isEmpty && withoutHistory.isEmpty }

    /// What is wrong, for people.
    package var complaints: [String] {
        holes.map { hole in
            hole.first == hole.last
                ? "the log lacks \(hole.first.name)" : "the log lacks \(hole.first.name) to \(hole.last.name)"
        } + withoutHistory.map { "timeline \($0) has no history file" }
    }
}
