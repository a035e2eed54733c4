internal import Basics

/// The name under which client, logs and error answers speak of one request.
public struct RequestIdentifier: Hashable, Sendable, CustomStringConvertible {
    /// The name as text.
    public let description: String

    /// A new one that nobody can guess.
    public static func random() -> RequestIdentifier {
        RequestIdentifier(unchecked: TraceIdentifier.random().description)
    }

    private init(unchecked text: String) { description = text }

    /// What a client sent as `X-Request-Id`, if it is 1 to 128 letters, digits or signs of `-_.:+/=`; nil for anything
    /// else.
    public init?(_ header: String) {
        guard (1...128).contains(header.utf8.count), header.utf8.allSatisfy(RequestIdentifier.isAllowed) else {
            return nil
        }
        self.init(unchecked: header)
    }

    /// What the client sent, if it may be used, otherwise a new one.
    public static func accepting(_ header: String?) -> RequestIdentifier {
        header.flatMap { RequestIdentifier($0) } ?? .random()
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "-_.:+/=".utf8.contains(byte)
        }
    }
}
