package import Basics
import Glibc

/// What this machine has to offer.
package struct Machine: Equatable, Sendable {
    /// The memory, or what the control group allows of it.
    package var memory: ByteCount
    /// The processor cores that this process may use.
    package var cores: Int

    /// The machine that this runs on.
    package static func current() -> Machine {
        let pages = sysconf(Int32(_SC_PHYS_PAGES))
        let installed = ByteCount(pages * sysconf(Int32(_SC_PAGESIZE)))
        let allowed = (try? Files.readText("/sys/fs/cgroup/memory.max")).flatMap { limit($0) }
        return Machine(
            memory: allowed.map { min($0, installed) } ?? installed, cores: max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        )
    }

    /// The number in a control group's file; nil for `max`.
    package static func limit(_ text: String) -> ByteCount? {
        text.split(separator: "\n").first.flatMap { Int($0) }.map { ByteCount($0) }
    }
}
