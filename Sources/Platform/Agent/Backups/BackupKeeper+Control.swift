import Backups
import Basics
import HTTP
import Telemetry

/// What the agent answers about backups.
extension BackupKeeper {
    private static let resultsMax = 50

    func addRoutes(to router: inout HTTPRouter) {
        router.get("/backups", "The backups as they stand.") { _ in .json(await self.status().json) }
        router.get("/backups/health", "What is not well with them, as it was seen last.") { _ in
            .json(["problems": .array(self.summary.problems.map(JSON.string))])
        }
        router.post("/backups/run", "Make a backup now.") { request in
            await ClusterSystem.answer {
                guard let job = try request.json()["job"]?.text.flatMap(BackupJob.init(rawValue:)) else {
                    throw AgentClient.unreadable
                }
                return .array(try await self.perform(job).map(\.json))
            }
        }
        router.post("/backups/drill", "Restore backups to prove them.") { request in
            await ClusterSystem.answer {
                let seed = try request.json()["seed"]?.int
                return try await self.drill(seed: seed.flatMap { UInt64(exactly: $0) } ?? .random(in: 1...999_999)).json
            }
        }
        router.get("/metrics", "The backups, in the text format of Prometheus.") { _ in
            .text(self.metrics.exposition(of: self.summary), type: MetricsRegistry.contentType)
        }
        router.post("/backups/verify", "Read everything in the repositories and compare.") { _ in
            await ClusterSystem.answer { .array(try await self.verify().map(\.json)) }
        }
        router.post("/backups/retention", "What is kept and what is removed, and why.") { _ in
            await ClusterSystem.answer { .array(try await self.retention().map { Self.json($0.repository, $0.plan) }) }
        }
        router.post("/backups/expire", "Remove what need not be kept.") { _ in
            await ClusterSystem.answer {
                try await self.expire()
                return [:]
            }
        }
    }

    /// The backups as they stand now.
    func status() async -> BackupStatus {
        // What was seen last may be as old as the pause between two looks.
        if site.configuration.archivesLog, work == nil { await refresh() }
        return summary
    }

    /// The backups as they were seen last.
    var summary: BackupStatus {
        var status = BackupStatus(at: .now())
        status.obstacle = site.configuration.backupObstacle
        guard status.obstacle == nil else { return status }
        status.work = work
        status.trouble = trouble?.summary
        status.repositories = ((try? site.repositories()) ?? []).map { repository in
            let state = states.first { $0.number == repository.number }
            let backups = state?.backups ?? []
            let plan = site.retention(of: backups)
            return .init(
                name: repository.name, trouble: state?.trouble.map { PgBackRestFailure(ofRepository: $0).error.what },
                backups: backups, from: plan.earliest, until: reach[repository.number])
        }
        status.schedule = schedule.next.map { .init(job: $0.job.rawValue, at: $0.at, reason: "\($0.reason)") }
        status.results = ((try? history.all()) ?? []).suffix(Self.resultsMax)
        return status
    }

    private static func json(_ repository: BackupRepository, _ plan: RetentionPlan) -> JSON {
        [
            "repository": .string(repository.name), "earliest": .text(plan.earliest?.rfc3339),
            "replayable_fulls": .integer(plan.replayableFulls),
            "backups": .array(
                plan.decisions.map {
                    [
                        "label": .string($0.backup.label), "kept": .bool($0.isKept), "reason": .string($0.reason),
                    ]
                }),
        ]
    }
}
