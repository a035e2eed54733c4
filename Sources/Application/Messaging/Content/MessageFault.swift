package import Basics

/// Why a message cannot be sent as it is. It names the part and what WhatsApp asks of it, never what stands there.
package struct MessageFault: Error, Hashable, CustomStringConvertible {
    /// The part, as in `interactive.buttons[2].title`.
    package let part: String
    /// What is wrong with it.
    package let reason: String

    /// A fault in a part.
    package init(_ part: String, _ reason: String) {
        self.part = part
        self.reason = reason
    }

    /// The part and the reason.
    package var description: String { "\(part) \(reason)" }
}

extension MessageFault: ExplainedError {
    /// The same for people.
    package var explained: ParlorError {
        ParlorError(.malformed, "the message cannot be sent", why: description)
    }
}

/// Checks of what WhatsApp limits. Lengths are counted as UTF-16 does, which counts nothing shorter than WhatsApp.
enum ContentCheck {
    /// A text of a permitted length without the one character that no text of PostgreSQL can hold.
    static func text(_ text: String, _ part: String, _ lengths: ClosedRange<Int>) throws(MessageFault) {
        let length = text.utf16.count
        if length == 0, lengths.lowerBound > 0 { throw MessageFault(part, "is empty") }
        guard lengths.contains(length) else {
            throw MessageFault(part, "has \(length) characters, and may have \(lengths.upperBound)")
        }
        if text.utf8.contains(0) { throw MessageFault(part, "holds a NUL") }
    }

    /// The same for what may be absent.
    static func optional(_ text: String?, _ part: String, _ lengths: ClosedRange<Int>) throws(MessageFault) {
        if let text { try self.text(text, part, lengths) }
    }

    /// A number of things.
    static func count(_ count: Int, _ part: String, _ counts: ClosedRange<Int>) throws(MessageFault) {
        guard counts.contains(count) else {
            let permitted =
                counts.lowerBound == counts.upperBound
                ? "\(counts.upperBound)" : "\(counts.lowerBound) to \(counts.upperBound)"
            throw MessageFault(part, "are \(count), and may be \(permitted)")
        }
    }

    /// Things of which no two may be alike.
    static func unique(_ names: [String], _ part: String) throws(MessageFault) {
        guard Set(names).count == names.count else { throw MessageFault(part, "has one twice") }
    }
}
