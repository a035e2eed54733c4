import Basics

/// What the kernel tells of processes.
enum ProcessFacts {
    /// The numbers of all processes.
    static var processes: [Int32] { ((try? Files.list("/proc")) ?? []).compactMap { Int32($0) } }

    /// The arguments of a process, separated by zero bytes; nil for one that has ended.
    static func arguments(of process: Int32) -> String? {
        (try? Files.read("/proc/\(process)/cmdline")).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The inodes of a process's sockets; none where it has ended or is another's.
    static func sockets(of process: Int32) -> [UInt64] {
        let folder = "/proc/\(process)/fd"
        return ((try? Files.list(folder)) ?? []).compactMap { name in
            guard let target = Files.target(ofLink: "\(folder)/\(name)"), target.hasPrefix("socket:[") else {
                return nil
            }
            return UInt64(target.dropFirst("socket:[".count).dropLast())
        }
    }

    /// Whether a secret stands among the arguments; which one is said, never what it is.
    static func observation(_ process: String, _ arguments: String, _ secrets: [(name: String, value: Secret)])
        -> Observation
    {
        let shown = secrets.first { !$0.value.isEmpty && arguments.contains($0.value.reveal()) }
        return shown.map { .violation("\(process) shows \($0.name)") } ?? .sound(process)
    }
}
