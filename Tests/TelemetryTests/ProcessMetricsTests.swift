import Basics
@testable import Telemetry
import Testing

@Suite struct ProcessMetricsTests {
    @Test(
        "The kernel's line is read, whatever the program is called", arguments: ["parlor", "a b) S 1 (", ") ) 7 7", ""])
    func stat(name: String) throws {
        let text = "42 (\(name)) S 1 42 42 0 -1 4194304 500 0 3 0 250 50 0 0 20 0 9 0 12345 1048576 300 1844674407 1\n"
        let reading = try #require(ProcessReading(stat: text, ticksPerSecond: 100, pageSize: 4096))
        #expect(reading.cpuSeconds == 3)
        #expect(reading.residentBytes == 300 * 4096)
        #expect(reading.virtualBytes == 1_048_576)
        #expect(reading.startedSecondsAfterBoot == 123.45)
    }

    @Test(
        "What is no line of the kernel is refused",
        arguments: ["", "42", "42 (a)", "42 (a) S 1 2 3", "42 (a) S x x x x x x x x x x x x x x x x x x x x x"])
    func noStat(text: String) {
        #expect(ProcessReading(stat: text, ticksPerSecond: 100, pageSize: 4096) == nil)
    }

    @Test("The start of the machine is found among other lines")
    func bootTime() {
        #expect(ProcessReading.bootTime(stat: "cpu 1 2\nbtime 1700000000\nprocesses 3\n") == 1_700_000_000)
        #expect(ProcessReading.bootTime(stat: "cpu 1 2\n") == nil)
    }

    @Test("This process can be read, and one that cannot exist is nil")
    func reading() throws {
        let own = try #require(ProcessReading())
        #expect(own.residentBytes > 1 << 20)
        #expect(own.virtualBytes > own.residentBytes)
        #expect(ProcessReading(process: 1) != nil)
        #expect(ProcessReading(process: .max) == nil)
    }

    @Test("What Prometheus expects of a process is there and plausible")
    func metrics() throws {
        let registry = MetricsRegistry()
        registry.registerProcessMetrics()
        var values: [String: Double] = [:]
        for line in registry.exposition().split(separator: "\n") where !line.hasPrefix("#") {
            let parts = line.split(separator: " ")
            values[String(parts[0])] = Double(parts[1])
        }
        #expect(
            values.keys.sorted() == [
                "process_cpu_seconds_total", "process_max_fds", "process_open_fds", "process_resident_memory_bytes",
                "process_start_time_seconds", "process_virtual_memory_bytes",
            ])
        let now = Double(Timestamp.now().microseconds) / 1e6
        let start = try #require(values["process_start_time_seconds"])
        #expect(start > 1_500_000_000 && start <= now + 2)
        let open = try #require(values["process_open_fds"])
        #expect(open >= 3)
        #expect(try #require(values["process_max_fds"]) >= open)
        #expect(try #require(values["process_cpu_seconds_total"]) >= 0)
    }
}
