import FaultTestSupport
import Glibc
import Testing

/// A socket that belongs to a host for good.
///
/// Programs that other tests start at the same moment do not get it.
final class HostSocket: Sendable {
    let descriptor: Int32

    /// One of a kind: SOCK_DGRAM or SOCK_STREAM.
    init(on host: NetworkHost, _ kind: __socket_type) throws {
        descriptor = try host.inside { socket(AF_INET, Int32(kind.rawValue | SOCK_CLOEXEC.rawValue), 0) }
        try #require(descriptor >= 0)
    }

    deinit { close(descriptor) }

    /// Gives it a port of its host: the place where others find it.
    func bind(to host: NetworkHost) throws -> sockaddr_in {
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        inet_pton(AF_INET, host.address, &place.sin_addr)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = Self.with(&place) { place in
            Glibc.bind(descriptor, place, size) == 0 && getsockname(descriptor, place, &size) == 0
        }
        try #require(isBound)
        return place
    }

    /// Sends a datagram.
    func send(_ bytes: [UInt8], to place: sockaddr_in) {
        var place = place
        _ = Self.with(&place) {
            sendto(descriptor, bytes, bytes.count, 0, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }

    /// Connects a stream.
    func connect(to place: sockaddr_in) throws {
        var place = place
        let status = Self.with(&place) {
            Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
        try #require(status == 0)
    }

    /// Whether something has come, waited for so many milliseconds.
    func hasArrival(within milliseconds: Int32) -> Bool {
        var arrival = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&arrival, 1, milliseconds) == 1
    }

    /// What comes next, at most so much; nothing at the end of a stream.
    func receive(upTo count: Int = 65_536) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, count in
            count = max(0, read(descriptor, buffer.baseAddress, buffer.count))
        }
    }

    private static func with<Result>(
        _ place: inout sockaddr_in, _ body: (UnsafeMutablePointer<sockaddr>) -> Result
    ) -> Result {
        withUnsafeMutablePointer(to: &place) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0) }
        }
    }
}

extension NetworkHost {
    /// Whether a datagram from here gets to another host, at last: the kernel asks for an address again after a second
    /// when the first question got lost, as it can before a link is up.
    func reaches(_ other: NetworkHost) throws -> Bool { try reaches(other, attempts: 1000) }

    /// Whether nothing from here gets to another host.
    func misses(_ other: NetworkHost) throws -> Bool { try !reaches(other, attempts: 20) }

    private func reaches(_ other: NetworkHost, attempts: Int) throws -> Bool {
        let receiver = try HostSocket(on: other, SOCK_DGRAM)
        let place = try receiver.bind(to: other)
        let sender = try HostSocket(on: self, SOCK_DGRAM)
        for _ in 0..<attempts {
            sender.send([0], to: place)
            if receiver.hasArrival(within: 10) { return true }
        }
        return false
    }
}
