public import Basics
import Glibc

/// Where the state folder is, decided from what was said and what the machine allows.
public struct StatePlace: Equatable, Sendable {
    /// Where people look for it.
    public var path: String
    /// Where it has to be instead, because its owner cannot reach `path`; `path` becomes a link to it then.
    public var elsewhere: String?
    /// The folder that the owner cannot enter.
    public var closedFolder: String?

    /// The folder that `PARLOR_STATE` names, else `.parlor` below `root`.
    public static func find(environment: [String: String], root: String) -> String {
        let named = environment["PARLOR_STATE"].flatMap { $0.isEmpty ? nil : $0 }
        return Files.absolute(named ?? "\(root)/.parlor")
    }

    /// Decides for a folder that does not exist yet and will belong to `user`.
    public init(_ path: String, user: UInt32, group: UInt32) throws(ParlorError) {
        self.path = path
        var folder = path
        while folder != "/" {
            folder = Files.parent(of: folder)
            if let status = try Files.status(folder), !Self.canEnter(status, user, group) { closedFolder = folder }
        }
        if closedFolder != nil {
            elsewhere = "/var/lib/parlor/\(Files.name(of: Files.parent(of: path)))-\(RandomIdentifier.hex(bytes: 4))"
        }
        try StateFolder.checkPath(elsewhere ?? path)
    }

    private static func canEnter(_ status: Files.Status, _ user: UInt32, _ group: UInt32) -> Bool {
        if status.owner == user { return status.mode & 0o100 != 0 }
        if status.group == group { return status.mode & 0o010 != 0 }
        return status.mode & 0o001 != 0
    }

    /// Makes the folder as root and gives it to its owner; what exists already is left as it is.
    public func make(for user: UInt32, group: UInt32) throws(ParlorError) {
        let target = elsewhere ?? path
        // What stands above must let the owner through.
        try Files.makeFolder(Files.parent(of: target), mode: 0o755)
        try Files.makeFolder(target)
        guard chown(target, user, group) == 0 else { throw .systemCall("chown", path: target, errno: errno) }
        if target != path {
            guard symlink(target, path) == 0 else {
                guard errno == EEXIST else { throw .systemCall("symlink", path: path, errno: errno) }
                // Another start was quicker, and this one uses its folder.
                rmdir(target)
                return
            }
        }
    }
}
