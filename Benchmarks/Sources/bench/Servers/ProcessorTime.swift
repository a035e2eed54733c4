import Telemetry

/// How much processor time and memory a process takes, between two looks at it.
struct ProcessorTime {
    private let process: Int32
    private let start: Double

    init(of process: Int32) {
        self.process = process
        start = ProcessReading(process: process)?.cpuSeconds ?? 0
    }

    /// Microseconds for each of so many operations since the first look.
    func each(of operations: Int) -> Double? {
        guard operations > 0, let reading = ProcessReading(process: process) else { return nil }
        return (reading.cpuSeconds - start) * 1e6 / Double(operations)
    }

    /// Megabytes now.
    var memory: Double? { ProcessReading(process: process).map { Double($0.residentBytes) / 1_048_576 } }
}
