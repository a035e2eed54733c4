import Basics
import TestSupport
import Testing

@testable import HTTP

@Suite struct WebSocketCodecTests {
    /// Bytes from a client, and what a server makes of them.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let bytes: [UInt8]
        let events: [WebSocketCodec.Event]
        let answer: [UInt8]
        var testDescription: String { name }

        /// `code` stands for the farewell that the server answers with.
        init(_ name: String, _ bytes: [UInt8], _ events: [WebSocketCodec.Event] = [], code: Int? = nil) {
            self.name = name
            self.bytes = bytes
            self.events = events + (code.map { [.close(WebSocketClose($0, "the other end broke a rule"))] } ?? [])
            answer = code.map { [0x88, 2, UInt8($0 >> 8), UInt8($0 & 255)] } ?? []
        }

        init(_ name: String, _ bytes: [UInt8], _ events: [WebSocketCodec.Event], answer: [UInt8]) {
            (self.name, self.bytes, self.events, self.answer) = (name, bytes, events, answer)
        }
    }

    private static func frame(_ first: UInt8, _ text: String) -> [UInt8] { RawWebSocket.frame(first, Array(text.utf8)) }

    private static func close(_ code: Int, _ reason: [UInt8] = []) -> [UInt8] {
        RawWebSocket.frame(0x88, [UInt8(code >> 8), UInt8(code & 255)] + reason)
    }

    private static let mask: [UInt8] = [1, 2, 3, 4]

    static let cases: [Case] = [
        Case("text", frame(0x81, "hello"), [.text("hello")]),
        Case("nothing", frame(0x81, ""), [.text("")]),
        Case("bytes", RawWebSocket.frame(0x82, [0, 255]), [.binary([0, 255])]),
        Case("two in a row", frame(0x81, "a") + frame(0x81, "b"), [.text("a"), .text("b")]),
        Case("fragments", frame(0x01, "he") + frame(0, "l") + frame(0x80, "lo"), [.text("hello")]),
        Case("empty fragments", frame(0x01, "") + frame(0, "") + frame(0x80, ""), [.text("")]),
        Case(
            "a ping between fragments", frame(0x01, "a") + frame(0x89, "p") + frame(0x80, "b"), [.text("ab")],
            answer: [0x8A, 1, UInt8(ascii: "p")]),
        Case("a letter cut in two", RawWebSocket.frame(0x01, [0xC3]) + RawWebSocket.frame(0x80, [0xA9]), [.text("é")]),
        Case("an unasked pong", frame(0x8A, "x"), []),
        Case("a farewell", close(1000), [.close(WebSocketClose(1000))], answer: [0x88, 2, 3, 0xE8]),
        Case(
            "a farewell with a reason", close(4001, Array("bye".utf8)), [.close(WebSocketClose(4001, "bye"))],
            answer: [0x88, 5, 0x0F, 0xA1] + Array("bye".utf8)),
        Case("a farewell without a code", frame(0x88, ""), [.close(WebSocketClose(1005))], answer: [0x88, 0]),
        Case("what follows a farewell", close(1000) + frame(0x81, "x"), [.close(.normal)], answer: [0x88, 2, 3, 0xE8]),

        Case("no mask", RawWebSocket.frame(0x81, [1], isMasked: false), code: 1002),
        Case("a reserved bit", frame(0xC1, "x"), code: 1002),
        Case("another reserved bit", frame(0x91, "x"), code: 1002),
        Case("a reserved opcode", frame(0x83, "x"), code: 1002),
        Case("a reserved control opcode", frame(0x8B, "x"), code: 1002),
        Case("a continuation of nothing", frame(0x80, "x"), code: 1002),
        Case("a new message inside another", frame(0x01, "x") + frame(0x81, "y"), code: 1002),
        Case("a ping in fragments", frame(0x09, "x"), code: 1002),
        Case("a ping of 126 bytes", RawWebSocket.frame(0x89, Array(repeating: 0, count: 126)), code: 1002),
        Case("a length that is not the shortest", [0x81, 0x80 | 126, 0, 5] + mask, code: 1002),
        Case(
            "a long length that is not the shortest", [0x81, 0x80 | 127, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF] + mask,
            code: 1002),
        Case("a length with the highest bit", [0x82, 0x80 | 127, 0x80, 0, 0, 0, 0, 0, 0, 0] + mask, code: 1002),
        Case("a farewell of one byte", frame(0x88, "x"), code: 1002),
        Case("a farewell with a code nobody may send", close(1005), code: 1002),
        Case("a farewell with a code of another time", close(999), code: 1002),
        Case("text that is no UTF-8", RawWebSocket.frame(0x81, [0x61, 0xFF]), code: 1007),
        Case("an overlong letter", RawWebSocket.frame(0x81, [0xC0, 0xAF]), code: 1007),
        Case("half of a pair", RawWebSocket.frame(0x81, [0xED, 0xA0, 0x80]), code: 1007),
        Case("a letter beyond the last one", RawWebSocket.frame(0x81, [0xF4, 0x90, 0x80, 0x80]), code: 1007),
        Case("a letter that does not end", RawWebSocket.frame(0x81, [0xC3]), code: 1007),
        Case("a message too large", RawWebSocket.frame(0x02, large) + RawWebSocket.frame(0x80, large), code: 1009),
    ]

    private static let large = [UInt8](repeating: 1, count: 600)

    private static var limits: WebSocketLimits {
        var limits = WebSocketLimits()
        (limits.message, limits.frame, limits.fragments) = (ByteCount(1000), ByteCount(800), 4)
        return limits
    }

    /// What a server makes of pieces as they come, and what it answers.
    private func read(_ pieces: some Sequence<some Collection<UInt8>>) -> ([WebSocketCodec.Event], [UInt8]) {
        let codec = WebSocketCodec(.server, Self.limits)
        var (events, answer): ([WebSocketCodec.Event], [UInt8]) = ([], [])
        for piece in pieces {
            events += codec.receive(Array(piece))
            answer += codec.takeOutput()
        }
        return (events, answer)
    }

    @Test("Frames are read as the table says", arguments: cases)
    func table(entry: Case) {
        let (events, answer) = read([entry.bytes])
        #expect(events == entry.events)
        #expect(answer == entry.answer)
    }

    @Test("A cut anywhere changes nothing", arguments: cases)
    func cutAnywhere(entry: Case) {
        let whole = read([entry.bytes])
        for cut in 0...entry.bytes.count {
            let cutOnce = read([entry.bytes[..<cut], entry.bytes[cut...]])
            #expect(cutOnce == whole, "cut at \(cut)")
        }
        #expect(read(entry.bytes.map { [$0] }) == whole)
    }

    @Test("A frame too large and a fragment too many are refused before they are whole")
    func refused() {
        let frame = read([RawWebSocket.frame(0x82, [1], length: 801)])
        #expect(frame.0 == [.close(WebSocketClose(1009, "a frame is too large"))])
        let fragments = read([Self.frame(0x01, "a") + (0..<4).flatMap { _ in Self.frame(0, "a") }])
        #expect(fragments.0 == [.close(WebSocketClose(1008, "a message has too many fragments"))])
    }

    @Test("A farewell whose reason is no text is a farewell of its own, in whatever pieces it comes")
    func reason() {
        let bytes = Self.close(1000, [0x61, 0xFF])
        for cut in 0...bytes.count {
            let (events, answer) = read([bytes[..<cut], bytes[cut...]])
            guard case .close(let close) = events.last else {
                Issue.record("it did not end")
                continue
            }
            #expect(close.code == 1007 && answer == [0x88, 2, 0x03, 0xEF], "cut at \(cut)")
        }
    }

    @Test("What a client sends is read by a server as it was meant, in any pieces")
    func roundTrip() {
        var generator = SeededGenerator()
        for _ in 0..<200 {
            let client = WebSocketCodec(.client, Self.limits)
            var sent: [WebSocketCodec.Event] = []
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let bytes = (0..<Int.random(in: 0...700, using: &generator)).map { _ in
                    UInt8.random(in: 97...122, using: &generator)
                }
                if Bool.random(using: &generator) {
                    client.send(binary: bytes)
                    sent.append(.binary(bytes))
                } else {
                    client.send(text: String(decoding: bytes, as: UTF8.self))
                    sent.append(.text(String(decoding: bytes, as: UTF8.self)))
                }
            }
            #expect(read(pieces(of: client.takeOutput(), &generator)).0 == sent, generator.note)
        }
    }

    @Test("Random bytes end in a farewell at the worst, in whatever pieces they come")
    func noise() {
        var generator = SeededGenerator()
        let seconds = ContinuousClock.now + .seconds(FuzzTime.seconds)
        var rounds = 0
        repeat {
            var bytes = (0..<Int.random(in: 1...4, using: &generator)).flatMap { _ in
                Self.cases.randomElement(using: &generator)?.bytes ?? []
            }
            for _ in 0..<Int.random(in: 0...4, using: &generator) where !bytes.isEmpty {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(in: 0 ... .max, using: &generator)
            }
            let whole = codes(read([bytes]).0)
            #expect(codes(read(pieces(of: bytes, &generator)).0) == whole, generator.note)
            rounds += 1
        } while rounds < 500 || .now < seconds
    }

    /// The events, a farewell by its code alone.
    private func codes(_ events: [WebSocketCodec.Event]) -> [WebSocketCodec.Event] {
        events.map { if case .close(let close) = $0 { .close(WebSocketClose(close.code)) } else { $0 } }
    }

    private func pieces(of bytes: [UInt8], _ generator: inout SeededGenerator) -> [ArraySlice<UInt8>] {
        var pieces: [ArraySlice<UInt8>] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Int.random(in: 1...40, using: &generator)
            pieces.append(rest.prefix(count))
            rest = rest.dropFirst(count)
        }
        return pieces
    }
}
