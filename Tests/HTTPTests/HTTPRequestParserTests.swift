import Basics
import HTTP
import TestSupport
import Testing

@Suite struct HTTPRequestParserTests {
    /// What a stream holds: requests with their bodies, and perhaps a fault at the end.
    private enum Found: Equatable {
        case request(HTTPRequest)
        case fault(HTTPFault)

        var status: Int {
            switch self {
            case .request: 0
            case .fault(let fault): fault.status.code
            }
        }
    }

    /// Reads pieces as they come.
    private func read(_ pieces: some Sequence<some Collection<UInt8>>) -> [Found] {
        var parser = HTTPRequestParser(limits: HTTPMessageLimits(body: ByteCount(1000)))
        var found: [Found] = []
        var request: HTTPRequest?
        for piece in pieces {
            parser.feed(piece)
            events: while true {
                switch parser.next() {
                case .head(let head, _): request = head
                case .body(let bytes): request?.body += bytes
                case .end: request.map { found.append(.request($0)) }
                case .fault(let fault): return found + [.fault(fault)]
                case .needMore: break events
                }
            }
        }
        return found
    }

    @Test("Each stream is read as the table says", arguments: RequestCase.all)
    func table(entry: RequestCase) {
        #expect(read([entry.bytes]).map(\.status) == entry.outcome)
    }

    @Test("A cut anywhere changes nothing", arguments: RequestCase.all)
    func cutAnywhere(entry: RequestCase) {
        let whole = read([entry.bytes])
        // The long ones repeat one letter; their ends are where something happens.
        let cuts = Array(0...entry.bytes.count).filter {
            entry.bytes.count < 2000 || $0 < 200 || $0 > entry.bytes.count - 200
        }
        for cut in cuts {
            let pieces = [entry.bytes[..<cut], entry.bytes[cut...]]
            #expect(read(pieces) == whole, "cut at \(cut)")
        }
    }

    @Test("Byte by byte is the same as all at once", arguments: RequestCase.all)
    func byteByByte(entry: RequestCase) {
        #expect(read(entry.bytes.map { [$0] }) == read([entry.bytes]))
    }

    @Test("All of them in one stream, in random pieces, are read the same")
    func randomPieces() {
        var generator = SeededGenerator()
        for last in RequestCase.all {
            let bytes = RequestCase.served.shuffled(using: &generator).flatMap(\.bytes) + last.bytes
            var pieces: [ArraySlice<UInt8>] = []
            var rest = bytes[...]
            while !rest.isEmpty {
                let length = Int.random(in: 1...Int.random(in: 1...3000, using: &generator), using: &generator)
                pieces.append(rest.prefix(length))
                rest = rest.dropFirst(length)
            }
            #expect(read(pieces) == read([bytes]), "last \"\(last.name)\"; \(generator.note)")
        }
    }

    @Test("A request has all its parts")
    func parts() throws {
        let text = "PUT /v1/a%20b?x=1 HTTP/1.1\r\nHost: salon\r\nX-One: 1\r\nx-one:2\r\nContent-Length: 3\r\n\r\nabc"
        guard case .request(let request) = try #require(read([Array(text.utf8)]).first) else {
            Issue.record("it is no request")
            return
        }
        #expect(request.method == .put)
        #expect(request.path == "/v1/a%20b")
        #expect(request.target.segments == ["v1", "a b"])
        #expect(request.query("x") == "1")
        #expect(request.headers.fields.map(\.name) == ["Host", "X-One", "x-one", "Content-Length"])
        #expect(request.headers.values(of: "X-ONE") == ["1", "2"])
        #expect(request.body == Array("abc".utf8))
    }

    @Test("After a fault every event is the same fault, whatever is fed")
    func faultStays() {
        var parser = HTTPRequestParser()
        parser.feed(Array("\n".utf8))
        let fault = parser.next()
        guard case .fault = fault else {
            Issue.record("a bare line feed is a fault")
            return
        }
        parser.feed(Array("GET / HTTP/1.0\r\n\r\n".utf8))
        #expect(parser.next() == fault)
    }

    @Test("Random bytes never do worse than a fault")
    func noise() {
        var generator = SeededGenerator()
        let end = ContinuousClock.now + .seconds(FuzzTime.seconds)
        var rounds = 0
        while rounds < 2000 || .now < end {
            rounds += 1
            var bytes = (RequestCase.served + RequestCase.brokenChunks).randomElement(using: &generator)?.bytes ?? []
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[place] = UInt8.random(in: .min ... .max, using: &generator)
            }
            let found = read([bytes])
            #expect(found == read(bytes.map { [$0] }), generator.note)
        }
    }
}
