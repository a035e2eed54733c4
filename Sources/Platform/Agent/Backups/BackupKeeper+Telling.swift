import Backups
import Basics
import Loop
import Notifications
import Telemetry

/// Whom the keeper tells what.
extension BackupKeeper {
    /// Tells of a run that failed, and of the first good one after it.
    func tell(of result: BackupResult) {
        let severity: Notice.Severity = result.job == BackupJob.incremental.rawValue ? .warning : .critical
        var notice = Notice(
            severity, key: "backup.\(result.job)",
            result.isGood ? "Backups: \(result.job) works again" : "Backups: \(result.job) has failed",
            text: [result.trouble, result.hint.map { "HINT: \($0)" }].compactMap(\.self).joined(separator: "\n"),
            isResolved: result.isGood)
        if let repository = result.repository { notice.fields.append(.init("repository", repository)) }
        tell(notice)
    }

    /// Tells when more work would be lost than may be.
    func tellOfExposure(_ exposure: Duration?) {
        guard let exposure else { return }
        let isTooMuch = exposure > BackupStatus.exposureMax
        tell(
            Notice(
                .critical, key: "backup.exposure",
                isTooMuch
                    ? "The last \(exposure.brief) of work are in no repository"
                    : "The repositories are up to date again",
                text: isTooMuch
                    ? "HINT: See what PostgreSQL says of its archive_command with \"./parlor logs\", and whether the "
                        + "repository answers with \"./parlor backup list\"."
                    : "", isResolved: !isTooMuch))
    }

    private func tell(_ notice: Notice) {
        let (notifier, logger) = (notifier, logger)
        // Unstructured because no backup waits until somebody's chat answers.
        Task(executorPreference: loop) {
            for delivery in await notifier?.tell(notice) ?? [] {
                guard let fault = delivery.fault else { continue }
                logger.warning("somebody could not be told", [.reason: "\(delivery.channel.title): \(fault.reason)"])
            }
        }
    }
}
