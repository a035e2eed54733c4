import Basics
import Glibc

/// A network device whose cable is a file: what the kernel sends through it is read, what is written comes in there.
///
/// It offers the kernel no help. So the kernel itself cuts what TCP sends into frames that fit and completes their
/// checksums before they are read. The device is gone when this is.
final class TapDevice: Sendable {
    private let descriptor: Int32

    private static let path = "/dev/net/tun"
    /// TUNSETIFF of linux/if_tun.h, a macro that Swift does not see.
    private static let setInterface: UInt = 0x4004_54CA
    /// IFF_TAP and IFF_NO_PI: whole frames, with nothing before them.
    private static let kind: Int16 = 0x1002
    /// The sizes of an ifreq and of the name that it begins with.
    private static let (requestSize, nameSize) = (40, 16)
    /// More than any frame of a cable that takes 1,500 bytes.
    private static let frameMax = 2048

    /// Makes one of that name in a network.
    init(_ name: String, in network: NetworkNamespace) throws(ParlorError) {
        // The device belongs to the network in which the file was opened, whoever uses the file.
        do { descriptor = try network.inside { try Self.opened() } } catch { throw ParlorError(describing: error) }
        var request = [UInt8](repeating: 0, count: Self.requestSize)
        request.replaceSubrange(0..<min(name.utf8.count, Self.nameSize - 1), with: name.utf8.prefix(Self.nameSize - 1))
        let status = request.withUnsafeMutableBytes { request -> Int32 in
            request.storeBytes(of: Self.kind, toByteOffset: Self.nameSize, as: Int16.self)
            guard let start = request.baseAddress else { return -1 }
            return ioctl(descriptor, Self.setInterface, start)
        }
        guard status == 0 else { throw .systemCall("ioctl", path: Self.path, errno: errno) }
    }

    private static func opened() throws(ParlorError) -> Int32 {
        let descriptor = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .systemCall("open", path: path, errno: errno) }
        return descriptor
    }

    deinit { close(descriptor) }

    /// What to wait for until there is a frame.
    var arrival: pollfd { pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0) }

    /// The next frame that the kernel sent; nil when there is none.
    func next() -> [UInt8]? {
        let frame = [UInt8](unsafeUninitializedCapacity: Self.frameMax) { buffer, count in
            count = max(0, read(descriptor, buffer.baseAddress, buffer.count))
        }
        return frame.isEmpty ? nil : frame
    }

    /// Has a frame come in. One that the kernel does not take is lost.
    func put(_ frame: [UInt8]) { _ = write(descriptor, frame, frame.count) }
}
