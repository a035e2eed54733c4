/// Which write of which client.
package struct Operation: Hashable, Comparable, Sendable {
    /// The client's number.
    package var client: Int
    /// Counted from 1 by its client.
    package var sequence: Int

    /// Names a write.
    package init(client: Int, sequence: Int) {
        self.client = client
        self.sequence = sequence
    }

    /// By client, then in the client's own order.
    package static func < (left: Operation, right: Operation) -> Bool {
        (left.client, left.sequence) < (right.client, right.sequence)
    }
}

extension Operation: CustomStringConvertible {
    /// Like `12.340`.
    package var description: String { "\(client).\(sequence)" }
}

/// What a client knew of a write at some moment.
package struct JournalRecord: Equatable, Sendable {
    /// What it knew.
    package enum Kind: String, Sendable {
        /// It is about to be sent.
        case intent
        /// The server said that it is committed.
        case acknowledged
        /// The connection ended after it was sent: it took effect, or it did not.
        case unknown
        /// The server said that it did not take effect.
        case refused
    }

    /// What it knew.
    package var kind: Kind
    /// The write.
    package var operation: Operation
    /// The SQLSTATE, or another word for why; nothing for what went well.
    package var reason: String?

    /// Describes a moment.
    package init(_ kind: Kind, _ operation: Operation, reason: String? = nil) {
        self.kind = kind
        self.operation = operation
        self.reason = reason
    }
}

extension JournalRecord {
    /// The line of a file, with a sum at its end by which half a line is known.
    var line: String {
        let text = "\(kind.rawValue) \(operation.client) \(operation.sequence) \(reason ?? "-")"
        return "\(text) \(Self.sum(of: text))\n"
    }

    /// Reads a line without its end; nil when it is not whole.
    init?(line: Substring) {
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 5, let kind = Kind(rawValue: String(words[0])), let client = Int(words[1]),
            let sequence = Int(words[2])
        else { return nil }
        guard words[4] == Self.sum(of: line.dropLast(words[4].count + 1)) else { return nil }
        let reason = words[3] == "-" ? nil : String(words[3])
        self.init(kind, Operation(client: client, sequence: sequence), reason: reason)
    }

    /// FNV-1a, which is enough to tell a line from the beginning of one.
    private static func sum(of text: some StringProtocol) -> String {
        let sum = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return String(sum, radix: 36)
    }
}
