import CCrypto

/// The bytes of a key, overwritten when nobody holds them any more.
final class KeyMemory: Sendable {
    // Guard of nonisolated(unsafe): written once, in init, and only read until deinit.
    private nonisolated(unsafe) let memory: UnsafeMutableRawBufferPointer

    init(_ bytes: [UInt8]) {
        memory = .allocate(byteCount: bytes.count, alignment: 16)
        memory.copyBytes(from: bytes)
    }

    deinit {
        OPENSSL_cleanse(memory.baseAddress, memory.count)
        memory.deallocate()
    }

    /// Lets `body` read the key, which must not outlive it.
    func withBytes<Result>(_ body: (UnsafePointer<UInt8>?) -> Result) -> Result {
        body(memory.baseAddress.map { UnsafePointer($0.assumingMemoryBound(to: UInt8.self)) })
    }
}
