import Basics
import Glibc

/// Bytes that end where readable memory ends: reading one more ends the program.
struct GuardedBytes: ~Copyable {
    private let start: UnsafeMutableRawPointer
    private let length: Int
    let bytes: UnsafeMutableBufferPointer<UInt8>

    init(_ source: [UInt8]) throws(ParlorError) {
        let page = Int(getpagesize())
        length = (source.count / page + 2) * page
        guard let start = mmap(nil, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            start != MAP_FAILED, mprotect(start + length - page, page, PROT_NONE) == 0
        else { throw .systemCall("mmap", errno: errno) }
        self.start = start
        let first = (start + length - page - source.count).assumingMemoryBound(to: UInt8.self)
        bytes = UnsafeMutableBufferPointer(start: first, count: source.count)
        _ = bytes.initialize(fromContentsOf: source)
    }

    /// The bytes from `index` on.
    func suffix(from index: Int) -> UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(rebasing: bytes[index...]) }

    deinit { munmap(start, length) }
}
