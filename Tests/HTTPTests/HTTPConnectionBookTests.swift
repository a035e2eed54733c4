import Basics
import Testing

@testable import HTTP

@Suite struct HTTPConnectionBookTests {
    @Test("Places are given, refused and at last not even refused; each that is left can be taken again")
    func places() {
        var limits = HTTPServerLimits()
        (limits.connections, limits.refusals) = (2, 1)
        var book = HTTPConnectionBook(limits)
        var admissions = (0..<4).map { _ in book.admit() }
        #expect(admissions == [.serve(0), .serve(1), .refuse(2), .drop])
        book.closed(2)
        book.closed(0)
        admissions = (0..<3).map { _ in book.admit() }
        #expect(admissions == [.serve(3), .refuse(4), .drop])
    }

    @Test("Draining closes what is idle or refused, lets the busy ones end, and takes nothing new")
    func draining() {
        var limits = HTTPServerLimits()
        limits.connections = 2
        var book = HTTPConnectionBook(limits)
        for _ in 0..<3 { _ = book.admit() }
        book.began(1)
        let mayGoOn = book.finished(0)
        #expect(mayGoOn)
        let closedNow = book.drain()
        #expect(closedNow == [0, 2])
        let late = book.admit()
        #expect(late == .drop)
        book.closed(0)
        book.closed(2)
        #expect(!book.isDrained)
        let mayStillGoOn = book.finished(1)
        #expect(!mayStillGoOn)
        book.closed(1)
        #expect(book.isDrained)
    }

    @Test(
        "A date is written as HTTP wants it",
        arguments: [
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (1_709_164_800, "Thu, 29 Feb 2024 00:00:00 GMT"), (4_102_444_799, "Thu, 31 Dec 2099 23:59:59 GMT"),
        ] as [(Int64, String)])
    func dates(seconds: Int64, text: String) {
        #expect(HTTPDate.text(Timestamp(seconds: seconds)) == text)
        #expect(HTTPDate.moment(text) == Timestamp(seconds: seconds))
    }

    @Test(
        "What is no date of that form is none",
        arguments: [
            "", "Sun, 06 Nov 1994 08:49:37", "Sunday, 06-Nov-94 08:49:37 GMT", "Mon, 06 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 6 Nov 1994 08:49:37 GMT",
        ])
    func noDate(text: String) { #expect(HTTPDate.moment(text) == nil) }

    @Test("The date line of a second is replaced by that of the next")
    func nextSecond() {
        var line = HTTPDateLine()
        _ = line.bytes(at: Timestamp(seconds: 0))
        let texts = [999_999, 1_000_000].map { line.bytes(at: Timestamp(microseconds: $0)) }
        #expect(texts[0] == Array("Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n".utf8))
        #expect(texts[1] == Array("Date: Thu, 01 Jan 1970 00:00:01 GMT\r\n".utf8))
    }
}
