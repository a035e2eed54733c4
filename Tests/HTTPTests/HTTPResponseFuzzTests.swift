import Glibc
import TestSupport
import Testing

@testable import HTTP

@Suite struct HTTPResponseFuzzTests {
    private static let samples = [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: y\r\n\r\nhello",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 206 Partial Content\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "5;a=b\r\nhello\r\n0f\r\n123456789012345\r\n0\r\nT: z\r\n\r\n",
        "HTTP/1.0 404 Not Found\r\nConnection: keep-alive\r\n\r\nuntil the end",
        "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n",
    ].map { Array($0.utf8) }

    /// What a parser makes of the bytes, the body as a whole.
    private func read(_ pieces: [ArraySlice<UInt8>]) -> [HTTPResponseParser.Event] {
        var parser = HTTPResponseParser(to: .get, limits: HTTPMessageLimits())
        var (events, body): ([HTTPResponseParser.Event], [UInt8]) = ([], [])
        func take() -> Bool {
            while true {
                let event = parser.next()
                switch event {
                case .needMore: return false
                case .body(let bytes): body += bytes
                case .end, .fault:
                    events += [.body(body), event]
                    return true
                default: events.append(event)
                }
            }
        }
        for piece in pieces {
            parser.feed(piece)
            if take() { return events }
        }
        parser.finish()
        #expect(take(), "a finished response ends")
        return events
    }

    @Test("Damaged responses mean the same however they are cut into pieces")
    func damage() {
        var generator = SeededGenerator()
        let seconds = getenv("PARLOR_FUZZ_SECONDS").flatMap { Int64(String(cString: $0)) } ?? 0
        let end = ContinuousClock.now + .seconds(seconds)
        var rounds = 0
        while rounds < 2000 || ContinuousClock.now < end {
            rounds += 1
            var bytes = Self.samples[rounds % Self.samples.count]
            for _ in 0..<Int.random(in: 0...3, using: &generator) {
                let index = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[index] = UInt8.random(in: 0 ... .max, using: &generator)
                case 1: bytes.insert(contentsOf: Array("\r\n".utf8), at: index)
                default: if bytes.count > 1 { bytes.remove(at: index) }
                }
            }
            let cuts = (0..<4).map { _ in Int.random(in: 0...bytes.count, using: &generator) }.sorted()
            let bounds = [0] + cuts + [bytes.count]
            let pieces = zip(bounds, bounds.dropFirst()).map { bytes[$0..<$1] }
            #expect(read(pieces) == read([bytes[...]]), generator.note)
        }
    }
}
