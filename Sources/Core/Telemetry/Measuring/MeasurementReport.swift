public import Basics
import Glibc

/// What every command that measures prints: its figures, and what they depend on.
public struct MeasurementReport: Equatable, Sendable {
    /// The figures in the order in which they are shown.
    public var figures: [MeasuredFigure]
    /// What the run can be repeated with.
    public var seed: UInt64
    /// When it ended.
    public var at: Timestamp

    /// Puts figures together.
    public init(_ figures: [MeasuredFigure], seed: UInt64, at: Timestamp = .now()) {
        self.figures = figures
        self.seed = seed
        self.at = at
    }

    /// Whether every floor holds.
    public var holds: Bool { figures.allSatisfy { $0.holds ?? true } }

    /// The documented form.
    public var json: JSON {
        [
            "results": .array(figures.map(\.json)), "machine": Self.machine,
            "seed": .integer(Int(clamping: seed)), "at": .string(at.rfc3339),
        ]
    }

    /// What numbers depend on beside us.
    public static var machine: JSON {
        let model = line("model name", in: "/proc/cpuinfo")?.split(separator: ":").last
        let memory = line("MemTotal:", in: "/proc/meminfo")?.split(separator: " ").dropFirst().first
        let load = (try? Files.readText("/proc/loadavg"))?.split(separator: " ").first
        return [
            "cores": .integer(sysconf(Int32(_SC_NPROCESSORS_ONLN))),
            "processor": .string(model.map { String($0.drop { $0 == " " }) }),
            "memory_kilobytes": .integer(memory.flatMap { Int($0) }),
            "load": load.flatMap { Double($0) }.map(JSON.number) ?? .null,
        ]
    }

    private static func line(_ beginning: String, in path: String) -> Substring? {
        (try? Files.readText(path))?.split(separator: "\n").first { $0.hasPrefix(beginning) }
    }
}
