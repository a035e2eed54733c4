package import Basics
import Glibc

/// How many descriptors this process, and with it a child, may have open.
package struct DescriptorLimit: Equatable, Sendable {
    /// What holds now; a process may raise it up to `most`.
    package var now: Int
    /// What holds for good.
    package var most: Int

    /// A limit.
    package init(now: Int, most: Int) {
        self.now = now
        self.most = most
    }

    /// The limit of this process.
    package static func current() throws(ParlorError) -> DescriptorLimit {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            throw .systemCall("getrlimit", errno: errno)
        }
        return DescriptorLimit(now: Int(clamping: limit.rlim_cur), most: Int(clamping: limit.rlim_max))
    }

    /// Sees to it that a child may open `count`: raises this process's limit if need be, and says what to do where that
    /// is not possible.
    package static func ensure(_ count: Int) throws(ParlorError) {
        let limit = try current()
        guard limit.now < count else { return }
        guard limit.most >= count else { throw limit.tooLow(for: count) }
        var raised = rlimit(rlim_cur: rlim_t(count), rlim_max: rlim_t(limit.most))
        guard setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 else {
            throw .systemCall("setrlimit", errno: errno)
        }
    }

    /// What people are told when the limit is too low.
    package func tooLow(for count: Int) -> ParlorError {
        ParlorError(
            .system, "the pooler may open \(most) files and needs up to \(count)",
            why: "the limit of this user is lower than what its clients and connections take",
            hint: "Set LimitNOFILE=\(count) in the systemd unit, or \"ulimit -Hn \(count)\" before the start.")
    }
}
