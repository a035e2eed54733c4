import Telemetry
import Testing

@Suite struct TraceContextTests {
    private static let header = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    @Test("A request goes on in the trace of its sender with a step of its own")
    func continued() {
        let context = TraceContext(requestID: "r-1", traceparent: TraceContextTests.header)
        #expect(context.requestID.description == "r-1")
        #expect(context.traceID.description == "4bf92f3577b34da6a3ce929d0e0e4736")
        #expect(context.spanID.description != "00f067aa0ba902b7")
        #expect(context.traceparent.description == "00-\(context.traceID)-\(context.spanID)-01")
    }

    @Test("Without usable headers everything begins anew", arguments: [nil, "", "nonsense"])
    func begun(header: String?) {
        let context = TraceContext(requestID: header == nil ? nil : "not allowed", traceparent: header)
        #expect(context.requestID != TraceContext().requestID)
        #expect(context.requestID.description.count == 32)
        #expect(!context.isSampled)
        #expect(TraceParent(context.traceparent.description) != nil)
    }

    @Test("The next step stays in the same request and trace")
    func nextStep() {
        let context = TraceContext(traceparent: TraceContextTests.header)
        let next = context.nextStep()
        #expect(next.spanID != context.spanID)
        #expect((next.requestID, next.traceID, next.isSampled) == (context.requestID, context.traceID, true))
    }

    @Test(
        "A client's name for its request is taken when it is harmless",
        arguments: ["a", "7f1c9c1e-6f0e-4b52-9d2b-2a1a0f3c1d11", "Root=1-67891233-abcdef", "A.b_c:d+e/f=", long(128)])
    func accepted(header: String) {
        #expect(RequestIdentifier.accepting(header).description == header)
    }

    @Test(
        "A client's name that could do harm is replaced by a new one",
        arguments: [
            nil, "", " ", "a b", "a\nb", "a\"b", "a\\b", "<b>", "a;b", "a,b", "é", "a\0", "a\u{7F}", "{}", "%0a",
            long(129),
        ])
    func replaced(header: String?) {
        let identifier = RequestIdentifier.accepting(header).description
        #expect(identifier != header)
        #expect(identifier.count == 32)
        #expect(identifier.allSatisfy { $0.isHexDigit })
    }

    private static func long(_ count: Int) -> String { String(repeating: "x", count: count) }
}
