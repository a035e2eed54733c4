package import Basics
package import Loop

/// Does with the repositories what is decided elsewhere: makes backups, looks at them, checks them, removes them.
///
/// Every method is one run of pgBackRest, which has its own lock: two that would disturb each other do not run at a time,
/// and the second says so.
package struct BackupEngine: Sendable {
    /// What is configured.
    package let configuration: PgBackRestConfiguration
    private let program: PgBackRest

    private static let lookLimit = Duration.seconds(120)
    private static let workLimit = Duration.seconds(7 * 86_400)

    /// An engine that is configured by a file of its own, which `prepare` writes.
    package init(
        _ configuration: PgBackRestConfiguration, file: String, environment: [String: String] = [:],
        executable: String = PgBackRest.executable
    ) throws(ParlorError) {
        self.configuration = configuration
        program = try PgBackRest(file, environment: environment, executable: executable)
    }

    /// Writes what it is configured by, and makes the folders.
    package func prepare() throws(ParlorError) {
        for folder in configuration.folders {
            do { try Files.makeFolder(folder) } catch {
                throw ParlorError(
                    .backup, "the folder \(folder) cannot be used for backups", why: error.summary,
                    hint: "Make it, and give it to the user that Parlor runs as; or set another backups.folder.",
                    cause: error)
            }
        }
        try Files.writeAtomically(configuration.file, to: program.configurationFile)
    }

    /// Makes the repositories ready for this cluster; nothing happens where they are.
    package func makeReady(on loop: EventLoop) async throws {
        try await program.run("stanza-create", within: Self.lookLimit, on: loop)
    }

    /// What the repositories hold, in their order.
    package func states(on loop: EventLoop) async throws -> [RepositoryState] {
        let text = try await program.output("info", ["--output=json"], within: Self.lookLimit, on: loop)
        return try RepositoryState.all(text, of: configuration.repositories.map(\.number))
    }

    /// Makes a backup and gives back what the repository says of it.
    package func backUp(
        _ kind: BackupRecord.Kind, to repository: BackupRepository, on loop: EventLoop,
        progress: @escaping @Sendable (TransferProgress) -> Void
    ) async throws -> BackupRecord {
        let meter = Meter(progress)
        try await program.run(
            "backup", ["--repo=\(repository.number)", "--type=\(kind.rawValue)", "--log-level-console=detail"],
            within: Self.workLimit, on: loop, line: { meter.take($0) })
        guard let made = try await state(of: repository, on: loop).backups.last else {
            throw ParlorError(
                .backup, "the backup that was just made is not there", hint: "Look at \(repository.name) yourself.")
        }
        return made
    }

    /// What one repository holds.
    package func state(of repository: BackupRepository, on loop: EventLoop) async throws -> RepositoryState {
        let state = try await states(on: loop).first { $0.number == repository.number }
        return state ?? RepositoryState(number: repository.number)
    }

    /// Reads everything in a repository and compares checksums.
    package func verify(_ repository: BackupRepository, on loop: EventLoop) async throws -> RepositoryVerification {
        try RepositoryVerification(
            try await program.output(
                "verify", ["--repo=\(repository.number)", "--output=text", "--verbose"], within: Self.workLimit,
                on: loop))
    }

    /// Whether the log of a repository has no holes from a file on.
    package func continuity(of repository: BackupRepository, from first: LogFile, on loop: EventLoop) async throws
        -> LogContinuity
    {
        let names = try await program.output(
            "repo-ls",
            ["--repo=\(repository.number)", "--recurse", "archive/\(PgBackRestConfiguration.stanza)"],
            within: Self.lookLimit, on: loop)
        var (files, histories) = (Set<LogFile>(), Set<Int>())
        for path in names.split(separator: "\n") {
            let name = path.split(separator: "/").last ?? ""
            if let file = LogFile(name.prefix(24)), !name.contains("partial") { files.insert(file) }
            if name.hasSuffix(".history"), let timeline = Int(name.prefix(8), radix: 16) { histories.insert(timeline) }
        }
        return LogContinuity(files: files, histories: histories, from: first)
    }

    /// Removes a backup with all that stand on it.
    package func remove(_ label: String, from repository: BackupRepository, on loop: EventLoop) async throws {
        try await program.run(
            "expire", ["--repo=\(repository.number)", "--set=\(label)"], within: Self.workLimit, on: loop)
    }

    /// Removes the log that is older than so many of the newest full backups; what single older backups need stays.
    package func trimLog(keepingFulls count: Int, in repository: BackupRepository, on loop: EventLoop) async throws {
        try await program.run(
            "expire",
            [
                "--repo=\(repository.number)", "--repo\(repository.number)-retention-archive=\(max(1, count))",
                "--repo\(repository.number)-retention-archive-type=full",
            ], within: Self.workLimit, on: loop)
    }

    /// Restores a backup into a folder. The options say which and up to what.
    package func restore(
        _ options: [String], into folder: String, on loop: EventLoop,
        progress: @escaping @Sendable (TransferProgress) -> Void
    ) async throws {
        let meter = Meter(progress)
        try await program.run(
            "restore", options + ["--pg1-path=\(folder)", "--log-level-console=detail"],
            within: Self.workLimit, on: loop, line: { meter.take($0) })
    }

    /// Hands on how far it has come. Used on the loop only.
    private final class Meter: @unchecked Sendable {
        // Guard of @unchecked Sendable: loop only: the lines of a child are read there.
        private var state = TransferProgress()
        private let progress: (TransferProgress) -> Void

        init(_ progress: @escaping (TransferProgress) -> Void) { self.progress = progress }

        func take(_ line: String) {
            if state.take(line) { progress(state) }
        }
    }
}
