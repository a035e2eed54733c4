/// Frames as bytes, for what no client would send.
enum RawWebSocket {
    static let handshake = """
        GET /echo HTTP/1.1\r
        Host: a\r
        Connection: Upgrade\r
        Upgrade: websocket\r
        Sec-WebSocket-Version: 13\r
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
        \r

        """

    /// A frame whose first byte is `first`, masked unless told otherwise, with its true length or another.
    static func frame(_ first: UInt8, _ payload: [UInt8], isMasked: Bool = true, length: Int? = nil) -> [UInt8] {
        let count = length ?? payload.count
        var bytes = [first]
        let mask: UInt8 = isMasked ? 0x80 : 0
        switch count {
        case ..<126: bytes.append(mask | UInt8(count))
        case ..<65_536: bytes += [mask | 126, UInt8(count >> 8), UInt8(count & 255)]
        default: bytes += [mask | 127] + (0..<8).map { UInt8(truncatingIfNeeded: count >> (56 - 8 * $0)) }
        }
        guard isMasked else { return bytes + payload }
        let key: [UInt8] = [0x12, 0x34, 0x56, 0x78]
        return bytes + key + payload.enumerated().map { $0.element ^ key[$0.offset % 4] }
    }
}
