package import Basics

/// What a journal says, read at any time and after any end.
package struct JournalContents: Equatable, Sendable {
    /// The writes that were announced, and what became of each as far as its client knew: `intent` and `unknown` leave
    /// it open.
    package private(set) var outcomes: [Operation: JournalRecord.Kind] = [:]
    /// How many bytes at the end were half a record.
    package private(set) var tornBytes = 0

    /// Nothing yet.
    package init() {}

    /// Reads a journal. Half a record at its very end is what a kill leaves; anywhere else it is damage.
    package init(readingFrom path: String) throws(ParlorError) {
        let text = String(decoding: try Files.read(path, limit: .gigabytes(2)), as: UTF8.self)
        try self.init(text)
    }

    init(_ text: String) throws(ParlorError) {
        var rest = text[...]
        while let end = rest.utf8.firstIndex(of: UInt8(ascii: "\n")) {
            let line = rest[..<end]
            rest = rest[rest.utf8.index(after: end)...]
            guard let record = JournalRecord(line: line) else {
                throw ParlorError(.malformed, "the journal is damaged after \(outcomes.count) writes")
            }
            try add(record)
        }
        tornBytes = rest.utf8.count
    }

    /// Takes in what a client knew next.
    package mutating func add(_ record: JournalRecord) throws(ParlorError) {
        let known = outcomes[record.operation]
        guard known == (record.kind == .intent ? nil : .intent) else {
            let before = known?.rawValue ?? "nothing"
            throw ParlorError(
                .malformed, "the journal says \(record.kind.rawValue) of the write \(record.operation) after \(before)")
        }
        outcomes[record.operation] = record.kind
    }

    /// How many writes ended so.
    package func count(_ kind: JournalRecord.Kind) -> Int { outcomes.values.count { $0 == kind } }
}
