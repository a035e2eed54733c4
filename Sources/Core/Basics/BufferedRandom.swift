internal import Glibc
internal import Synchronization

/// Random bits of the kernel's generator, some of which are kept ready: a call of the kernel costs more than all that is
/// made of them.
///
/// It is for what nobody may guess and of which there is much, such as the names of requests and rows. A `Secret` asks the
/// kernel itself, so that no memory holds it before it is there.
public struct BufferedRandom: RandomNumberGenerator, Sendable {
    /// The kernel gives so many bytes at once, whole, and without an interruption.
    private static let words = 256 / 8
    private static let ready = Mutex<[UInt64]>([])

    /// The generator; all of them share what is ready.
    public init() {}

    /// The next 64 bits, which nobody else gets.
    public mutating func next() -> UInt64 {
        Self.ready.withLock { ready in
            if ready.isEmpty { ready = Self.fetch() }
            return ready.removeLast()
        }
    }

    private static func fetch() -> [UInt64] {
        [UInt64](unsafeUninitializedCapacity: words) { buffer, count in
            let bytes = UnsafeMutableRawBufferPointer(buffer)
            guard let start = bytes.baseAddress, getentropy(start, bytes.count) == 0 else {
                fatalError("the kernel gives no random bits")
            }
            count = words
        }
    }
}
