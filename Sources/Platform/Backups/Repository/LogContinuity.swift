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
        guard let begin = sorted.first else { return }
        if begin.timeline == first.timeline, begin.number > first.number {
            holes.append(Hole(first: first, last: LogFile(timeline: first.timeline, number: begin.number - 1)))
        }
        for (file, next) in zip(sorted, sorted.dropFirst()) {
            if next.timeline != file.timeline, !histories.contains(next.timeline) {
                withoutHistory.append(next.timeline)
            }
            guard next.number > file.number + 1 else { continue }
            holes.append(
                Hole(
                    first: LogFile(timeline: next.timeline, number: file.number + 1),
                    last: LogFile(timeline: next.timeline, number: next.number - 1)))
        }
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
