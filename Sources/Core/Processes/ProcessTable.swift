public import Basics
import Glibc

/// What /proc says about the processes of this machine at one moment.
public struct ProcessTable {
    private var children: [Int32: [Int32]] = [:]

    /// Reads the table.
    public init() {
        for pid in ProcessTable.processes {
            guard let parent = ProcessTable.parent(of: pid) else { continue }
            children[parent, default: []].append(pid)
        }
    }

    /// The numbers of all processes.
    public static var processes: [Int32] { ((try? Files.list("/proc")) ?? []).compactMap { Int32($0) } }

    /// Whether a process with that number exists.
    public static func isAlive(_ pid: Int32) -> Bool { pid > 0 && (kill(pid, 0) == 0 || errno == EPERM) }

    /// The processes whose working folder is `folder`, of those that this user may look at.
    public static func processes(workingIn folder: String) -> [Int32] {
        processes.filter { Files.resolved("/proc/\($0)/cwd") == folder }
    }

    private static func parent(of pid: Int32) -> Int32? {
        // The name stands in brackets and may hold anything, so the fields are counted from the last bracket on.
        guard let text = read("/proc/\(pid)/stat"), let bracket = text.lastIndex(of: ")") else { return nil }
        let fields = text[bracket...].split(separator: " ")
        return fields.count > 2 ? Int32(fields[2]) : nil
    }

    private static func read(_ path: String) -> String? {
        (try? Files.read(path)).map { String(decoding: $0, as: UTF8.self) }
    }

    /// A process and all that descend from it.
    public func family(of pid: Int32) -> [Int32] { [pid] + (children[pid] ?? []).flatMap { family(of: $0) } }

    /// The memory of a process and all that descend from it; memory that several share is counted once among them.
    public func memory(of pid: Int32) -> ByteCount? {
        guard let own = ProcessTable.memory(ofOne: pid) else { return nil }
        return ByteCount(own + (children[pid] ?? []).compactMap { memory(of: $0)?.bytes }.reduce(0, +))
    }

    private static func memory(ofOne pid: Int32) -> Int? {
        guard let text = read("/proc/\(pid)/smaps_rollup") else { return nil }
        let line = text.split(separator: "\n").first { $0.hasPrefix("Pss:") }
        return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 << 10 }
    }

    /// The value of a variable in the environment that a process was started with.
    static func environment(_ name: String, of pid: Int32) -> String? {
        guard let bytes = try? Files.read("/proc/\(pid)/environ") else { return nil }
        let prefix = Array("\(name)=".utf8)
        return bytes.split(separator: 0).first { $0.starts(with: prefix) }
            .map { String(decoding: $0.dropFirst(prefix.count), as: UTF8.self) }
    }
}
