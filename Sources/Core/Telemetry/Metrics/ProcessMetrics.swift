internal import Basics
internal import Glibc

extension MetricsRegistry {
    /// Declares what Prometheus expects every process to tell of itself: memory, processor time, descriptors, start.
    public func registerProcessMetrics() {
        let cpu = counter("process_cpu_seconds_total", "Time that processors spent on this process, in seconds.")
        let resident = gauge("process_resident_memory_bytes", "Memory in use, in bytes.")
        let virtual = gauge("process_virtual_memory_bytes", "Address space, in bytes.")
        let start = gauge("process_start_time_seconds", "When the process started, in seconds since 1970.")
        let open = gauge("process_open_fds", "Open file descriptors.")
        let most = gauge("process_max_fds", "How many file descriptors may be open.")
        let bootTime = (try? Files.readText("/proc/stat")).flatMap(ProcessReading.bootTime)

        beforeScrape {
            if let reading = ProcessReading() {
                cpu.raise(to: reading.cpuSeconds)
                resident.set(reading.residentBytes)
                virtual.set(reading.virtualBytes)
                if let bootTime { start.set(bootTime + reading.startedSecondsAfterBoot) }
            }
            // One of them is the folder's own.
            if let descriptors = try? Files.list("/proc/self/fd") { open.set(descriptors.count - 1) }
            var limit = rlimit()
            if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 { most.set(Double(limit.rlim_cur)) }
        }
    }
}
