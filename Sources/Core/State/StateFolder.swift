public import Basics

/// The one folder in which Parlor keeps everything: data, logs, sockets, secrets.
///
/// A folder without `format` is not taken for one of ours unless it is empty, so that nothing of anybody else's is ever
/// used or deleted. Everything in it belongs to the user that the children run as.
public struct StateFolder: Equatable, Sendable {
    /// The version of the layout that this Parlor writes and reads.
    public static let format = 1

    /// The absolute path, without links.
    public let path: String

    /// The folder where it is known to be; `open` and `create` find that out.
    init(path: String) { self.path = path }

    /// The secrets, one file each.
    public var secrets: SecretStore { SecretStore(folder: "\(path)/secrets") }
    /// What every part writes, one file each.
    public var logs: String { "\(path)/logs" }
    /// Sockets and other things that mean nothing after a restart.
    public var run: String { "\(path)/run" }
    /// The private PostgreSQL.
    public var postgres: String { "\(path)/postgres" }
    /// The socket through which the agent answers.
    public var agentSocket: String { "\(run)/agent.sock" }
    private var lock: String { "\(path)/lock" }

    /// The log of one part.
    public func log(of part: String) -> String { "\(logs)/\(part).log" }

    // MARK: - Using it

    /// Holds the folder for this process; throws `alreadyRunning` when another one does.
    public func hold() throws(ParlorError) -> FileLock {
        if let lock = try FileLock.take(lock) { return lock }
        let pid = try holder().map { " (process \($0))" } ?? ""
        throw ParlorError(
            .alreadyRunning, "the state folder \(path) is in use", why: "another agent\(pid) runs on it",
            hint: "See what it does with \"./parlor status\", or stop it with \"./parlor down\".")
    }

    /// The process that holds the folder; nil when none does.
    public func holder() throws(ParlorError) -> Int32? { try FileLock.holder(of: lock) }

    /// Removes everything in the folder, and leaves it as empty as a new one. The caller holds it.
    ///
    /// The format stays until the end: a reset that was interrupted can be repeated.
    public func empty() throws(ParlorError) {
        let last = ["format", "lock"]
        for name in try Files.list(path) where !last.contains(name) { try Files.remove("\(path)/\(name)") }
        for name in last { try Files.remove("\(path)/\(name)") }
    }
}
