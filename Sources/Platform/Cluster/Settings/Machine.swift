package import Basics
import Glibc

/// What a machine has to offer to a database.
package struct Machine: Equatable, Sendable {
    /// The memory, or what the control groups allow of it.
    package var memory: ByteCount
    /// The processor cores that this process may use.
    package var cores: Int
    /// The disk that holds the data.
    package var disk: Disk

    /// A machine.
    package init(memory: ByteCount, cores: Int, disk: Disk = Disk()) {
        self.memory = memory
        self.cores = cores
        self.disk = disk
    }

    /// The machine that this runs on, with the disk that holds `path` or will hold it.
    package static func current(holding path: String) -> Machine {
        let installed = ByteCount(sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)))
        let files = SystemFiles.kernel
        let groups = ControlGroups(files.read("/proc/self/cgroup") ?? "")
        let cores = files.read("/proc/self/status").flatMap { allowedCores($0) } ?? sysconf(Int32(_SC_NPROCESSORS_ONLN))
        return Machine(
            memory: groups.memory(files).map { min($0, installed) } ?? installed,
            cores: max(1, groups.cores(files).map { min($0, cores) } ?? cores), disk: Disk.holding(path))
    }

    /// The cores that the scheduler gives to a process, from the text of its `/proc/<pid>/status`: a bit for each, in
    /// groups of hexadecimal digits.
    package static func allowedCores(_ status: String) -> Int? {
        let label = "Cpus_allowed:"
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix(label) }) else { return nil }
        let digits = line.dropFirst(label.count).compactMap(\.hexDigitValue)
        let count = digits.reduce(0) { $0 + $1.nonzeroBitCount }
        return count > 0 ? count : nil
    }
}

/// The kernel's files that describe a machine, or texts that stand for them.
package struct SystemFiles: Sendable {
    /// The text of a file; nil where there is none.
    package var read: @Sendable (_ path: String) -> String?
    /// The names in a folder; none where there is no folder.
    package var list: @Sendable (_ path: String) -> [String]

    /// Files that are read as told.
    package init(
        read: @escaping @Sendable (_ path: String) -> String?,
        list: @escaping @Sendable (_ path: String) -> [String] = { _ in [] }
    ) {
        self.read = read
        self.list = list
    }

    /// The running kernel's own.
    package static let kernel = SystemFiles(
        read: { try? Files.readText($0) }, list: { (try? Files.list($0)) ?? [] })
}
