/// The first message of a handshake of TLS, for one version alone, and what a server's first answer to it says.
///
/// It is written by hand, because the library of this machine refuses to speak the versions that are to be refused.
struct ClientHello: Equatable, Sendable {
    /// A version as it stands on the wire.
    enum Version: UInt16, Sendable, CaseIterable {
        case tls10 = 0x0301
        case tls11 = 0x0302
        case tls12 = 0x0303
    }

    /// What a server says to it.
    enum Answer: Equatable, Sendable {
        /// It goes on in that version.
        case accepted(UInt16)
        /// It refuses, with the number of the standard.
        case refused(UInt8)
        /// It says something else.
        case strange
    }

    /// The only version that is offered.
    var version: Version

    /// Enough of an answer to know what it says.
    static let answerLength = 11

    /// The message.
    var bytes: [UInt8] {
        let ciphers: [UInt16] = [
            0xC02B, 0xC02F, 0xC02C, 0xC030, 0xC009, 0xC013, 0xC00A, 0xC014, 0x009C, 0x002F, 0x0035,
        ]
        var body = Self.pair(version.rawValue) + [UInt8](repeating: 0x5A, count: 32) + [0]
        body += Self.counted(ciphers.flatMap(Self.pair)) + [1, 0] + Self.counted(extensions)
        let message = [1, 0] + Self.pair(UInt16(body.count)) + body
        // The record's own version is the oldest one, as every client writes it.
        return [22] + Self.pair(Version.tls10.rawValue) + Self.counted(message)
    }

    /// Curves, the form of their points, and signatures.
    private var extensions: [UInt8] {
        let curves: [UInt16] = [0x001D, 0x0017, 0x0018]
        let signatures: [UInt16] = [0x0403, 0x0503, 0x0804, 0x0401, 0x0203, 0x0201]
        var text = Self.pair(10) + Self.counted(Self.counted(curves.flatMap(Self.pair)))
        text += Self.pair(11) + Self.counted([1, 0])
        // Before 1.2 nobody knows of these.
        if version == .tls12 { text += Self.pair(13) + Self.counted(Self.counted(signatures.flatMap(Self.pair))) }
        return text
    }

    /// Reads the beginning of an answer.
    static func answer(_ bytes: some Collection<UInt8>) -> Answer {
        let bytes = Array(bytes)
        if bytes.count >= 7, bytes[0] == 21 { return .refused(bytes[6]) }
        guard bytes.count >= answerLength, bytes[0] == 22, bytes[5] == 2 else { return .strange }
        return .accepted(UInt16(bytes[9]) << 8 | UInt16(bytes[10]))
    }

    private static func pair(_ number: UInt16) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 0xFF)] }
    private static func counted(_ bytes: [UInt8]) -> [UInt8] { pair(UInt16(bytes.count)) + bytes }
}
