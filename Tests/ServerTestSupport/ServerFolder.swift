public import Basics
import Glibc

/// The folder of a test process's server, below /tmp because a socket's path must be short.
///
/// It is removed when the process ends; those that a killed process left are removed by the next one.
public struct ServerFolder: Sendable {
    /// Where it is.
    public let path: String
    let kind: ServerKind

    /// Makes the folder, owned by whoever the server runs as.
    public init(for kind: ServerKind) throws(ParlorError) {
        let prefix = "parlor-\(kind.name)-"
        Self.sweep(prefix)
        self.kind = kind
        path = "/tmp/\(prefix)\(getpid())-\(RandomIdentifier.hex(bytes: 3))"
        try Files.makeFolder(path)
        atEndOfProcess { [path] in try? Files.remove(path) }
        try give(path)
    }

    /// A path below it.
    public func path(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file that the server's user alone can read.
    public func write(_ text: String, to name: String) throws(ParlorError) {
        try Files.writeAtomically(text, to: path(name))
        try give(path(name))
    }

    /// Gives a program another name, for those that act by how they are called.
    public func link(_ name: String, to program: String) throws(ParlorError) {
        guard symlink(program, path(name)) == 0 else { throw .systemCall("symlink", path: path(name), errno: errno) }
    }

    /// Runs a program to its end as the server's user, and gives its output; throws with it when that end is not a good
    /// one.
    @discardableResult
    public func run(_ program: String, _ arguments: [String]) throws(ParlorError) -> String {
        let child = try ChildProcess(program, arguments, kind, home: path)
        var lines: [String] = []
        child.readLines { lines.append($0) }
        guard child.wait() == 0 else {
            throw ParlorError(
                .programFailed, "\(program) failed", why: lines.suffix(3).joined(separator: "; "),
                detail: lines.joined(separator: "\n"))
        }
        return lines.joined(separator: "\n")
    }

    private func give(_ path: String) throws(ParlorError) {
        guard getuid() == 0 else { return }
        guard let user = getpwnam(kind.user) else {
            throw ParlorError(.engineMissing, "there is no user \(kind.user)")
        }
        let (owner, group) = (user.pointee.pw_uid, user.pointee.pw_gid)
        guard chown(path, owner, group) == 0 else { throw .systemCall("chown", path: path, errno: errno) }
    }

    private static func sweep(_ prefix: String) {
        for name in (try? Files.list("/tmp")) ?? [] where name.hasPrefix(prefix) {
            guard let pid = pid_t(name.dropFirst(prefix.count).prefix { $0 != "-" }) else { continue }
            if kill(pid, 0) != 0 && errno == ESRCH { try? Files.remove("/tmp/\(name)") }
        }
    }
}
