import Basics
import Glibc
@testable public import Loop

/// An address of this machine that refuses every visitor for as long as this lives: its port is taken, and nobody listens.
/// A port that was merely closed may be given to another test.
public final class RefusingAddress {
    /// The address.
    public let address: SocketAddress
    private let descriptor: Int32

    /// Takes a port of a numeric address.
    public init(host: String) throws {
        let wanted = SocketAddress.tcp(host: host, port: 0)
        let descriptor = try wanted.makeSocket()
        let status = try wanted.withSystemAddress { bind(descriptor, $0, $1) }
        guard status == 0 else { throw ParlorError.systemCall("bind", errno: errno) }
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let port = withUnsafeMutablePointer(to: &storage) { storage in
            storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = getsockname(descriptor, $0, &size) }
            // The port stands at the same place for both families.
            return storage.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                UInt16(bigEndian: $0.pointee.sin_port)
            }
        }
        self.descriptor = descriptor
        address = .tcp(host: host, port: Int(port))
    }

    deinit { close(descriptor) }
}
