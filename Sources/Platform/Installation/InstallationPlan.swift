package import Basics

/// What lies between the files that an installation consists of and those that are there.
package struct InstallationPlan: Equatable, Sendable {
    /// What stands where a file belongs.
    package enum Finding: Equatable, Sendable {
        /// Nothing.
        case nothing
        /// That file.
        case same
        /// One with other content or permissions.
        case different
        /// What is no such file, like a folder.
        case other(String)
    }

    /// What becomes of a path.
    package enum Change: String, Equatable, Sendable {
        /// It is made.
        case create
        /// It is exchanged, at one stroke.
        case replace
        /// It goes, as it belonged to a former version.
        case remove
        /// It stays as its owner has it.
        case keep
        /// It is as it should be.
        case leave
    }

    /// A path and what becomes of it.
    package struct Step: Equatable, Sendable {
        /// What becomes of it.
        package var change: Change
        /// Where.
        package var path: String
        /// What is to stand there; nil for what is removed.
        package var file: InstalledFile?

        /// A step.
        package init(change: Change, path: String, file: InstalledFile? = nil) {
            self.change = change
            self.path = path
            self.file = file
        }
    }

    /// Every file in the order in which they are written, then what is removed.
    package let steps: [Step]

    /// Compares the files with what `find` sees in their places; `obsolete` belonged to a former version.
    package init(
        _ files: [InstalledFile], removing obsolete: [String] = [],
        find: (InstalledFile) throws(ParlorError) -> Finding
    ) throws(ParlorError) {
        var steps: [Step] = []
        for file in files {
            let change = try Self.change(of: file, try find(file))
            steps.append(Step(change: change, path: file.path, file: file))
        }
        self.steps = steps + obsolete.map { Step(change: .remove, path: $0) }
    }

    private static func change(of file: InstalledFile, _ finding: Finding) throws(ParlorError) -> Change {
        switch finding {
        case .nothing: return .create
        case .same: return .leave
        case .different: return file.isKept ? .keep : .replace
        case .other(let what):
            throw ParlorError(
                .file, "\(file.path) is \(what), and not Parlor's", why: "nothing that somebody else made is replaced",
                hint: "Move it away, then install again.")
        }
    }

    /// Whether anything is to be done.
    package var isEmpty: Bool { changes.isEmpty }

    /// What is to be done.
    package var changes: [Step] { steps.filter { ![.keep, .leave].contains($0.change) } }

    /// Whether a path is made or replaced.
    package func changes(_ path: String) -> Bool { changes.contains { $0.path == path } }
}
