import Basics

/// A digest of some bytes. Comparing two takes the same time wherever they differ.
public struct Digest: Hashable, Sendable {
    /// The bytes of the digest.
    public let bytes: [UInt8]

    /// A digest that is known already.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The digest of some bytes.
    public init(_ algorithm: DigestAlgorithm, of bytes: some Collection<UInt8>) {
        let hasher = StreamingDigest(algorithm)
        hasher.update(bytes)
        self = hasher.finish()
    }

    /// The keyed digest of some bytes (HMAC, RFC 2104).
    public init(_ algorithm: DigestAlgorithm = .sha256, of bytes: some Collection<UInt8>, key: [UInt8]) {
        self = DigestKey(key, algorithm).digest(of: bytes)
    }

    /// Reads lower-case or upper-case hexadecimal digits; nil for anything else.
    public init?(hexadecimal text: String) { self.init(hexadecimal: text[...]) }

    /// Reads the digits of a part of a text.
    public init?(hexadecimal text: Substring) {
        let digits = text.utf8
        let count = digits.count
        guard count > 0, count.isMultiple(of: 2) else { return nil }
        var bytes = [UInt8](repeating: 0, count: count / 2)
        var place = 0
        for digit in digits {
            guard let value = Self.value(ofDigit: digit) else { return nil }
            bytes[place / 2] = bytes[place / 2] << 4 | value
            place += 1
        }
        self.bytes = bytes
    }

    private static func value(ofDigit digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// Lower-case hexadecimal digits.
    public var hexadecimal: String { Basics.hexadecimal(bytes) }

    /// The alphabet of RFC 4648 with padding.
    public var base64: String { Base64.text(bytes) }

    /// Whether they are the same, in a time that does not tell where they differ.
    public static func == (left: Digest, right: Digest) -> Bool {
        guard left.bytes.count == right.bytes.count else { return false }
        var difference: UInt8 = 0
        for index in left.bytes.indices { difference |= left.bytes[index] ^ right.bytes[index] }
        return difference == 0
    }
}

extension Digest: CustomStringConvertible {
    /// Lower-case hexadecimal digits.
    public var description: String { hexadecimal }
}
