import Basics
import Loop
import Postgres
import Processes

/// Backups and what is restored from them against pg_basebackup and plain copies of the same data, and how old the
/// newest row is that the repository holds.
struct BackupFigures: MeasuredRoom {
    private let backups: BenchBackups

    init(in workshop: Workshop) async throws { backups = try await BenchBackups(in: workshop) }

    func stop() async { await backups.stop() }

    var comparisons: [Comparison] {
        let full = backup("full backup", "full") {}
        return [
            Comparison(
                name: "backups.full", parlor: full,
                yardsticks: [
                    .init(baseBackup, .throughput(floor: 0.5, aim: 0.8)), .init(copy, .shown(.throughput)),
                ]),
            Comparison(name: "backups.restore", parlor: restore, yardsticks: [.init(copy, .time(floor: 3, aim: 1.5))]),
            Comparison(name: "backups.restore.delta", parlor: delta, yardsticks: [.init(copy, .shown(.time))]),
            Comparison(
                name: "backups.incremental",
                parlor: backup("incremental", "incr", after: backups.messages.changeNewest),
                yardsticks: [.init(full, .time(floor: 0.6, aim: 0.1))]),
            Comparison(
                name: "backups.incremental.random",
                parlor: backup("incremental", "incr", after: backups.messages.changeAnywhere),
                yardsticks: [.init(full, .shown(.time))]),
            Comparison(
                name: "backups.incremental.unchanged", parlor: backup("incremental", "incr") {},
                yardsticks: [.init(full, .shown(.time))]),
            Comparison(
                name: "backups.loss", parlor: ArchiveAge(backups: backups).contender,
                yardsticks: [.init(ArchiveAge.promised, .shown(.ageMedian), .age(floor: 1.25, aim: 1))]),
        ]
    }

    // MARK: - Turns

    private func backup(
        _ name: String, _ kind: String, after change: @escaping @Sendable () async throws -> Void
    ) -> Contender {
        let backups = backups
        return Contender(name) { _ in
            try await change()
            return try await backups.time(backups.backup(kind))
        }
    }

    private var baseBackup: Contender { copying("pg_basebackup") { $0.baseBackup(into: $1) } }

    private var copy: Contender { copying("cp -a") { $0.copy(into: $1) } }

    private var restore: Contender { copying("parlor") { $0.restore(into: $1) } }

    /// Makes a copy at a place of its own, which is gone afterwards.
    private func copying(_ name: String, _ program: @escaping @Sendable (BenchBackups, String) -> Program) -> Contender
    {
        let backups = backups
        return Contender(name) { _ in
            let place = backups.place()
            let sample = try await backups.time(program(backups, place))
            try await backups.remove(place)
            return sample
        }
    }

    /// Brings what was restored before up to a backup that is newer by a hundredth of the rows.
    private var delta: Contender {
        let backups = backups
        return Contender("parlor") { _ in
            let place = backups.place()
            _ = try await backups.time(backups.restore(into: place))
            try await backups.messages.changeNewest()
            _ = try await backups.time(backups.backup("incr"))
            let sample = try await backups.time(backups.restore(into: place, isDelta: true))
            try await backups.remove(place)
            return sample
        }
    }
}
