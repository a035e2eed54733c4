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
        var fetched = [UInt64](repeating: 0, count: words)
        let isFetched = fetched.withUnsafeMutableBytes { bytes in
            bytes.baseAddress.map { getentropy($0, bytes.count) == 0 } ?? false
        }
        guard !isFetched else { return fetched }
        // A kernel without that call is asked in the way of the standard library, number by number.
        var generator = SystemRandomNumberGenerator()
        return (0..<words).map { _ in generator.next() }
    }
}
