/// The address of a mailbox, like `ops@example.org`: none that exists holds anything that could end a line of a message.
public struct MailAddress: Hashable, Sendable, CustomStringConvertible {
    /// What stands before the sign.
    public let mailbox: String
    /// What stands behind it.
    public let domain: String

    /// As people write it.
    public var description: String { "\(mailbox)@\(domain)" }

    /// Reads an address in the form that everybody uses; nil for anything else, comments and quotes included.
    public init?(_ text: String) {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false).map { String($0) }
        guard parts.count == 2, Self.isMailbox(parts[0]), Self.isDomain(parts[1]) else { return nil }
        (mailbox, domain) = (parts[0], parts[1])
    }

    private static func isMailbox(_ text: String) -> Bool {
        let marks = Array("!#$%&'*+-/=?^_`{|}~".utf8)
        let words = text.split(separator: ".", omittingEmptySubsequences: false)
        return text.utf8.count <= 64
            && words.allSatisfy { word in
                !word.isEmpty && word.utf8.allSatisfy { isLetterOrDigit($0) || marks.contains($0) }
            }
    }

    private static func isDomain(_ text: String) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        return text.utf8.count <= 253
            && labels.allSatisfy { label in
                (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
                    && label.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
            }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
