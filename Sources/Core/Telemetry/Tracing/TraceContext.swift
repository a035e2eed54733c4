/// The request that is being answered, and its place in a trace.
///
/// `TraceContext.$current.withValue(context) { … }` puts it on every log line that is written inside.
public struct TraceContext: Hashable, Sendable {
    /// The request.
    public var requestID: RequestIdentifier
    /// The trace.
    public var traceID: TraceIdentifier
    /// Our step of the trace.
    public var spanID: SpanIdentifier
    /// Whether the trace may be recorded, as whoever began it decided.
    public var isSampled: Bool

    /// The context of the code that runs now; nil when no request is being answered.
    @TaskLocal public static var current: TraceContext?

    /// The context of a request: headers that can be used are taken over, everything else begins anew.
    public init(requestID: String? = nil, traceparent: String? = nil) {
        let parent = traceparent.flatMap { TraceParent($0) }
        self.requestID = .accepting(requestID)
        self.traceID = parent?.traceID ?? .random()
        self.spanID = .random()
        self.isSampled = parent?.isSampled ?? false
    }

    /// A further step of the same request.
    public func nextStep() -> TraceContext {
        var next = self
        next.spanID = .random()
        return next
    }

    /// The `traceparent` that goes with what this step sends to others.
    public var traceparent: TraceParent { TraceParent(traceID: traceID, parentID: spanID, isSampled: isSampled) }

    /// What a log line carries of it.
    var metadata: LogMetadata {
        [.requestID: requestID.description, .traceID: traceID.description, .spanID: spanID.description]
    }
}
