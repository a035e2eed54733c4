package import Basics
import Glibc
import Processes
import Synchronization

/// A process and all that descends from it, stopped as a whole, like a machine that hangs: it holds its connections,
/// answers nobody, and does not know afterwards that time has passed.
///
/// Only what this process started is stopped. What is frozen goes on at `thaw`, or at the latest when nobody holds it.
package final class Freezer: Sendable {
    /// The processes, the first of them first.
    package let processes: [Int32]
    private let isFrozen = Mutex(true)

    /// Stops a tree; comes back when every process in it stands still.
    package init(treeOf root: Int32) throws(ParlorError) {
        guard Self.descends(root) else {
            throw ParlorError(.usage, "the process \(root) is none that this one started")
        }
        var frozen: [Int32] = []
        var found = [root]
        // A process that is about to stop may still start another: until the same ones are found again.
        while !found.isEmpty {
            for pid in found where kill(pid, SIGSTOP) == 0 { frozen.append(pid) }
            for pid in found { Self.waitUntilStopped(pid) }
            found = Self.descendants(of: Set(frozen))
        }
        processes = frozen
    }

    deinit { thaw() }

    /// Lets them go on, the youngest first, so that nobody misses a child.
    package func thaw() {
        let thaws = isFrozen.withLock { isFrozen in
            defer { isFrozen = false }
            return isFrozen
        }
        guard thaws else { return }
        for pid in processes.reversed() { kill(pid, SIGCONT) }
    }

    private static func waitUntilStopped(_ pid: Int32) {
        while let stat = ProcessStat(of: pid), stat.state != "T", stat.state != "Z", stat.state != "X" { sched_yield() }
    }

    private static func descendants(of pids: Set<Int32>) -> [Int32] {
        ProcessTable.processes.filter { pid in
            guard !pids.contains(pid), let stat = ProcessStat(of: pid) else { return false }
            return pids.contains(stat.parent) && stat.state != "Z"
        }
    }

    private static func descends(_ pid: Int32) -> Bool {
        var next = pid
        while next > 1, let stat = ProcessStat(of: next) {
            if stat.parent == getpid() { return true }
            next = stat.parent
        }
        return false
    }
}
