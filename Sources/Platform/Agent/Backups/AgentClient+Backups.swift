package import Backups
package import Basics
import HTTP

extension AgentClient {
    private static let lookLimit = Duration.seconds(120)
    /// A backup of a large database takes hours.
    private static let workLimit = Duration.seconds(7 * 86_400)

    /// The backups as they stand.
    package func backups() async throws -> BackupStatus {
        let answer = try await whenRunning { try await $0.get("/backups", at: $1, within: Self.lookLimit) }
        guard let answer else {
            throw ParlorError(.notRunning, "nothing runs", hint: "Start it with \"./parlor up\".")
        }
        return try BackupStatus(json: try answer.json())
    }

    /// What is not well with the backups, as it was seen last; nothing where there are none to look after.
    package func backupProblems() async throws -> [String] {
        let answer = try await whenRunning { try await $0.get("/backups/health", at: $1, within: .seconds(5)) }
        guard let answer, answer.status == .ok else { return [] }
        return (try answer.json()["problems"]?.elements ?? []).compactMap(\.text)
    }

    /// Makes a backup in every repository, and says what came of it.
    package func backUp(_ job: BackupJob) async throws -> [BackupResult] {
        try results(try await change("/backups/run", ["job": .string(job.rawValue)], within: Self.workLimit))
    }

    /// Reads everything in the repositories; what is wrong is in the results.
    package func verifyBackups() async throws -> [BackupResult] {
        try results(try await change("/backups/verify", [:], within: Self.workLimit))
    }

    /// What is kept and what is removed, and why, in its documented form.
    package func retention() async throws -> JSON {
        try await change("/backups/retention", [:], within: Self.lookLimit)
    }

    /// Removes what need not be kept.
    package func expireBackups() async throws {
        _ = try await change("/backups/expire", [:], within: Self.workLimit)
    }

    /// Restores backups to prove them.
    package func drillBackups(_ seed: Int?) async throws -> DrillReport {
        let json = try await change("/backups/drill", ["seed": .integer(seed)], within: Self.workLimit)
        guard let report = DrillReport(json: json) else { throw Self.unreadable }
        return report
    }

    private func results(_ json: JSON) throws(ParlorError) -> [BackupResult] {
        guard let elements = json.elements else { throw Self.unreadable }
        return elements.compactMap(BackupResult.init(json:))
    }
}
