import Basics
import Loop
package import Postgres

/// Keeps the partitioned tables in months and forgets what is over.
///
/// Invariants:
/// - One session at a time: an advisory lock, which ends with the session. Whoever comes second does nothing.
/// - Each step is a transaction of its own, and what there is to do is read from the catalog each time. So a run that
///   is killed anywhere is finished by the next one, and a second run finds nothing to do.
/// - A step waits for a lock no longer than `lockTimeout`, and so long do those behind it wait at most; then it lets
///   them pass and tries again, `attempts` times. After that it is left for the next run, and the others go on.
///
/// The session is a direct one, without a pooler in between, and acts as the schema's owner.
package struct Maintenance: Sendable {
    /// How the partitioned tables are kept.
    package var policies = PartitionPolicy.standard
    /// What is forgotten.
    package var rules = ExpiryRule.standard
    /// How long a step waits for a lock, and holds up others by it.
    package var lockTimeout: Duration = .milliseconds(500)
    /// How often a step is tried.
    package var attempts = 5
    /// How many batches of a table are forgotten in one run.
    package var batchesMax = 200

    /// The maintenance of the product's schema.
    package init() {}

    /// Any number will do that nobody else takes.
    static let lock = 727_074_001

    /// Does what there is to do now.
    package func run(on session: PostgresSession) async throws -> MaintenanceReport {
        var report = MaintenanceReport()
        try await checkSight(session)
        let taken = try await session.query("SELECT pg_try_advisory_lock($1)", Self.lock, fate: .own).only
        guard try taken[0, as: Bool.self] else {
            report.isSomebodyElses = true
            return report
        }
        do {
            try await keepPartitions(session, &report)
            try await forget(session, &report)
        } catch {
            _ = try? await session.query("SELECT pg_advisory_unlock($1)", Self.lock, fate: .own)
            throw error
        }
        try await session.query("SELECT pg_advisory_unlock($1)", Self.lock, fate: .own)
        return report
    }

    /// Whoever is bound by row-level security would find nothing to forget, and say that all went well.
    private func checkSight(_ session: PostgresSession) async throws {
        for table in rules.map(\.table) + policies.map(\.table) {
            guard try await session.query("SELECT row_security_active($1::text)", table).only[0, as: Bool.self] else {
                continue
            }
            throw ParlorError(
                .database, "the maintenance cannot see all rows of \(table)",
                why: "row-level security binds its session",
                hint: "Run it in the role that owns the schema.")
        }
    }

    private func keepPartitions(_ session: PostgresSession, _ report: inout MaintenanceReport) async throws {
        let (existing, month) = try await TablePartitions.read(policies.map(\.table), on: session)
        for action in PartitionPlan(existing: existing, now: month, policies: policies).actions {
            do {
                try await perform(action, on: session)
                report.done.append(action)
            } catch let error as PostgresError where error.kind == .statement {
                report.postponed.append(.init(action: action, reason: error))
            }
        }
    }

    private func perform(_ action: PartitionAction, on session: PostgresSession) async throws {
        var attempt = 1
        while true {
            do {
                return try await performOnce(action, on: session)
            } catch let error as PostgresError where error.isOfLocks && attempt < attempts {
                // Apart by chance, so that it does not meet the same work at the same moment again.
                let pause = Duration.milliseconds(Int64.random(in: 20...(40 << Int64(min(attempt, 6)))))
                try await session.loop.sleep(for: pause)
                attempt += 1
            }
        }
    }

    private func performOnce(_ action: PartitionAction, on session: PostgresSession) async throws {
        try await session.transaction {
            try await session.query("SELECT set_config('lock_timeout', $1, true)", "\(lockTimeout.milliseconds)ms")
            switch action {
            case .add(let table, let month):
                try await session.query("SELECT add_partition($1, $2::text::date)", table, month.firstDay)
            case .archive(let table, let month):
                try await session.query("SELECT archive_partition($1, $2::text::date)", table, month.firstDay)
            case .drop(let table, let month):
                try await session.query("DROP TABLE archive.\(quoteIdentifier("\(table)_\(month.name)"))")
            }
        }
    }

    private func forget(_ session: PostgresSession, _ report: inout MaintenanceReport) async throws {
        for rule in rules {
            var batches = 0
            var affected = rule.batch
            while affected == rule.batch, batches < batchesMax {
                affected = try await session.query(rule.statement, fate: .own).affected
                report.forgotten[rule.table, default: 0] += affected
                batches += 1
            }
            if affected == rule.batch { report.unfinished.append(rule.table) }
        }
    }
}

extension PostgresError {
    /// Whether others were in the way, who will be gone soon.
    fileprivate var isOfLocks: Bool {
        sqlState == .lockNotAvailable || sqlState == .deadlockDetected || sqlState == .objectInUse
    }
}
