import CLinux
import Glibc
public import Loop

/// A process of whomever, held by a descriptor of the kernel's, so that its end is known at once and no signal reaches a
/// stranger that was given the same number.
public final class ProcessWatch: @unchecked Sendable {
    // Guard of @unchecked Sendable: loop only.

    /// The number of the process.
    public let pid: Int32
    private let descriptor: Int32
    private let watch: DescriptorWatch
    private var isClosed = false

    /// Holds a process; nil when there is none of that number.
    public init?(_ pid: Int32, on loop: EventLoop) {
        let descriptor = parlor_pidfd_open(pid)
        guard descriptor >= 0 else { return nil }
        guard let watch = try? DescriptorWatch(descriptor, on: loop) else {
            Glibc.close(descriptor)
            return nil
        }
        self.pid = pid
        self.descriptor = descriptor
        self.watch = watch
    }

    /// Comes back when it has ended, reaped or not.
    public func ended() async throws { try await watch.readable() }

    /// Kills it, halted or not.
    public func kill() { _ = parlor_pidfd_signal(descriptor, SIGKILL) }

    /// Lets go of it; whoever waits for its end hears an error.
    public func close() {
        guard !isClosed else { return }
        isClosed = true
        watch.close()
        Glibc.close(descriptor)
    }
}
