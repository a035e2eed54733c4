import Backups
import Basics
import Loop
import Telemetry

/// What the keeper does when the schedule or somebody says so.
extension BackupKeeper {
    /// Runs `body` unless something else is being done.
    func alone<Result>(_ job: String, _ body: () async throws -> Result) async throws -> Result {
        guard await surroundings.primary() != nil else {
            throw ParlorError(
                .cluster, "there is no primary of which a backup could be made",
                hint: "See \"./parlor cluster status\".")
        }
        // Nothing is awaited between this look and the taking, or two could pass.
        if let work {
            throw ParlorError(
                .alreadyRunning, "another backup or restore is being made",
                why: "\(work.job) was begun at \(work.begun.rfc3339Seconds)",
                hint: "Wait until it is done: ./parlor backup list shows it.")
        }
        work = BackupStatus.Work(job: job, begun: .now())
        defer { work = nil }
        return try await body()
    }

    /// Does a job of the schedule in every repository; throws when one of them fails, after the others were tried.
    @discardableResult
    func perform(_ job: BackupJob) async throws -> [BackupResult] {
        switch job {
        case .full: try await backUp(.full, as: job)
        case .incremental: try await backUp(.incremental, as: job)
        case .portable: try await dump()
        case .drill: try await drilled()
        }
    }

    private func drilled() async throws -> [BackupResult] {
        try await drill()
        return []
    }

    private func backUp(_ kind: BackupRecord.Kind, as job: BackupJob) async throws -> [BackupResult] {
        try await alone(job.rawValue) {
            let begun = Timestamp.now()
            var results: [BackupResult] = []
            var failure: (any Error)?
            do {
                let engine = try await backUpEngine()
                try await makeReady(engine)
                for repository in engine.configuration.repositories {
                    do { results += try await backUp(kind, as: job, to: repository, engine) } catch {
                        record(failed(job.rawValue, repository.name, begun, error))
                        failure = failure ?? error
                    }
                }
            } catch {
                record(failed(job.rawValue, nil, begun, error))
                failure = error
            }
            past[job, default: JobPast()].ended(begun: begun, succeeded: failure == nil)
            await refresh()
            if let failure { throw failure }
            return results
        }
    }

    private func backUp(
        _ kind: BackupRecord.Kind, as job: BackupJob, to repository: BackupRepository, _ engine: BackupEngine
    ) async throws -> [BackupResult] {
        let begun = Timestamp.now()
        work?.repository = repository.name
        work?.progress = TransferProgress()
        let made = try await engine.backUp(kind, to: repository, on: loop) { progress in self.work?.progress = progress
        }
        work?.progress = nil
        var result = BackupResult(job.rawValue, of: repository.name, begun: begun, ended: .now())
        (result.label, result.size, result.stored) = (made.label, made.size, made.stored)
        if made.hasErrors {
            result.trouble = "pages with wrong checksums were found in the data"
            result.hint = "Another node may have them whole: see docs/runbooks/corruption.md."
        }
        record(result)
        // What is found does not make the backup one that failed, or it would be made again and again.
        let check = try await check(repository, engine, readsAll: kind == .full)
        try await expire(repository, engine, isTold: false)
        return [result, check].filter { $0.job == job.rawValue || !$0.isGood }
    }

    // MARK: - Checking

    /// Looks for holes in the log, as after every backup; and reads everything, as after a full one.
    private func check(
        _ repository: BackupRepository, _ engine: BackupEngine, readsAll: Bool
    ) async throws -> BackupResult {
        let begun = Timestamp.now()
        let found = try await complaints(of: repository, engine, readsAll: readsAll)
        var result = BackupResult("verify", of: repository.name, begun: begun, ended: .now())
        if !found.isEmpty {
            result.trouble = found.joined(separator: "; ")
            result.hint = "Make a full backup with \"./parlor backup run --full\", and see docs/runbooks/corruption.md."
        }
        record(result)
        return result
    }

    private func complaints(
        of repository: BackupRepository, _ engine: BackupEngine, readsAll: Bool
    ) async throws -> [String] {
        let backups = try await engine.state(of: repository, on: loop).backups
        let plan = site.retention(of: backups)
        let fulls = backups.filter { $0.kind == .full && !$0.hasErrors }.suffix(plan.replayableFulls)
        var found: [String] = []
        if let first = fulls.first.flatMap({ LogFile($0.log.first) }) {
            found += try await engine.continuity(of: repository, from: first, on: loop).complaints
        }
        if readsAll { found += try await engine.verify(repository, on: loop).complaints }
        return found
    }

    /// Checks all repositories; what was found is in the results.
    func verify() async throws -> [BackupResult] {
        try await alone("verify") {
            let engine = try await engine()
            var results: [BackupResult] = []
            for repository in engine.configuration.repositories {
                let begun = Timestamp.now()
                work?.repository = repository.name
                do { results.append(try await check(repository, engine, readsAll: true)) } catch {
                    let result = failed("verify", repository.name, begun, error)
                    record(result)
                    results.append(result)
                }
            }
            return results
        }
    }

    // MARK: - Expiring

    /// What is kept and what is removed, and why, in each repository.
    func retention() async throws -> [(repository: BackupRepository, plan: RetentionPlan)] {
        let engine = try await engine()
        let states = try await engine.states(on: loop)
        return engine.configuration.repositories.map { repository in
            let backups = states.first { $0.number == repository.number }?.backups ?? []
            return (repository, site.retention(of: backups))
        }
    }

    /// Removes what need not be kept.
    func expire() async throws {
        try await alone("expire") {
            let engine = try await engine()
            for repository in engine.configuration.repositories {
                try await expire(repository, engine, isTold: true)
            }
        }
    }

    private func expire(_ repository: BackupRepository, _ engine: BackupEngine, isTold: Bool) async throws {
        let begun = Timestamp.now()
        let backups = try await engine.state(of: repository, on: loop).backups
        let plan = site.retention(of: backups)
        for label in plan.expired { try await engine.remove(label, from: repository, on: loop) }
        if isTold || !plan.expired.isEmpty {
            try await engine.trimLog(keepingFulls: plan.replayableFulls, in: repository, on: loop)
            var result = BackupResult("expire", of: repository.name, begun: begun, ended: .now())
            result.label = counted(plan.expired.count, "backup")
            record(result)
        }
    }

    // MARK: - Keeping what happened

    func failed(_ job: String, _ repository: String?, _ begun: Timestamp, _ error: any Error) -> BackupResult {
        let error = ParlorError(describing: error)
        var result = BackupResult(job, of: repository, begun: begun, ended: .now())
        result.trouble = error.summary
        result.hint = error.hint
        return result
    }

    func record(_ result: BackupResult) {
        // What ends with the system has not failed, and what it hides may have.
        guard !Task.isCancelled else { return }
        do { try history.add(result) } catch {
            logger.warning("what became of a backup cannot be written down", error: error)
        }
        let what = "\(result.job) \(result.label ?? "") in \(result.repository ?? "no repository")"
        if let trouble = result.trouble {
            logger.warning("a run of the backups went wrong", [.reason: "\(what): \(trouble)"])
        } else {
            logger.info("a run of the backups went well", [.reason: what])
        }
        tell(of: result)
    }
}
