import Agent
import Backups
import Basics

/// The backups as people see them.
struct BackupView {
    private let status: BackupStatus
    private static let backupsMax = 12

    init(_ status: BackupStatus) { self.status = status }

    func lines(width: Int, inColor: Bool) -> [String] {
        if let obstacle = status.obstacle { return ["there are no backups: \(obstacle)"] }
        var lines: [String] = []
        for repository in status.repositories {
            lines += [repository.name] + facts(repository).map { "  \($0)" }
            if !repository.backups.isEmpty {
                lines += backups(repository).lines(fitting: width, inColor: inColor).map { "  \($0)" }
            }
            lines.append("")
        }
        if let trouble = status.trouble { lines.append("trouble: \(trouble)") }
        if let work = status.work { lines.append("under way: \(work.job), since \(work.begun.rfc3339Seconds)") }
        if let failed = status.results.last(where: { !$0.isGood }),
            failed == status.results.last(where: { $0.job == failed.job })
        {
            lines.append("last failure: \(failed.job) at \(failed.begun.rfc3339Seconds): \(failed.trouble ?? "")")
            if let hint = failed.hint { lines.append("HINT: \(hint)") }
        }
        return lines + next
    }

    private func facts(_ repository: BackupStatus.Repository) -> [String] {
        if let trouble = repository.trouble { return [trouble] }
        guard let from = repository.from else { return ["no backup yet"] }
        guard let until = repository.until, until > from else { return ["restores from \(from.rfc3339Seconds) on"] }
        return [
            "restores every second from \(from.rfc3339Seconds) to \(until.rfc3339Seconds)",
            "lost if everything else was lost now: the last \(max(.zero, status.at - until).brief)",
        ]
    }

    private func backups(_ repository: BackupStatus.Repository) -> Table {
        Table(
            columns: [
                .init("backup"), .init("kind"), .init("made"), .init("took", .right), .init("data", .right),
                .init("written", .right),
            ],
            rows: repository.backups.suffix(Self.backupsMax).reversed().map { backup in
                [
                    .init(backup.label), .init("\(backup.kind)"), .init(backup.stop.rfc3339Seconds),
                    .init((backup.stop - backup.start).brief), .init("\(ByteCount(backup.size))"),
                    .init("\(ByteCount(backup.stored))"),
                ]
            })
    }

    private var next: [String] {
        guard let first = status.schedule.first else { return [] }
        return ["next: \(first.job) at \(first.at.rfc3339Seconds), \(first.reason)"]
    }

    func schedule(width: Int, inColor: Bool) -> [String] {
        if let obstacle = status.obstacle { return ["there are no backups: \(obstacle)"] }
        return Table(
            columns: [.init("at"), .init("what"), .init("why then", shrinks: true)],
            rows: status.schedule.map { [.init($0.at.rfc3339Seconds), .init($0.job), .init($0.reason)] }
        ).lines(fitting: width, inColor: inColor)
    }
}

/// What becomes of each backup, and why.
struct RetentionView {
    private let plans: JSON
    private let isPlan: Bool

    init(_ plans: JSON, isPlan: Bool) { (self.plans, self.isPlan) = (plans, isPlan) }

    func lines(width: Int, inColor: Bool) -> [String] {
        (plans.elements ?? []).flatMap { plan -> [String] in
            let table = Table(
                columns: [.init("backup"), .init(isPlan ? "would be" : "is"), .init("because", shrinks: true)],
                rows: (plan["backups"]?.elements ?? []).map { backup in
                    [
                        .init(backup["label"]?.text ?? ""),
                        .init(backup["kept"]?.boolean == true ? "kept" : "removed"),
                        .init(backup["reason"]?.text ?? ""),
                    ]
                })
            let fulls = plan["replayable_fulls"]?.int ?? 0
            return [plan["repository"]?.text ?? ""] + table.lines(fitting: width, inColor: inColor)
                + ["the log is kept from the \(counted(fulls, "newest full backup")) on", ""]
        }
    }
}
