import Basics
import CUV  // which names of sys/socket.h count as its own depends on the order of compilation
import Glibc

/// Where a stream socket listens or connects to: a numeric address and a port, or a path.
public enum SocketAddress: Hashable, Sendable, CustomStringConvertible {
    /// A numeric IPv4 or IPv6 address, or `localhost`, and a port; port 0 asks the system for a free one.
    case tcp(host: String, port: Int)
    /// A socket in the file system.
    case path(String)

    /// As people write it.
    public var description: String {
        switch self {
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .path(let path): path
        }
    }

    /// A new non-blocking socket of the right family.
    func makeSocket() throws(ParlorError) -> Int32 {
        let family: Int32 =
            switch self {
            case .tcp(let host, _): host.contains(":") ? AF_INET6 : AF_INET
            case .path: AF_UNIX
            }
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(family, kind, 0)
        guard descriptor >= 0 else { throw .systemCall("socket", errno: errno) }
        return descriptor
    }

    /// Hands the address in the system's form to `body`, which returns like a system call.
    func withSystemAddress(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) throws(ParlorError) -> Int32 {
        switch self {
        case .tcp(let host, let port): return try withInternetAddress(host, port, body)
        case .path(let path): return try withPathAddress(path, body)
        }
    }

    private func withInternetAddress(
        _ host: String, _ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws(ParlorError) -> Int32 {
        guard let number = UInt16(exactly: port) else { throw ParlorError(.system, "\(port) is no port") }
        let host = host == "localhost" ? "127.0.0.1" : host
        var four = sockaddr_in()
        four.sin_family = sa_family_t(AF_INET)
        four.sin_port = number.bigEndian
        if inet_pton(AF_INET, host, &four.sin_addr) == 1 { return Self.call(body, &four) }
        var six = sockaddr_in6()
        six.sin6_family = sa_family_t(AF_INET6)
        six.sin6_port = number.bigEndian
        if inet_pton(AF_INET6, host, &six.sin6_addr) == 1 { return Self.call(body, &six) }
        throw ParlorError(
            .system, "\(host) is not a numeric address",
            hint: "Write an address like 127.0.0.1 or ::1, or localhost; names have to be looked up first.")
    }

    private static func call<Address>(
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32, _ address: inout Address
    ) -> Int32 {
        withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<Address>.size)) }
        }
    }

    /// The kernel takes at most 107 bytes, which a folder deep in a tree exceeds; its open folder has a short name.
    private func withPathAddress(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws(ParlorError) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let room = MemoryLayout.size(ofValue: address.sun_path) - 1
        guard path.utf8.count > room else { return Self.fill(&address, path, body) }
        let folder = open(Files.parent(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw .systemCall("open", path: Files.parent(of: path), errno: errno) }
        defer { close(folder) }
        let short = "/proc/self/fd/\(folder)/\(Files.name(of: path))"
        guard short.utf8.count <= room else { throw .systemCall("bind", path: path, errno: ENAMETOOLONG) }
        return Self.fill(&address, short, body)
    }

    private static func fill(
        _ address: inout sockaddr_un, _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return call(body, &address)
    }
}

extension SocketAddress {
    /// The other end of a connected TCP socket; nil for other sockets.
    init?(peerOf descriptor: Int32) {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let status = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(descriptor, $0, &size) }
        }
        guard status == 0 else { return nil }
        let address = withUnsafePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { SocketAddress($0, port: nil) }
        }
        guard let address else { return nil }
        self = address
    }

    /// An address of the internet in the system's form, with another port if one is given; nil for other families.
    init?(_ address: UnsafePointer<sockaddr>, port: Int?) {
        let raw = UnsafeRawPointer(address)
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let ownPort: UInt16
        // Every kind of address begins with its family.
        switch Int32(raw.loadUnaligned(as: sa_family_t.self)) {
        case AF_INET:
            var four = raw.loadUnaligned(as: sockaddr_in.self)
            inet_ntop(AF_INET, &four.sin_addr, &text, socklen_t(text.count))
            ownPort = four.sin_port
        case AF_INET6:
            var six = raw.loadUnaligned(as: sockaddr_in6.self)
            inet_ntop(AF_INET6, &six.sin6_addr, &text, socklen_t(text.count))
            ownPort = six.sin6_port
        default: return nil
        }
        let host = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        self = .tcp(host: host, port: port ?? Int(UInt16(bigEndian: ownPort)))
    }

    /// Whether a host is an IPv4 or IPv6 address rather than a name.
    package static func isNumeric(_ host: String) -> Bool {
        var bytes = in6_addr()
        return inet_pton(AF_INET, host, &bytes) == 1 || inet_pton(AF_INET6, host, &bytes) == 1
    }
}
