import Basics
import Postgres
import TestSupport
import Testing

@testable import Bookings

@Suite("Bookings as an iCalendar text") struct CalendarTextTests {
    private let start = Timestamp(seconds: 1_780_308_000)

    @Test("An entry says when, what and of which version, in UTC")
    func entry() throws {
        var event = CalendarEvent(.sample(start: start, version: 3), summary: "Cut at Ada's")
        event.location = "Main Street 1, Berlin; second floor"
        let text = CalendarText(domain: "parlor.example").render([event])
        #expect(
            text
                == [
                    "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Parlor//Bookings//EN", "CALSCALE:GREGORIAN",
                    "METHOD:PUBLISH", "BEGIN:VEVENT", "UID:00000000-0000-7000-8000-000000000001@parlor.example",
                    "SEQUENCE:2", "DTSTAMP:20260601T100000Z", "CREATED:20260601T100000Z",
                    "LAST-MODIFIED:20260601T100000Z",
                    "DTSTART:20260601T100000Z", "DTEND:20260601T103000Z", "STATUS:CONFIRMED", "TRANSP:OPAQUE",
                    "SUMMARY:Cut at Ada's", "LOCATION:Main Street 1\\, Berlin\\; second floor", "END:VEVENT",
                    "END:VCALENDAR", "",
                ].joined(separator: "\r\n"))
    }

    @Test("An entry keeps its identifier, counts its versions, and is struck out when it is cancelled")
    func versions() throws {
        func entry(_ version: Int32, _ status: BookingStatus) throws -> [String: String] {
            let event = CalendarEvent(.sample(start: start, version: version, status: status), summary: "Cut")
            return try #require(StrictCalendar(CalendarText(domain: "x").render([event])).events.first)
        }
        let entries = try [entry(1, .held), entry(2, .confirmed), entry(3, .cancelled), entry(4, .noShow)]
        #expect(Set(entries.map { $0["UID"] }).count == 1)
        #expect(entries.map { $0["SEQUENCE"] } == ["0", "1", "2", "3"])
        #expect(entries.map { $0["STATUS"] } == ["TENTATIVE", "CONFIRMED", "CANCELLED", "CONFIRMED"])
    }

    @Test("Whatever stands in the texts is read back by a strict reader, and no line is longer than 75 octets")
    func texts() throws {
        var generator = SeededGenerator()
        let letters = ["a", ",", ";", "\\", "\n", "\"", ":", " ", "é", "日", "👩‍🦰", "ж", "\\n", "BEGIN:VEVENT", "\t"]
        for _ in 0..<300 {
            func text() -> String {
                let count = Int.random(in: 0...120, using: &generator)
                return (0..<count).compactMap { _ in letters.randomElement(using: &generator) }.joined()
            }
            let events = (0..<Int.random(in: 0...3, using: &generator)).map { _ in
                var event = CalendarEvent(.sample(id: .random(), start: start), summary: text())
                event.text = text()
                return event
            }
            let name = text()
            let calendar = try StrictCalendar(CalendarText(domain: "parlor.example", name: name).render(events))
            #expect(calendar.properties["X-WR-CALNAME"] == name, generator.note)
            #expect(calendar.events.map { $0["SUMMARY"] } == events.map(\.summary), generator.note)
            #expect(calendar.events.map { $0["DESCRIPTION"] } == events.map(\.text), generator.note)
        }
    }

    @Test("A text cannot bring a line of its own")
    func injection() throws {
        let event = CalendarEvent(
            .sample(start: start), summary: "Cut\r\nEND:VEVENT\r\nATTACH:http://evil.example\u{0}\u{85}")
        let calendar = try StrictCalendar(CalendarText(domain: "x").render([event]))
        #expect(calendar.events.count == 1 && calendar.events[0]["ATTACH"] == nil)
    }
}

/// A reader of iCalendar texts that lets nothing pass.
private struct StrictCalendar {
    struct Fault: Error { let what: String }

    private(set) var properties: [String: String] = [:]
    private(set) var events: [[String: String]] = []

    init(_ text: String) throws {
        var open: [String] = []
        for line in try Self.lines(Array(text.utf8)) {
            guard let colon = line.firstIndex(of: ":") else { throw Fault(what: "no colon in \(line)") }
            let (name, value) = (String(line[..<colon]), String(line[line.index(after: colon)...]))
            guard !name.isEmpty, name.utf8.allSatisfy({ (65...90).contains($0) || $0 == UInt8(ascii: "-") }) else {
                throw Fault(what: "a name \(name)")
            }
            switch (name, open) {
            case ("BEGIN", []) where value == "VCALENDAR": open = [value]
            case ("BEGIN", ["VCALENDAR"]) where value == "VEVENT":
                open.append(value)
                events.append([:])
            case ("END", _) where open.last == value: open.removeLast()
            case (_, ["VCALENDAR"]): properties[name] = try Self.unescaped(value)
            case (_, ["VCALENDAR", "VEVENT"]):
                guard events[events.count - 1].updateValue(try Self.unescaped(value), forKey: name) == nil else {
                    throw Fault(what: "\(name) twice")
                }
            default: throw Fault(what: "\(line) within \(open)")
            }
        }
        guard open.isEmpty, properties["VERSION"] == "2.0", properties["PRODID"] != nil else {
            throw Fault(what: "it is not whole")
        }
        let required = ["UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "STATUS", "SUMMARY"]
        guard events.allSatisfy({ event in required.allSatisfy { event[$0] != nil } }) else {
            throw Fault(what: "an entry is not whole")
        }
    }

    /// Unfolded lines, of at most 75 octets as they stand, each of whole characters.
    private static func lines(_ bytes: [UInt8]) throws -> [String] {
        var (lines, rest) = ([[UInt8]](), bytes[...])
        while !rest.isEmpty {
            guard let end = rest.firstIndex(of: 13), rest[end...].starts(with: [13, 10]) else {
                throw Fault(what: "a line without its end")
            }
            let line = Array(rest[..<end])
            rest = rest[(end + 2)...]
            guard line.count <= 75, !line.contains(10), String(validating: line, as: UTF8.self) != nil else {
                throw Fault(what: "a line of \(line.count) octets, or with broken characters")
            }
            if line.first == 32, !lines.isEmpty {
                lines[lines.count - 1] += line.dropFirst()
            } else {
                lines.append(line)
            }
        }
        return lines.map { String(decoding: $0, as: UTF8.self) }
    }

    private static func unescaped(_ text: String) throws -> String {
        var result = String.UnicodeScalarView()
        var scalars = text.unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            switch scalar {
            case "\\":
                switch scalars.next() {
                case "n", "N": result.append("\n")
                case let next? where ["\\", ";", ","].contains(next): result.append(next)
                default: throw Fault(what: "an escape that is none")
                }
            case ",", ";": throw Fault(what: "a bare \(scalar)")
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}
