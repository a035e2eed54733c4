import Backups
import Basics
import Cluster
import Configuration
import Loop
import Postgres

/// Drills, and dumps that can be read without Parlor.
extension BackupKeeper {
    /// Restores backups to prove them; the report is kept, good or not.
    @discardableResult
    func drill(seed: UInt64 = .random(in: 1...999_999)) async throws -> DrillReport {
        try await alone("drill") {
            try Files.makeFolder(site.scratch)
            await refresh()
            let engine = try site.engine(await surroundings.servers(), named: "drill")
            try engine.prepare()
            let sources = try await site.sources(engine, reach: reach, on: loop)
            let report = await RestoreDrill(means(engine), on: loop).run(sources, seed: seed)
            try keep(report)
            return report
        }
    }

    private func means(_ engine: BackupEngine) -> RestoreDrill.Means {
        let (site, surroundings, programs) = (site, surroundings, surroundings.programs)
        return RestoreDrill.Means(
            engine: engine,
            place: { site.place("\(site.scratch)/\($0)", programs: programs) },
            living: { database in
                guard let options = await surroundings.superuser(database) else {
                    throw ParlorError(.cluster, "nobody leads the cluster", hint: "See \"./parlor cluster status\".")
                }
                return options
            }, database: site.configuration.database.name, jobs: engine.configuration.processes,
            progress: { [weak self] phase in self?.work?.phase = phase })
    }

    private func keep(_ report: DrillReport) throws {
        try Files.makeFolder(site.reports)
        let name = report.begun.rfc3339Seconds.filter { $0 != ":" && $0 != "-" }
        try Files.writeAtomically(report.json.pretty + "\n", to: "\(site.reports)/\(name).json")
        try Files.writeAtomically(report.page, to: "\(site.reports)/\(name).md")
        var result = BackupResult(BackupJob.drill.rawValue, of: nil, begun: report.begun, ended: report.ended)
        result.label = report.trials.map(\.backup).joined(separator: ", ")
        if !report.isGood {
            result.trouble = report.complaints.first ?? "nothing was restored"
            result.hint = "Read \(site.reports)/\(name).md, and make a full backup with \"./parlor backup run --full\"."
        }
        record(result)
        past[.drill, default: JobPast()].ended(begun: report.begun, succeeded: report.isGood)
    }

    /// Makes a dump for those who are named in the configuration.
    func dump() async throws -> [BackupResult] {
        let backups = site.configuration.backups
        guard let recipients = backups.portable.recipients else {
            throw ParlorError(
                .backup, "there is nobody who could read a dump", why: "backups.portable.recipients is not set",
                hint: "Name a public key of GnuPG there, or a folder of them.")
        }
        return try await alone(BackupJob.portable.rawValue) {
            let begun = Timestamp.now()
            do {
                guard let options = await surroundings.superuser(site.configuration.database.name) else {
                    throw ParlorError(.cluster, "nobody leads the cluster", hint: "See \"./parlor cluster status\".")
                }
                var backup = PortableBackup(
                    of: options, with: PortablePrograms(postgres: surroundings.programs), into: site.dumps,
                    for: recipients)
                backup.retention = retentionPolicy
                backup.storage = try site.objectStorage(on: loop)
                backup.prefix = backups.s3.prefix
                let made = try await backup.run(on: loop)
                var result = BackupResult(BackupJob.portable.rawValue, of: site.dumps, begun: begun, ended: .now())
                (result.label, result.stored) = (made.entry.name.path, made.entry.size)
                (result.trouble, result.hint) = (made.fault?.summary, made.fault?.hint)
                record(result)
                past[.portable, default: JobPast()].ended(begun: begun, succeeded: result.isGood)
                return [result]
            } catch {
                record(failed(BackupJob.portable.rawValue, site.dumps, begun, error))
                past[.portable, default: JobPast()].ended(begun: begun, succeeded: false)
                throw error
            }
        }
    }
}
