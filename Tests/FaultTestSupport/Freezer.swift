package import Basics
import Glibc
import Processes
import Synchronization

/// Processes that are stopped as a whole, like a machine that hangs: they hold their connections, answer nobody, and do
/// not know afterwards that time has passed.
///
/// Only what this process started is stopped, or what bears another mark of being its own. What is frozen goes on at
/// `thaw`, or at the latest when nobody holds it.
package final class Freezer: Sendable {
    /// The processes, the first of them first.
    package let processes: [Int32]
    private let isFrozen = Mutex(true)

    /// Stops a process and all that descends from it; comes back when every one of them stands still.
    package convenience init(treeOf root: Int32) throws(ParlorError) {
        guard Self.descends(root) else {
            throw ParlorError(.usage, "the process \(root) is none that this one started")
        }
        self.init { frozen in frozen.isEmpty ? [root] : Self.descendants(of: frozen) }
    }

    /// Stops what `find` finds by a mark that only processes of the test bear; comes back when every one of them stands
    /// still.
    package convenience init(marked find: () -> [Int32]) {
        self.init { frozen in find().filter { !frozen.contains($0) } }
    }

    private init(_ findFurther: (_ frozen: Set<Int32>) -> [Int32]) {
        var frozen: [Int32] = []
        // A process that is about to stop may still start another: until no further one is found.
        while case let found = findFurther(Set(frozen)), !found.isEmpty {
            for pid in found { kill(pid, SIGSTOP) }
            for pid in found { Self.waitUntilStopped(pid) }
            frozen += found
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
