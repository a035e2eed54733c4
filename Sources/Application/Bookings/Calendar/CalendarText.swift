import Basics

/// What a calendar entry says about a booking. It is what the customer or the salon wants to read, so the caller chooses
/// the words.
package struct CalendarEvent: Hashable, Sendable {
    /// The booking.
    package var booking: BookingDetails
    /// A few words.
    package var summary: String
    /// Longer words; nil for none.
    package var text: String?
    /// Where it takes place; nil when that goes without saying.
    package var location: String?

    /// An entry for a booking.
    package init(_ booking: BookingDetails, summary: String, text: String? = nil, location: String? = nil) {
        self.booking = booking
        self.summary = summary
        self.text = text
        self.location = location
    }
}

/// Bookings as an iCalendar text (RFC 5545): one of them, or a feed that a calendar subscribes to.
///
/// An entry's UID is the booking's, for good, and its SEQUENCE counts the booking's versions: so a calendar that reads
/// it again moves or strikes out what it has. All times are UTC: rules of time zones travel badly.
package struct CalendarText: Sendable {
    /// What stands behind the `@` of identifiers, like the service's host name.
    package var domain: String
    /// What a calendar calls the feed; nil for a single entry.
    package var name: String?

    /// A text for a domain.
    package init(domain: String, name: String? = nil) {
        self.domain = domain
        self.name = name
    }

    /// The text, in lines that end with CR LF.
    package func render(_ events: [CalendarEvent]) -> String {
        var lines = CalendarLines()
        lines.add("BEGIN:VCALENDAR")
        lines.add("VERSION:2.0")
        lines.add("PRODID:-//Parlor//Bookings//EN")
        lines.add("CALSCALE:GREGORIAN")
        lines.add("METHOD:PUBLISH")
        if let name { lines.add("X-WR-CALNAME", name) }
        for event in events { render(event, into: &lines) }
        lines.add("END:VCALENDAR")
        return lines.text
    }

    private func render(_ event: CalendarEvent, into lines: inout CalendarLines) {
        let booking = event.booking
        lines.add("BEGIN:VEVENT")
        lines.add("UID:\(booking.id)@\(domain)")
        lines.add("SEQUENCE:\(booking.version - 1)")
        lines.add("DTSTAMP:\(Self.moment(booking.updated))")
        lines.add("CREATED:\(Self.moment(booking.created))")
        lines.add("LAST-MODIFIED:\(Self.moment(booking.updated))")
        lines.add("DTSTART:\(Self.moment(booking.start))")
        lines.add("DTEND:\(Self.moment(booking.end))")
        lines.add("STATUS:\(Self.status(booking.status))")
        lines.add("TRANSP:\(booking.status == .cancelled ? "TRANSPARENT" : "OPAQUE")")
        lines.add("SUMMARY", event.summary)
        if let text = event.text { lines.add("DESCRIPTION", text) }
        if let location = event.location { lines.add("LOCATION", location) }
        lines.add("END:VEVENT")
    }

    private static func status(_ status: BookingStatus) -> String {
        switch status {
        case .confirmed, .completed, .noShow: "CONFIRMED"
        case .held: "TENTATIVE"
        case .cancelled: "CANCELLED"
        }
    }

    /// Like `20260301T093000Z`.
    static func moment(_ moment: Timestamp) -> String {
        moment.rfc3339Seconds.filter { $0 != "-" && $0 != ":" }
    }
}

/// The lines of an iCalendar text, escaped and folded.
private struct CalendarLines {
    private(set) var text = ""
    /// Octets of a line, without its end.
    private static let lengthMax = 75

    /// A property whose value is a text.
    mutating func add(_ name: String, _ value: String) {
        var escaped = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\", ";", ",": escaped += "\\\(scalar)"
            case "\n": escaped += "\\n"
            // Controls have no place in such a text; the carriage return of a line's end least of all.
            case "\u{0}"..."\u{8}", "\u{B}"..."\u{1F}", "\u{7F}": break
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        add("\(name):\(escaped)")
    }

    /// A line that is written as it is, but folded between characters, never within one.
    mutating func add(_ line: String) {
        var length = 0
        for scalar in line.unicodeScalars {
            let width = UTF8.width(scalar)
            if length + width > Self.lengthMax {
                text += "\r\n "
                length = 1
            }
            text.unicodeScalars.append(scalar)
            length += width
        }
        text += "\r\n"
    }
}
