import Basics
import Glibc

/// The folder of a test process's server, below /tmp because a socket's path must be short.
struct ServerFolder {
    let path: String

    private static let prefix = "parlor-postgres-"

    /// Makes the folder, owned by whoever the server runs as.
    init() throws(ParlorError) {
        Self.sweep()
        path = "/tmp/\(Self.prefix)\(getpid())-\(RandomIdentifier.hex(bytes: 3))"
        try Files.makeFolder(path)
        try give(path)
    }

    /// The paths below it.
    func path(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file that the server's user can read.
    func write(_ text: String, to name: String) throws(ParlorError) {
        try Files.writeAtomically(text, to: path(name))
        try give(path(name))
    }

    private func give(_ path: String) throws(ParlorError) {
        guard getuid() == 0 else { return }
        guard let user = getpwnam("postgres") else { throw ParlorError(.engineMissing, "there is no user postgres") }
        let (owner, group) = (user.pointee.pw_uid, user.pointee.pw_gid)
        guard chown(path, owner, group) == 0 else { throw .systemCall("chown", path: path, errno: errno) }
    }

    /// Removes the folders of test processes that were killed before they could do it.
    private static func sweep() {
        for name in (try? Files.list("/tmp")) ?? [] where name.hasPrefix(prefix) {
            guard let pid = pid_t(name.dropFirst(prefix.count).prefix { $0 != "-" }) else { continue }
            if kill(pid, 0) != 0 && errno == ESRCH { try? Files.remove("/tmp/\(name)") }
        }
    }
}
