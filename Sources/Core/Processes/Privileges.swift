public import Basics
import CLinux
import Glibc

/// A user of this machine.
public struct UserAccount: Equatable, Sendable {
    /// The name.
    public let name: String
    /// The user id.
    public let user: UInt32
    /// The main group's id.
    public let group: UInt32

    /// The account of that name; nil when there is none.
    public init?(named name: String) {
        guard let entry = getpwnam(name) else { return nil }
        self.init(entry.pointee)
    }

    /// The account with that number; a number without an account stands for its own name.
    public init(number: UInt32) {
        if let entry = getpwuid(number) {
            self.init(entry.pointee)
        } else {
            self.init(name: "\(number)", user: number, group: number)
        }
    }

    private init(name: String, user: UInt32, group: UInt32) {
        self.name = name
        self.user = user
        self.group = group
    }

    private init(_ entry: passwd) {
        let name = entry.pw_name.map { String(cString: $0) } ?? "\(entry.pw_uid)"
        self.init(name: name, user: entry.pw_uid, group: entry.pw_gid)
    }

    /// Who runs this process.
    public static var current: UserAccount { UserAccount(number: geteuid()) }

    /// Whether it may do everything.
    public var isRoot: Bool { user == 0 }

    /// Makes this process, and every child it starts, this user for good.
    public func become() throws(ParlorError) {
        let status = parlor_become_user(user, group)
        guard status == 0 else {
            throw .systemCall("setresuid", errno: -status, hint: "Start Parlor as root or as the user \(name).")
        }
    }
}
