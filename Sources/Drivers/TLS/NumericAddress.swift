import Glibc

/// Addresses as certificates hold them: four or sixteen bytes.
enum NumericAddress {
    /// The one way of writing the address, like `::1` for `0:0:0:0:0:0:0:1`; nil for what is none.
    static func canonical(_ text: String) -> String? { bytes(of: text).flatMap { Self.text(of: $0) } }

    /// The bytes of an address; nil for what is none.
    static func bytes(of text: String) -> [UInt8]? {
        let isLong = text.contains(":")
        var bytes = [UInt8](repeating: 0, count: isLong ? 16 : 4)
        guard inet_pton(isLong ? AF_INET6 : AF_INET, text, &bytes) == 1 else { return nil }
        return bytes
    }

    /// The text of an address; nil unless there are four or sixteen bytes.
    static func text(of bytes: [UInt8]) -> String? {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        guard inet_ntop(family, bytes, &text, socklen_t(text.count)) != nil else { return nil }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
