import Basics
import Bookings
import Postgres
import Store
import StoreTestSupport
import TestSupport
import Testing
import Zones

/// Row 21 of the fault matrix, for those who book: the days on which clocks are changed, from the question what is free to
/// the entry in a calendar. What a reading means is asked of PostgreSQL, which reads the zones with code of its own.
@Suite("A day on which clocks are changed") struct ClockChangeTests {
    @Test(
        "What is free, held, confirmed, moved, reminded of and written into calendars is at the right moment",
        arguments: ["Europe/Lisbon", "America/New_York", "Australia/Lord_Howe"])
    func day(zone name: String) async throws {
        let generator = SeededGenerator()
        try await withBookings { salon in
            var random = SeededRandom(seed: generator.seed)
            try await salon.superuser.query(
                "UPDATE salons SET timezone = $1, settings = '{\"booking\": {\"horizon_days\": 500}}'", name)
            let zone = try ZoneDatabase().zone(name)
            let days = try await ChangeDay.next(in: name, salon.superuser)
            // One in spring and one in autumn, wherever that is.
            #expect(days.count >= 2 && days.contains { $0.missing.isEmpty } && days.contains { !$0.missing.isEmpty })
            for day in days {
                let slots = try await salon.desk.freeSlots(
                    of: salon.cut, from: day.start, until: day.end, atMost: 200, in: salon.scope)
                #expect(slots?.map(\.start) == day.moments.map(\.moment), generator.note)
                #expect(slots?.map(\.localStart) == day.moments.map(\.reading), generator.note)
                let asked = ClockQuestion(salon: salon, zone: zone, note: generator.note)
                for (one, other) in zip(day.some(using: &random), day.some(using: &random)) {
                    let booking = try await asked.holdAndConfirm(one)
                    try await asked.move(booking, to: other)
                    for reading in day.missing { try await asked.refuse(reading, moving: booking) }
                    _ = try await salon.desk.cancel(booking.id, in: salon.scope)
                }
            }
        }
    }
}

/// What is asked of the desk about a day.
private struct ClockQuestion {
    let salon: BookingScene
    let zone: TimeZone
    let note: Comment

    func holdAndConfirm(_ agreed: ChangeDay.Agreed) async throws -> BookingDetails {
        var request = salon.request(agreed.moment)
        request.start = .wallTime(agreed.reading)
        let held = try #require(
            try await salon.desk.book(request, hold: .seconds(600), in: salon.scope).value.booking, note)
        #expect(held.start == agreed.moment && held.localStart == agreed.reading && held.zone == zone.name, note)
        let booking = try #require(try await salon.desk.confirm(held.id, in: salon.scope).value.booking, note)
        try await expect(booking, at: agreed)
        return booking
    }

    func move(_ booking: BookingDetails, to agreed: ChangeDay.Agreed) async throws {
        let outcome = try await salon.desk.reschedule(booking.id, to: .wallTime(agreed.reading), in: salon.scope).value
        try await expect(#require(outcome.booking, "\(outcome): \(note)"), at: agreed)
    }

    /// A reading that never comes is refused with the edges of the gap, and changes nothing.
    func refuse(_ reading: WallTime, moving booking: BookingDetails) async throws {
        let before = try await salon.desk.booking(booking.id, in: salon.scope, .deciding)
        var request = salon.request(booking.start)
        request.start = .wallTime(reading)
        let outcomes = [
            try await salon.desk.reschedule(booking.id, to: .wallTime(reading), in: salon.scope).value,
            try await salon.desk.book(request, in: salon.scope).value,
        ]
        for outcome in outcomes {
            guard case .refused(.gap(let gap)) = outcome else {
                Issue.record("\(reading) came to \(zone.name): \(note)")
                continue
            }
            #expect(gap.from <= reading && reading < gap.until, note)
        }
        #expect(try await salon.desk.booking(booking.id, in: salon.scope, .deciding) == before, note)
    }

    /// What follows from a confirmed booking, reckoned by the server.
    private func expect(_ booking: BookingDetails, at agreed: ChangeDay.Agreed) async throws {
        #expect(booking.start == agreed.moment && booking.localStart == agreed.reading, note)
        let (dayBefore, twoHours, begin, end) = try await salon.superuser.query(
            """
            SELECT (
                SELECT min(moment)
                FROM generate_series($1 - interval '3 days', $1, interval '15 minutes') AS moment
                WHERE moment AT TIME ZONE $2 >= $3 - interval '1 day'
            ), $1 - interval '2 hours', to_char($1 AT TIME ZONE 'UTC', 'YYYYMMDD"T"HH24MISS"Z"'),
                to_char(($1 + interval '30 minutes') AT TIME ZONE 'UTC', 'YYYYMMDD"T"HH24MISS"Z"')
            """, agreed.moment, zone.name, agreed.reading
        ).only.values(as: Timestamp.self, Timestamp.self, String.self, String.self)
        let reminders = ReminderPlan().reminders(of: booking, in: zone, now: booking.created)
        #expect(reminders.map(\.due) == [dayBefore, twoHours], "\(agreed.reading) in \(zone.name): \(note)")
        let calendar = CalendarText(domain: "parlor.example").render([CalendarEvent(booking, summary: "Cut")])
        #expect(calendar.contains("\r\nDTSTART:\(begin)\r\nDTEND:\(end)\r\n"), note)
    }
}

/// A day of another length than others, by PostgreSQL's book.
private struct ChangeDay: Sendable {
    /// A reading and the first moment at which the clocks show it.
    struct Agreed: Sendable {
        let reading: WallTime
        let moment: Timestamp
    }

    let start: Timestamp
    let end: Timestamp
    /// Every quarter of an hour that the clocks show that day.
    let moments: [Agreed]
    /// Those that they never show.
    let missing: [WallTime]

    /// Those of the next thirteen months.
    static func next(in zone: String, _ session: PostgresSession) async throws -> [ChangeDay] {
        let days = try await session.query(
            """
            SELECT day, day AT TIME ZONE $1, (day + interval '1 day') AT TIME ZONE $1
            FROM generate_series(current_date + time '00:00', current_date + interval '400 days', interval '1 day') AS day
            WHERE (day + interval '1 day') AT TIME ZONE $1 - day AT TIME ZONE $1 <> interval '24 hours'
            """, zone
        ).map { try $0.values(as: WallTime.self, Timestamp.self, Timestamp.self) }
        var found: [ChangeDay] = []
        for (day, start, end) in days where start > .now() + .seconds(3 * 86_400) {
            let rows = try await session.query(
                """
                SELECT reading, min(moment) FROM generate_series(0, 95) AS quarter
                CROSS JOIN LATERAL (SELECT $2::timestamp + quarter * interval '15 minutes' AS reading) AS r
                LEFT JOIN generate_series($3, $4, interval '15 minutes') AS moment
                    ON moment AT TIME ZONE $1 = reading
                GROUP BY reading ORDER BY reading
                """, zone, day, start, end
            ).map { try $0.values(as: WallTime.self, Timestamp?.self) }
            found.append(
                ChangeDay(
                    start: start, end: end,
                    moments: rows.compactMap { row in row.1.map { Agreed(reading: row.0, moment: $0) } },
                    missing: rows.compactMap { $0.1 == nil ? $0.0 : nil }))
        }
        return found
    }

    /// Some of the readings, by chance, and all of those around the change.
    func some(using random: inout SeededRandom) -> [Agreed] {
        let early = moments.filter { $0.reading.sinceMidnight < .seconds(4 * 3600) }
        return (early + (0..<4).compactMap { _ in moments.randomElement(using: &random) }).shuffled(using: &random)
    }
}
