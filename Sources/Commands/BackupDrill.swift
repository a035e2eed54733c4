import Agent
import Backups
import Basics
import Loop
import Telemetry

extension Command {
    /// `parlor backup drill`.
    static let backupDrill = Command(
        CommandDeclaration(
            name: "drill",
            group: .operations,
            summary: "Prove the backups: restore them, compare them, and measure what a loss would cost",
            discussion: """
                Everything in the repositories is read and compared with its checksum. Then the newest backup is
                restored beside the system, up to the end of the log, and a random older one up to a random second. On
                both a server is brought up; every page and index is checked with pg_amcheck, the chain of heartbeats
                and the number of rows in every table are compared with the living database. Measured are the time
                until the data is back (RTO) and the work that would have been lost (RPO).

                It disturbs nobody, but needs room for a copy of the data, and some of the machine. It happens by
                itself every backups.drill_days days. Every report is kept as JSON and as a page, and the output says
                where. It ends with status 0 when nothing is wrong, with 9 when something is.
                """,
            options: [.drillSeed, .json],
            examples: [
                .init("parlor backup drill", "Hold one now"),
                .init("parlor backup drill --json", "For programs: RTO and RPO with their floors"),
            ],
            success: "everything that was restored is what it should be",
            failures: backupFailures + [.timeout, .belowFloor]),
        work: { invocation in
            let (agent, terminal) = (try invocation.agent(), invocation.terminal)
            let seed = invocation.command.count(of: .drillSeed)
            let report = try await BackupWatching(invocation, agent).following { try await agent.drillBackups(seed) }
            let figures = MeasurementReport(figures(of: report), seed: report.seed, at: report.ended)
            if invocation.command.has(.json) {
                guard case .object(let members) = figures.json else { return }
                try terminal.write(JSON.object(members + [.init("report", report.json)]).pretty + "\n")
            } else {
                try terminal.write(report.page)
            }
            if !figures.holds { throw AlreadySaid(.belowFloor) }
        })

    /// Within an hour, and with at most five minutes lost; nothing wrong, and something proved.
    private static func figures(of report: DrillReport) -> [MeasuredFigure] {
        [
            report.recoveryTime.map { MeasuredFigure("backup.rto", value: $0.seconds, unit: "s", atMost: 3600) },
            report.exposure.map {
                MeasuredFigure("backup.rpo", value: $0.seconds, unit: "s", atMost: 300, aim: 60)
            },
            MeasuredFigure(
                "backup.findings", value: Double(report.complaints.count), unit: "findings", atMost: 0, aim: 0),
            MeasuredFigure(
                "backup.restored", value: Double(report.trials.count), unit: "backups", floor: 1,
                holds: !report.trials.isEmpty),
        ].compactMap(\.self)
    }
}
