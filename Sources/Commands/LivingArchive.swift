import Agent
import Backups
import Basics
import Loop
import Postgres

/// The repositories of a system that runs, brought up to date before somebody restores from them.
///
/// A file of the log goes to the repositories a minute after it was begun. What is restored while the primary lives should
/// not lack that minute, so the file is finished early, with a heartbeat in it that is later than the target: PostgreSQL does
/// not accept a moment behind which there is nothing.
struct LivingArchive {
    private let agent: AgentClient
    private let session: PostgresSession?
    private static let limit = Duration.seconds(30)
    private static let look = Duration.milliseconds(200)

    init(_ agent: AgentClient, _ session: PostgresSession?) {
        self.agent = agent
        self.session = session
    }

    /// The backups once they reach the target, or as they stand when they do not; nil when nothing runs.
    func status(reaching target: RecoveryTarget, on loop: EventLoop) async throws -> BackupStatus? {
        guard var status = try? await agent.backups() else { return nil }
        guard let session, let moment = Self.moment(target) else { return status }
        let deadline = ContinuousClock.now + Self.limit
        var isSwitched = false
        // A repository that cannot be read does not get there by waiting.
        while status.trouble == nil, status.repositories.contains(where: { $0.until.map { $0 < moment } ?? true }),
            ContinuousClock.now < deadline
        {
            if !isSwitched {
                try await Heartbeat.setUp(session)
                try await Heartbeat.write(session)
                try await session.query("SELECT pg_switch_wal()", within: .seconds(5))
                isSwitched = true
            }
            try await loop.sleep(for: Self.look)
            status = try await agent.backups()
        }
        return status
    }

    private static func moment(_ target: RecoveryTarget) -> Timestamp? {
        switch target {
        // What is yet to come is waited for by nobody.
        case .time(let moment): moment > .now() ? nil : moment
        case .latest: .now()
        case .restorePoint, .transaction: .now()
        case .backupItself: nil
        }
    }
}
