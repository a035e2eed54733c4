public import Basics
import Synchronization

/// Reads JSON texts after RFC 8259, strictly and fast.
///
/// A text is checked as a whole before anything of it is handed out, so a caller never acts on the first half of a text
/// that is broken in its second. What a caller expects of it is then asked of a `JSONCursor`, which builds no tree.
///
///     let reader = JSONReader()
///     let event = try reader.read(Event.self, from: request.body)
///
/// A reader may be shared between threads and keeps the memory that it works in. A text is never copied, and nothing
/// behind its last byte is read.
public final class JSONReader: Sendable {
    /// What it accepts.
    public let rules: JSONRules

    /// What nobody reads with at the moment. More than a few, or what an uncommonly large text needed, is not kept.
    private let shelf = Mutex<[StructuralIndexer]>([])
    private static let keptMax = 8
    private static let keptLengthMax = 1 << 20

    /// A reader.
    public init(_ rules: JSONRules = JSONRules()) { self.rules = rules }

    /// A value that knows how to read itself.
    @inlinable
    public func read<Value: JSONReadable>(
        _ type: Value.Type = Value.self, from bytes: [UInt8]
    ) throws(JSONFault) -> Value {
        try read(from: bytes) { json throws(JSONFault) in try Value(reading: &json) }
    }

    /// A value that knows how to read itself.
    @inlinable
    public func read<Value: JSONReadable>(
        _ type: Value.Type = Value.self, from bytes: borrowing Span<UInt8>
    ) throws(JSONFault) -> Value {
        try read(from: bytes) { json throws(JSONFault) in try Value(reading: &json) }
    }

    /// A value that knows how to read itself.
    public func read<Value: JSONReadable>(
        _ type: Value.Type = Value.self, from text: String
    ) throws(JSONFault) -> Value {
        try read(type, from: text.utf8.span)
    }

    /// Whatever `body` makes of the value that is the whole text.
    public func read<Value>(
        from bytes: [UInt8], _ body: (inout JSONCursor) throws(JSONFault) -> Value
    ) throws(JSONFault) -> Value {
        try bytes.withUnsafeBufferPointer { bytes throws(JSONFault) in try read(bytes, body) }
    }

    /// Whatever `body` makes of the value that is the whole text.
    public func read<Value>(
        from bytes: borrowing Span<UInt8>, _ body: (inout JSONCursor) throws(JSONFault) -> Value
    ) throws(JSONFault) -> Value {
        try bytes.withUnsafeBufferPointer { bytes throws(JSONFault) in try read(bytes, body) }
    }

    /// The whole text as a tree, for cold paths.
    public func tree(from bytes: [UInt8]) throws(JSONFault) -> JSON { try read(JSON.self, from: bytes) }

    /// Checks a text and reads nothing of it.
    public func check(_ bytes: [UInt8]) throws(JSONFault) { try read(from: bytes) { _ throws(JSONFault) in } }

    private func read<Value>(
        _ bytes: UnsafeBufferPointer<UInt8>, _ body: (inout JSONCursor) throws(JSONFault) -> Value
    ) throws(JSONFault) -> Value {
        let indexer = try take()
        defer { giveBack(indexer) }
        var cursor = JSONCursor(try indexer.tokens(of: bytes, rules), at: 0)
        return try body(&cursor)
    }

    /// An indexer that nobody else has.
    func take() throws(JSONFault) -> StructuralIndexer {
        if let indexer = shelf.withLock({ $0.popLast() }) ?? StructuralIndexer() { return indexer }
        throw JSONFault(
            .tooLarge, "there is no memory for a reader", at: JSONPosition(offset: 0, line: 1, column: 1),
            path: JSONPath())
    }

    private func giveBack(_ indexer: StructuralIndexer) {
        guard indexer.lengthMax <= JSONReader.keptLengthMax else { return }
        shelf.withLock { if $0.count < JSONReader.keptMax { $0.append(indexer) } }
    }
}
