internal import Basics
internal import Glibc

/// What the kernel tells about a process at a moment.
public struct ProcessReading: Hashable, Sendable {
    /// The time that processors spent on it, in seconds.
    public var cpuSeconds: Double
    /// The memory it has in use, in bytes.
    public var residentBytes: Int
    /// The address space it has, in bytes.
    public var virtualBytes: Int
    /// When it started, in seconds since the machine did.
    public var startedSecondsAfterBoot: Double

    /// Reads this process, or another one; nil when there is no such process.
    public init?(process: Int32? = nil) {
        guard let text = try? Files.readText("/proc/\(process.map(String.init) ?? "self")/stat") else { return nil }
        self.init(stat: text, ticksPerSecond: sysconf(Int32(_SC_CLK_TCK)), pageSize: sysconf(Int32(_SC_PAGESIZE)))
    }

    /// Reads the text of `/proc/<pid>/stat`. The program's name stands in it in parentheses and may hold anything.
    init?(stat text: String, ticksPerSecond: Int, pageSize: Int) {
        guard let parenthesis = text.lastIndex(of: ")") else { return nil }
        // The first field behind the name is number 3 in proc(5).
        let fields = text[text.index(after: parenthesis)...].split { $0 == " " || $0 == "\n" }
        func field(_ number: Int) -> Int? { number - 3 < fields.count ? Int(fields[number - 3]) : nil }
        guard let user = field(14), let system = field(15), let start = field(22), let virtual = field(23),
            let pages = field(24)
        else { return nil }
        cpuSeconds = Double(user + system) / Double(ticksPerSecond)
        residentBytes = pages * pageSize
        virtualBytes = virtual
        startedSecondsAfterBoot = Double(start) / Double(ticksPerSecond)
    }

    /// When the machine started, in seconds since 1970, from the text of `/proc/stat`; nil when it does not say.
    static func bootTime(stat text: String) -> Double? {
        text.split(separator: "\n").first { $0.hasPrefix("btime ") }.flatMap { Double($0.dropFirst("btime ".count)) }
    }
}
