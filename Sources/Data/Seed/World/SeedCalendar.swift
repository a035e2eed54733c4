package import Basics

/// The days that are seeded, in UTC: day 0 is the first one, and `dayCount` the one that is over as the seed ends.
package struct SeedCalendar: Sendable {
    /// The end: midnight UTC of a day. What lies behind it are appointments only.
    package let until: Timestamp
    /// How many days there are.
    package let dayCount: Int

    private static let daySeconds: Int64 = 86_400

    /// So many days up to the beginning of the day that holds `end`.
    package init(until end: Timestamp, dayCount: Int) {
        let days = end.microseconds / 1_000_000 / Self.daySeconds
        until = Timestamp(seconds: days * Self.daySeconds)
        self.dayCount = dayCount
    }

    /// The days since 1970 of day 0.
    private var firstDay: Int { Int(until.microseconds / 1_000_000 / Self.daySeconds) - dayCount }

    /// The moment so many seconds after midnight of a day.
    func moment(_ day: Int, seconds: Int) -> Timestamp {
        Timestamp(seconds: Int64(firstDay + day) * Self.daySeconds + Int64(seconds))
    }

    /// The weekday, 0 for Monday.
    func weekday(_ day: Int) -> Int { (firstDay + day + 3) % 7 }

    /// The moment as RFC 3339 says it, without the time: `2026-03-01`.
    package var date: String { String(until.rfc3339.prefix(10)) }

    /// Whether salons are closed all over the world: 25 December and 1 January.
    func isHoliday(_ day: Int) -> Bool {
        let date = moment(day, seconds: 0).rfc3339.dropFirst(5).prefix(5)
        return date == "12-25" || date == "01-01"
    }

    /// The days on which everybody has closed, a fortnight beyond the end included.
    var holidays: [Int] { (0..<dayCount + 15).filter(isHoliday) }

    /// The first days of the months that the days and a few around them touch.
    package var months: [Timestamp] {
        var months: [Timestamp] = []
        for day in -1...dayCount {
            let date = moment(day, seconds: 0).rfc3339
            guard months.isEmpty || date.dropFirst(8).hasPrefix("01"),
                let first = Timestamp(rfc3339: "\(date.prefix(7))-01T00:00:00Z")
            else { continue }
            months.append(first)
        }
        return months
    }
}

/// How far the clocks of some zones are ahead of UTC, as PostgreSQL knows it.
package struct ZoneOffsets: Sendable {
    /// From a moment on, so many seconds.
    package struct Change: Equatable, Sendable {
        /// Seconds since 1970.
        package let from: Int64
        /// Seconds ahead of UTC.
        package let offset: Int

        /// A change of the clocks.
        package init(from: Int64, offset: Int) {
            self.from = from
            self.offset = offset
        }
    }

    private let zones: [[Change]]

    /// The changes of each zone in their order; the first one is before everything.
    package init(_ zones: [[Change]]) { self.zones = zones }

    /// The seconds that a zone is ahead of UTC at a moment.
    func offset(_ zone: Int, at moment: Timestamp) -> Int {
        let seconds = moment.microseconds / 1_000_000
        return zones[zone].last { $0.from <= seconds }?.offset ?? zones[zone].first?.offset ?? 0
    }

    /// The moment at which clocks there show what `wall` would be in UTC. Never asked for the hour of a change: nobody
    /// has opened then.
    func moment(_ zone: Int, wall: Timestamp) -> Timestamp {
        let guess = wall + .seconds(-offset(zone, at: wall))
        return wall + .seconds(-offset(zone, at: guess))
    }
}
