import Basics

/// What processes take of the machine's memory: what several of them share counts once, in parts.
enum MemoryShare {
    /// Megabytes of a process and its children.
    static func megabytes(of process: Int32) -> Double {
        let children = (try? Files.readText("/proc/\(process)/task/\(process)/children")) ?? ""
        let all = [process] + children.split(separator: " ").compactMap { Int32($0) }
        return all.reduce(0) { $0 + kilobytes(of: $1) } / 1024
    }

    /// One that has ended takes nothing.
    private static func kilobytes(of process: Int32) -> Double {
        let text = (try? Files.readText("/proc/\(process)/smaps_rollup")) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("Pss:") }
        return line?.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0
    }
}
