import Basics
import Processes

/// What /proc says about a process.
package enum ProcessReading {
    /// The processes that belong to a state folder: those that bear its mark or work in it. PostgreSQL writes its
    /// sessions' titles over the mark.
    package static func processes(of state: String) -> [Int32] {
        let mark = ":\(state)"
        return ProcessTable.processes.filter { pid in
            (Files.resolved("/proc/\(pid)/cwd") ?? "").hasPrefix(state)
                || words("environ", of: pid).contains { $0.hasPrefix("PARLOR_INTERNAL_PART=") && $0.hasSuffix(mark) }
        }
    }

    /// Those of one part: PostgreSQL's processes hide the mark, and are known by `folder`, in which they work.
    package static func processes(of state: String, part: String, workingIn folder: String) -> [Int32] {
        ProcessTable.processes.filter { pid in
            Files.resolved("/proc/\(pid)/cwd") == folder
                || words("environ", of: pid).contains {
                    $0.hasPrefix("PARLOR_INTERNAL_PART=") && $0.hasSuffix(":\(part):\(state)")
                }
        }
    }

    /// The words of a command line.
    package static func commandLine(of pid: Int32) -> [String] { words("cmdline", of: pid) }

    private static func words(_ file: String, of pid: Int32) -> [String] {
        ((try? Files.read("/proc/\(pid)/\(file)")) ?? []).split(separator: 0).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    /// The real, effective, saved and file system user of a process.
    package static func users(of pid: Int32) -> [UInt32] {
        let text = (try? Files.read("/proc/\(pid)/status")).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("Uid:") }
        return line?.split(separator: "\t").dropFirst().compactMap { UInt32($0) } ?? []
    }
}
