package import Basics

/// From which backup in which repository a target is reached; decided before anything is touched.
package struct RecoveryPlan: Equatable, Sendable {
    /// A repository as it is looked at.
    package struct Source: Sendable {
        /// Which one.
        package var repository: BackupRepository
        /// What it holds.
        package var state: RepositoryState
        /// How many of its newest full backups have their log whole.
        package var replayableFulls: Int
        /// The newest moment in it; nil when nobody knows.
        package var until: Timestamp?

        /// A repository, and what is known of it.
        package init(
            _ repository: BackupRepository, _ state: RepositoryState, replayableFulls: Int, until: Timestamp?
        ) {
            self.repository = repository
            self.state = state
            self.replayableFulls = replayableFulls
            self.until = until
        }

        /// The backups from which every later second is reached.
        package var replayable: [BackupRecord] {
            let fulls = state.backups.filter { $0.kind == .full }.suffix(replayableFulls).map(\.label)
            return state.backups.filter { fulls.contains($0.fullLabel) && !$0.hasErrors }
        }

        /// What it can reach, for people; nil when nothing.
        package var window: String? {
            guard let first = replayable.first else { return nil }
            let end = until.map { " to \($0.rfc3339)" } ?? " on"
            return "every moment from \(first.stop.rfc3339)\(end)"
        }
    }

    /// The repository.
    package let repository: BackupRepository
    /// The backup.
    package let backup: BackupRecord
    /// Up to where.
    package let target: RecoveryTarget

    /// Decides; throws what could be reached when this cannot.
    ///
    /// `label` names a backup in particular. `moment` is when a transaction or a restore point was, as far as somebody
    /// knows: without it the log is replayed from the oldest backup that has it whole.
    package init(
        _ target: RecoveryTarget, from sources: [Source], backup label: String? = nil, moment: Timestamp? = nil,
        serverVersion: Int? = nil
    ) throws(ParlorError) {
        let candidates = sources.lazy.compactMap { source in
            Self.backup(for: target, in: source, label, moment).map { (source, $0) }
        }
        guard let (source, found) = candidates.first else { throw Self.refusal(of: target, sources, label) }
        if let wanted = source.state.serverVersion, let serverVersion, wanted != serverVersion {
            throw ParlorError(
                .engineUnsupported, "the backups are of PostgreSQL \(wanted)",
                why: "the programs here are of version \(serverVersion)",
                hint: "Install postgresql-\(wanted), or name its folder in database.binaries.")
        }
        (self.target, repository, backup) = (target, source.repository, found)
    }

    private static func backup(
        for target: RecoveryTarget, in source: Source, _ label: String?, _ moment: Timestamp?
    ) -> BackupRecord? {
        if let label {
            let named = source.state.backups.first { $0.label == label }
            guard case .time(let moment) = target, let named else { return named }
            return named.stop <= moment ? named : nil
        }
        let replayable = source.replayable
        switch target {
        case .latest: return replayable.last ?? source.state.newest
        case .backupItself: return source.state.newest
        case .time(let moment):
            if let until = source.until, moment > until { return nil }
            return replayable.last { $0.stop <= moment }
        case .restorePoint, .transaction:
            guard let moment else { return replayable.first }
            return replayable.last { $0.stop <= moment }
        }
    }

    private static func refusal(of target: RecoveryTarget, _ sources: [Source], _ label: String?) -> ParlorError {
        let backups = sources.flatMap(\.state.backups)
        guard !backups.isEmpty else {
            if let trouble = sources.lazy.compactMap(\.state.trouble).first {
                return PgBackRestFailure(ofRepository: trouble).error
            }
            return ParlorError(
                .backup, "there is no backup", why: "the repositories hold none of this cluster",
                hint: "See whether backups.folder, backups.s3 and backups.key are those of the lost system.")
        }
        if let label, !backups.contains(where: { $0.label == label }) {
            return ParlorError(
                .backup, "there is no backup \(label)", hint: "See what there is with \"./parlor backup list\".")
        }
        let windows = sources.compactMap(\.window).joined(separator: "; ")
        return ParlorError(
            .backup, "\(target) cannot be reached",
            why: windows.isEmpty ? "no backup has its log whole" : "what can be reached is \(windows)",
            hint: "Choose a moment in between, or a single backup with \"./parlor restore full --backup <label>\".")
    }
}
