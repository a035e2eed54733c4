import Glibc

/// The socket through which systemd, or another service manager, hears how a service is: sd_notify's protocol, a
/// datagram of lines like `READY=1`.
public struct NotifySocket: Equatable, Sendable {
    /// The path of the socket, or a name without a file after an `@`.
    public let path: String

    /// The socket that a service manager named in `NOTIFY_SOCKET`; nil when nobody wants to hear anything.
    public init?(environment: [String: String]) {
        guard let path = environment["NOTIFY_SOCKET"], path.hasPrefix("/") || path.hasPrefix("@"),
            path.utf8.count > 1, path.utf8.count < MemoryLayout.size(ofValue: sockaddr_un().sun_path)
        else { return nil }
        self.path = path
    }

    /// Tells it; says whether it was heard. Nothing can be done about a service manager that is gone, so nothing is
    /// thrown.
    @discardableResult
    public func tell(_ lines: String...) -> Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | O_CLOEXEC, 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        guard connect(descriptor) else { return false }
        var message = lines.joined(separator: "\n")
        // Its queue has room but for moments, which are waited out: a start whose end is not heard never ends.
        for _ in 0..<10 {
            let count = message.withUTF8 { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT)) }
            if count >= 0 { return true }
            guard errno == EAGAIN || errno == EINTR else { return false }
            var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            poll(&room, 1, 100)
        }
        return false
    }

    private func connect(_ descriptor: Int32) -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(path.utf8)
        if bytes[0] == UInt8(ascii: "@") { bytes[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        // A name without a file ends where its length says, a path at its first zero.
        let length = MemoryLayout.offset(of: \sockaddr_un.sun_path).map { $0 + bytes.count } ?? 0
        return withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(length)) == 0
            }
        }
    }
}
