/// A value as it stands in Redis: the version of this form, the version of the value, whether there is one, a check sum
/// and the bytes.
///
/// The check sum covers the key too, so what stands under the wrong name is no entry. It finds accidents; whoever can
/// write to Redis can forge it.
struct CacheEntry: Equatable {
    var version: UInt8
    /// Nil is the answer that there is nothing.
    var payload: [UInt8]?

    private static let form: UInt8 = 1
    private static let headSize = 11

    init(version: UInt8, payload: [UInt8]?) {
        self.version = version
        self.payload = payload
    }

    /// Reads what stands under a key; nil when it is not whole or of another form.
    init?(_ bytes: [UInt8], under key: String) {
        guard bytes.count >= Self.headSize, bytes[0] == Self.form, bytes[2] <= 1 else { return nil }
        let (isPresent, payload) = (bytes[2] == 1, bytes[Self.headSize...])
        guard isPresent || payload.isEmpty else { return nil }
        let sum = bytes[3..<Self.headSize].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard sum == Self.checkSum(key, bytes[1], bytes[2], payload) else { return nil }
        version = bytes[1]
        self.payload = isPresent ? Array(payload) : nil
    }

    /// Its bytes for a key.
    func bytes(under key: String) -> [UInt8] {
        let (flag, payload): (UInt8, [UInt8]) = self.payload.map { (1, $0) } ?? (0, [])
        let sum = Self.checkSum(key, version, flag, payload[...])
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.headSize + payload.count)
        bytes += [Self.form, version, flag]
        withUnsafeBytes(of: sum.bigEndian) { bytes.append(contentsOf: $0) }
        bytes += payload
        return bytes
    }

    /// FNV-1a with 64 bits.
    private static func checkSum(_ key: String, _ version: UInt8, _ flag: UInt8, _ payload: ArraySlice<UInt8>) -> UInt64
    {
        var sum: UInt64 = 0xcbf2_9ce4_8422_2325
        func add(_ byte: UInt8) { sum = (sum ^ UInt64(byte)) &* 0x100_0000_01b3 }
        for byte in key.utf8 { add(byte) }
        add(version)
        add(flag)
        for byte in payload { add(byte) }
        return sum
    }
}
