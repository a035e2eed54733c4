public import Basics
import CLinux
import Glibc

/// A TCP port on which two processes listen at a time, both with `SO_REUSEPORT`, while one takes over from the other.
public enum SharedPort {
    /// Has the kernel give every new connection to the process that began to listen later, for as long as two do.
    ///
    /// `pid` is one of them, a child of this process. The choice stays with the port until nobody listens any more, so
    /// it need not be made again for the next process.
    public static func favourNewest(of pid: Int32, port: Int) throws(ParlorError) {
        let pidfd = parlor_pidfd_open(pid)
        guard pidfd >= 0 else { throw .systemCall("pidfd_open", errno: -pidfd) }
        defer { close(pidfd) }
        var isFound = false
        for name in try Files.list("/proc/\(pid)/fd") {
            guard let number = Int32(name) else { continue }
            let descriptor = parlor_pidfd_descriptor(pidfd, number)
            // It may have closed this one since.
            if descriptor == -EBADF { continue }
            guard descriptor >= 0 else { throw .systemCall("pidfd_getfd", errno: -descriptor) }
            defer { close(descriptor) }
            guard isListener(descriptor, port) else { continue }
            let result = parlor_favour_newest_listener(descriptor)
            guard result == 0 else { throw .systemCall("setsockopt", errno: -result) }
            isFound = true
        }
        guard isFound else { throw ParlorError(.notRunning, "the process does not listen on port \(port)") }
    }

    private static func isListener(_ descriptor: Int32, _ port: Int) -> Bool {
        var isListening: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &isListening, &size) == 0, isListening != 0 else {
            return false
        }
        var storage = sockaddr_storage()
        size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutableBytes(of: &storage) { bytes in
            guard let address = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self),
                getsockname(descriptor, address, &size) == 0
            else { return false }
            // The port stands at the same place in addresses of both families, in network order.
            let family = Int32(address.pointee.sa_family)
            return (family == AF_INET || family == AF_INET6) && Int(bytes[2]) << 8 | Int(bytes[3]) == port
        }
    }
}
