package import Basics
package import Loop
import Postgres

/// Brings a backup back beside everything that lives: copies it, replays the log, and leaves a server that answers.
package struct Restoration: Sendable {
    /// How far it has come.
    package enum Phase: Equatable, Sendable {
        /// Files arrive.
        case copying(TransferProgress)
        /// The log is replayed; its last transaction so far was then.
        case replaying(Timestamp)
    }

    /// What came of it.
    package struct Outcome: Sendable {
        /// The server on the restored data.
        package var server: ScratchServer
        /// How long the files took.
        package var copying: Duration
        /// How long until the server answered after that.
        package var replaying: Duration
        /// The newest heartbeat in it; nil where there is none.
        package var heartbeat: Heartbeat?
    }

    private let engine: BackupEngine
    private let place: ScratchServer.Place
    private static let replayLimit = Duration.seconds(2 * 86_400)

    /// A restoration to a place.
    package init(_ engine: BackupEngine, to place: ScratchServer.Place) {
        self.engine = engine
        self.place = place
    }

    /// Does it. `isDelta` makes what stands in the folder equal to the backup, instead of refusing to touch it;
    /// `isLasting` is for data that somebody will live on.
    package func run(
        _ plan: RecoveryPlan, isDelta: Bool = false, isLasting: Bool = true, on loop: EventLoop,
        progress: @escaping @Sendable (Phase) -> Void = { _ in }
    ) async throws -> Outcome {
        try check(plan, isDelta: isDelta)
        try Files.makeFolder(place.data)
        let begin = ContinuousClock.now
        var options = plan.target.options
        options += ["--repo=\(plan.repository.number)", "--set=\(plan.backup.label)"]
        if isDelta { options.append("--delta") }
        try await engine.restore(options, into: place.data, on: loop) { progress(.copying($0)) }
        let copied = ContinuousClock.now
        let server = try await ScratchServer.start(
            place, isLasting: isLasting, within: Self.replayLimit, on: loop, progress: { progress(.replaying($0)) })
        var outcome = Outcome(server: server, copying: copied - begin, replaying: .now - copied)
        outcome.heartbeat = try? await newestHeartbeat(server, on: loop)
        return outcome
    }

    private func newestHeartbeat(_ server: ScratchServer, on loop: EventLoop) async throws -> Heartbeat? {
        let session = try await server.session(to: Heartbeat.database, on: loop)
        defer { session.close() }
        return try await Heartbeat.newest(session)
    }

    /// Nothing of anybody's is overwritten, and nothing is begun that the disk has no room for.
    private func check(_ plan: RecoveryPlan, isDelta: Bool) throws(ParlorError) {
        let isEmpty = Files.exists(place.data) ? try Files.list(place.data).isEmpty : true
        guard isEmpty || isDelta else {
            throw ParlorError(
                .backup, "\(place.data) is not empty", why: "a restore writes into an empty folder only",
                hint: "Name another with --folder, or make this one equal to the backup with --delta.")
        }
        guard !Files.exists("\(place.data)/postmaster.pid") else {
            throw ParlorError(
                .backup, "a server may run on \(place.data)", why: "there is a postmaster.pid in it",
                hint: "Name another folder with --folder.")
        }
        try Files.makeFolder(place.folder)
        // What a delta replaces is there already.
        let (free, needed) = (try Files.freeSpace(at: place.folder), ByteCount(plan.backup.size + plan.backup.size / 8))
        guard isDelta || free >= needed else {
            throw ParlorError(
                .diskFull, "there is no room to restore \(plan.backup.label)",
                why: "\(free) are free in \(place.folder), about \(needed) are needed",
                hint: "Free some space there, or name a folder on another disk with --folder.")
        }
    }
}
