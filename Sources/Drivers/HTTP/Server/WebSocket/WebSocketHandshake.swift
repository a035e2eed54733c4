import Basics

/// The request that asks for a WebSocket, and the answer to it (RFC 6455, section 4).
enum WebSocketHandshake {
    private static let suffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

    /// The value of `Sec-WebSocket-Accept` for a request; throws the problem when it asks for no WebSocket, or wrongly.
    static func accept(_ request: HTTPRequest) throws(HTTPProblem) -> String {
        let headers = request.headers
        guard request.method == .get, request.version == .http11,
            headers.tokens(of: "Connection").contains("upgrade"),
            headers.tokens(of: "Upgrade").contains("websocket")
        else {
            throw HTTPProblem(.upgradeRequired, "this path speaks WebSocket", headers: ["Upgrade": "websocket"])
        }
        guard headers.values(of: "Sec-WebSocket-Version") == ["13"] else {
            throw HTTPProblem(
                .upgradeRequired, "only version 13 of WebSocket is spoken here",
                headers: ["Upgrade": "websocket", "Sec-WebSocket-Version": "13"])
        }
        let keys = headers.values(of: "Sec-WebSocket-Key")
        guard keys.count == 1, isKey(keys[0]), request.incoming == nil else {
            throw HTTPProblem(.badRequest, "the request for a WebSocket is malformed")
        }
        return answer(to: keys[0])
    }

    /// The answer that proves that a key was understood.
    static func answer(to key: String) -> String { Base64.encode(SHA1.hash(Array("\(key)\(suffix)".utf8))) }

    /// Whether a text is sixteen bytes in Base64.
    private static func isKey(_ text: String) -> Bool {
        text.utf8.count == 24 && text.hasSuffix("==")
            && text.utf8.dropLast(2).allSatisfy {
                $0.isDigit || $0.isLetter || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "/")
            }
    }

    /// Whether a request comes from a page of the host that it goes to, or from no page at all.
    static func isSameOrigin(_ request: HTTPRequest) -> Bool {
        guard let origin = request.headers["Origin"] else { return true }
        guard let host = request.headers["Host"], let scheme = origin.range(of: "://") else { return false }
        return equalIgnoringCase(String(origin[scheme.upperBound...]), host)
    }

    /// The first of the protocols spoken here that the client offers too.
    static func chosen(_ spoken: [String], _ request: HTTPRequest) -> String? {
        let offered = request.headers.values(of: "Sec-WebSocket-Protocol").flatMap {
            $0.split(separator: ",").map { String(trimmed($0)) }
        }
        return spoken.first(where: offered.contains)
    }
}

extension String {
    /// Where a text stands for the first time.
    fileprivate func range(of part: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(part) { return start..<index(start, offsetBy: part.count) }
            start = index(after: start)
        }
        return nil
    }
}

/// SHA-1 (RFC 3174), which the handshake asks for; it proves nothing about anybody.
enum SHA1 {
    /// The twenty bytes of the hash.
    static func hash(_ message: [UInt8]) -> [UInt8] {
        var state: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]
        var padded = message + [0x80]
        while padded.count % 64 != 56 { padded.append(0) }
        let bits = UInt64(message.count * 8)
        padded += (0..<8).map { UInt8(truncatingIfNeeded: bits >> (56 - 8 * UInt64($0))) }
        for block in stride(from: 0, to: padded.count, by: 64) { mix(padded[block..<block + 64], into: &state) }
        return state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (24 - 8 * UInt32($0))) } }
    }

    private static func mix(_ block: ArraySlice<UInt8>, into state: inout [UInt32]) {
        var words = stride(from: block.startIndex, to: block.endIndex, by: 4).map { place in
            block[place..<place + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        }
        for place in 16..<80 {
            words.append(rotated(words[place - 3] ^ words[place - 8] ^ words[place - 14] ^ words[place - 16], 1))
        }
        var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
        for (round, word) in words.enumerated() {
            let (choice, constant): (UInt32, UInt32) =
                switch round {
                case ..<20: (b & c | ~b & d, 0x5A82_7999)
                case ..<40: (b ^ c ^ d, 0x6ED9_EBA1)
                case ..<60: (b & c | b & d | c & d, 0x8F1B_BCDC)
                default: (b ^ c ^ d, 0xCA62_C1D6)
                }
            let next = rotated(a, 5) &+ choice &+ e &+ constant &+ word
            (a, b, c, d, e) = (next, a, rotated(b, 30), c, d)
        }
        for (place, word) in [a, b, c, d, e].enumerated() { state[place] &+= word }
    }

    private static func rotated(_ word: UInt32, _ bits: UInt32) -> UInt32 { word << bits | word >> (32 - bits) }
}

/// Base64 (RFC 4648) with padding.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// Bytes as text.
    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for place in 0..<4 {
                text.append(place <= group.count ? alphabet[bits >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
