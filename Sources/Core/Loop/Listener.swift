public import Basics
import Glibc

/// A socket that accepts connections on one loop.
public final class Listener {
    private let loop: EventLoop
    private let descriptor: Int32
    private let watch: DescriptorWatch
    private var isOpen = true
    /// Where it listens; the port that the system chose stands in it when 0 was asked for.
    public let address: SocketAddress

    /// Listens at `address`. A path gets mode 0600, and a socket that nobody listens on any more is replaced.
    public convenience init(at address: SocketAddress, on loop: EventLoop, backlog: Int32 = 1024) throws(ParlorError) {
        try self.init(at: address, on: loop, backlog, isFirst: true)
    }

    /// Listens at a TCP port where a listener of another loop does already. The kernel distributes the visitors among all
    /// of them; those who queue at one that closes are turned away.
    public convenience init(joining address: SocketAddress, on loop: EventLoop, backlog: Int32 = 1024)
        throws(ParlorError)
    {
        guard case .tcp = address else {
            throw ParlorError(.system, "only one listener can be at \(address)", hint: "Share a TCP port.")
        }
        try self.init(at: address, on: loop, backlog, isFirst: false)
    }

    private init(
        at address: SocketAddress, on loop: EventLoop, _ backlog: Int32, isFirst: Bool
    ) throws(ParlorError) {
        self.loop = loop
        let descriptor = try address.makeSocket()
        do throws(ParlorError) {
            self.address = try Listener.bind(descriptor, to: address, backlog, isFirst: isFirst)
            watch = try DescriptorWatch(descriptor, on: loop)
        } catch {
            Glibc.close(descriptor)
            throw error
        }
        self.descriptor = descriptor
    }

    deinit { close() }

    private static func bind(
        _ descriptor: Int32, to address: SocketAddress, _ backlog: Int32, isFirst: Bool
    ) throws(ParlorError) -> SocketAddress {
        if case .path(let path) = address { unlink(path) }
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        let sharePort = {
            _ = setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &yes, socklen_t(MemoryLayout<Int32>.size))
        }
        if !isFirst { sharePort() }
        guard try address.withSystemAddress({ Glibc.bind(descriptor, $0, $1) }) == 0 else {
            throw refused(address, errno)
        }
        // The first one shares its port only once it has it: another program that wants it is told that it is taken.
        if isFirst, case .tcp = address { sharePort() }
        // Nobody can connect before the call to listen, so that the mode is in force in time.
        if case .path(let path) = address { chmod(path, 0o600) }
        guard listen(descriptor, backlog) == 0 else { throw refused(address, errno) }
        guard case .tcp(let host, 0) = address else { return address }
        return .tcp(host: host, port: port(of: descriptor))
    }

    private static func refused(_ address: SocketAddress, _ number: Int32) -> ParlorError {
        let taken = number == EADDRINUSE
        return ParlorError(
            taken ? .portTaken : .system, "cannot listen at \(address)", why: errnoMeaning(number),
            hint: taken ? "End what listens there, or choose another port." : nil)
    }

    private static func port(of descriptor: Int32) -> Int {
        var address = sockaddr_in6()
        var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
        withUnsafeMutablePointer(to: &address) {
            _ = $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
        }
        // The port stands at the same place in both families.
        return Int(UInt16(bigEndian: address.sin6_port))
    }

    /// The next connection.
    public func accept() async throws -> Socket {
        while true {
            guard isOpen else { throw ParlorError(.connection, "the listener is closed") }
            let connection = Glibc.accept(descriptor, nil, nil)
            if connection >= 0 {
                // A child started between these lines inherits nothing: it closes what it was not given.
                _ = fcntl(connection, F_SETFL, O_NONBLOCK)
                _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
                let peer = SocketAddress(peerOf: connection) ?? address
                let socket = try Socket(adopting: connection, peer: peer, on: loop)
                if case .tcp = address { socket.set(Int32(IPPROTO_TCP), TCP_NODELAY, 1) }
                return socket
            }
            switch errno {
            case EAGAIN: try await watch.readable()
            // The visitor left already, or has a trouble of its own that Linux reports here; that is nobody else's.
            case ECONNABORTED, EINTR, EPROTO, EPERM, ENETDOWN, ENETUNREACH, EHOSTDOWN, EHOSTUNREACH, ENOPROTOOPT,
                ENONET, EOPNOTSUPP:
                continue
            // The table of descriptors is full, which passes.
            case EMFILE, ENFILE, ENOBUFS, ENOMEM: try await loop.sleep(for: .milliseconds(50))
            default: throw ParlorError.systemCall("accept", errno: errno)
            }
        }
    }

    /// Stops listening; a waiting `accept` throws.
    public func close() {
        guard isOpen else { return }
        isOpen = false
        watch.close()
        Glibc.close(descriptor)
        if case .path(let path) = address { unlink(path) }
    }
}
