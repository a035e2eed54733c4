import Telemetry
import Testing

@Suite struct TraceParentTests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    private static let span = "00f067aa0ba902b7"

    @Test("A header of version 00 is read and written back")
    func version00() throws {
        let parent = try #require(TraceParent("00-\(TraceParentTests.trace)-\(TraceParentTests.span)-01"))
        #expect(parent.traceID.description == TraceParentTests.trace)
        #expect(parent.parentID.description == TraceParentTests.span)
        #expect(parent.isSampled)
        #expect(parent.description == "00-\(TraceParentTests.trace)-\(TraceParentTests.span)-01")
    }

    @Test(
        "Of the flags only the sampled one counts",
        arguments: [("00", false), ("01", true), ("02", false), ("ff", true)])
    func flags(flags: String, sampled: Bool) throws {
        let parent = try #require(TraceParent("00-\(TraceParentTests.trace)-\(TraceParentTests.span)-\(flags)"))
        #expect(parent.isSampled == sampled)
        #expect(parent.description.hasSuffix(sampled ? "-01" : "-00"))
    }

    @Test("Of a higher version the part that 00 knows is read", arguments: ["", "-", "-what-the-future-brings"])
    func higherVersion(rest: String) throws {
        for version in ["01", "cc", "fe"] {
            let parent = try #require(
                TraceParent("\(version)-\(TraceParentTests.trace)-\(TraceParentTests.span)-01\(rest)"))
            #expect(parent.description == "00-\(TraceParentTests.trace)-\(TraceParentTests.span)-01")
        }
    }

    @Test(
        "What the specification calls invalid is refused",
        arguments: [
            "", "00", "-", "---", "00-\(trace)-\(span)", "00-\(trace)-\(span)-", "00-\(trace)-\(span)-1",
            "00-\(trace)-\(span)-001", "00-\(trace)-\(span)-01-", "00-\(trace)-\(span)-01-more",
            "01-\(trace)-\(span)-01more", "ff-\(trace)-\(span)-01", "0-\(trace)-\(span)-01", "000-\(trace)-\(span)-01",
            "FE-\(trace)-\(span)-01", "00-\(trace)-\(span)-0G", "00-\(trace)-\(span)-0A",
            "00-00000000000000000000000000000000-\(span)-01", "00-\(trace)-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-\(span)-01", "00-\(trace)-00F067AA0BA902B7-01",
            "00-\(trace.dropLast())-\(span)-01", "00-\(trace)0-\(span)-01", "00-\(trace)-\(span.dropLast())-01",
            "00-\(trace)-\(span)0-01", "00-\(trace.dropLast())g-\(span)-01", " 00-\(trace)-\(span)-01",
            "00-\(trace)-\(span)-01 ", "00_\(trace)_\(span)_01", "00-\(trace)-+\(span.dropLast())-01",
            "00-\(trace.dropLast(2))é-\(span)-01", "00--\(trace)-\(span)-01",
        ])
    func refused(header: String) {
        #expect(TraceParent(header) == nil)
    }

    @Test("New identifiers are well formed and never come twice")
    func random() {
        let traces = (0..<200).map { _ in TraceIdentifier.random() }
        let spans = (0..<200).map { _ in SpanIdentifier.random() }
        #expect(Set(traces).count == 200)
        #expect(Set(spans).count == 200)
        #expect(traces.allSatisfy { TraceIdentifier($0.description) == $0 })
        #expect(spans.allSatisfy { SpanIdentifier($0.description) == $0 })
    }
}
