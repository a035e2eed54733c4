/// The `traceparent` header of W3C Trace Context: the trace that a request belongs to and the step that sent it.
public struct TraceParent: Hashable, Sendable, CustomStringConvertible {
    /// The trace.
    public var traceID: TraceIdentifier
    /// The step that sent the request.
    public var parentID: SpanIdentifier
    /// Whether the sender may have recorded the trace.
    public var isSampled: Bool

    /// A header's content.
    public init(traceID: TraceIdentifier, parentID: SpanIdentifier, isSampled: Bool) {
        self.traceID = traceID
        self.parentID = parentID
        self.isSampled = isSampled
    }

    /// Reads a header strictly; nil for anything that the specification calls invalid.
    ///
    /// Of a version above 00 the part that 00 knows is read, and what follows behind a further dash is left alone, as
    /// the specification wants it; version ff does not exist.
    public init?(_ header: String) {
        let fields = header.split(separator: "-", maxSplits: 4, omittingEmptySubsequences: false)
        guard fields.count >= 4, fields[0].utf8.count == 2, fields[3].utf8.count == 2,
            let version = UInt8(lowercaseHexadecimal: fields[0].utf8), version != 0xFF,
            version > 0 || fields.count == 4,
            let traceID = TraceIdentifier(fields[1]), let parentID = SpanIdentifier(fields[2]),
            let flags = UInt8(lowercaseHexadecimal: fields[3].utf8)
        else { return nil }
        self.init(traceID: traceID, parentID: parentID, isSampled: flags & 1 == 1)
    }

    /// The header in version 00.
    public var description: String { "00-\(traceID)-\(parentID)-\(isSampled ? "01" : "00")" }
}
