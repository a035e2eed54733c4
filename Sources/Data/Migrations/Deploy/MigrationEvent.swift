package import Basics

/// What happens while migrations run, for whoever watches.
package enum MigrationEvent: Hashable, Sendable {
    /// Another deployment works, and is waited for.
    case waitingForDeployment(LockHolder?)
    /// Something that is good to know and changes nothing.
    case notice(String)
    /// The way back to the time before a migration.
    case restorePoint(RestorePoint)
    /// A replica is too far behind, and is waited for.
    case waitingForReplica(name: String, behind: ByteCount)
    /// A migration begins; `isResumed` when it goes on after a run that was cut short.
    case migrationBegan(name: String, position: Int, of: Int, way: ExecutionWay, isResumed: Bool)
    /// A statement of it begins.
    case statementBegan(headline: String, line: Int, position: Int, of: Int)
    /// That statement has run.
    case statementEnded(after: Duration)
    /// Locks could not be had; everything was rolled back and is tried again.
    case lockRetry(attempt: Int, pause: Duration, blockers: [Blocker])
    /// An invalid index that a failure had left was dropped.
    case indexDropped(String)
    /// A migration has taken effect.
    case migrationEnded(name: String, after: Duration)
    /// The connection was lost, for this reason, and is made again.
    case reconnecting(String)
}

/// Whoever holds the lock of all deployments.
package struct LockHolder: Hashable, Sendable, CustomStringConvertible {
    /// The server's process.
    package let pid: Int
    /// What the program calls itself; nil when this role may not see it.
    package let application: String?
    /// Since when it is connected; nil when this role may not see it.
    package let since: Timestamp?

    /// A session that has the lock.
    package init(pid: Int, application: String?, since: Timestamp?) {
        self.pid = pid
        self.application = application
        self.since = since
    }

    /// In a few words.
    package var description: String {
        let name = application.flatMap { $0.isEmpty ? nil : $0 } ?? "a program without a name"
        return "\(name) (process \(pid)\(since.map { ", connected since \($0.rfc3339Seconds)" } ?? ""))"
    }
}

/// Somebody whose locks a migration waits for.
package struct Blocker: Hashable, Sendable, CustomStringConvertible {
    /// The server's process.
    package let pid: Int
    /// What the program calls itself, or the role's name.
    package let name: String
    /// What its session does, like `active` or `idle in transaction`.
    package let state: String
    /// How old its transaction is.
    package let age: Duration?

    /// A session that is in the way.
    package init(pid: Int, name: String, state: String, age: Duration?) {
        self.pid = pid
        self.name = name
        self.state = state
        self.age = age
    }

    /// Whether it does nothing but hold its locks.
    package var isIdle: Bool { state.hasPrefix("idle") }

    /// In a few words.
    package var description: String {
        "process \(pid) (\(name), \(state)\(age.map { ", its transaction is \($0.brief) old" } ?? ""))"
    }
}
