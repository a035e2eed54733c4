import Basics
import Postgres
import TestSupport
import Testing
import Zones

@testable import Bookings

@Suite("Reminders") struct ReminderTests {
    private let zones = ZoneDatabase()

    @Test("They are due when the clocks show the same the day before, and two hours before, in any zone")
    func due() throws {
        let berlin = try zones.zone("Europe/Berlin")
        func dues(_ start: String, now: String = "2026-01-01T00:00:00Z") throws -> [String] {
            let now = try #require(Timestamp(rfc3339: now))
            return try ReminderPlan().reminders(of: booking(start), in: berlin, now: now).map(\.due.rfc3339Seconds)
        }
        #expect(try dues("2026-06-10T08:00:00Z") == ["2026-06-09T08:00:00Z", "2026-06-10T06:00:00Z"])
        // The night in between has 23 hours, then 25.
        #expect(try dues("2026-03-29T08:00:00Z") == ["2026-03-28T09:00:00Z", "2026-03-29T06:00:00Z"])
        #expect(try dues("2026-10-25T09:00:00Z") == ["2026-10-24T08:00:00Z", "2026-10-25T07:00:00Z"])
        // 02:30 never came the day before, so it is when the clocks are put forward.
        #expect(try dues("2026-03-30T00:30:00Z").first == "2026-03-29T01:00:00Z")
        // What would be late already is not planned.
        #expect(try dues("2026-06-10T08:00:00Z", now: "2026-06-09T08:00:00Z") == ["2026-06-10T06:00:00Z"])
        #expect(try dues("2026-06-10T08:00:00Z", now: "2026-06-10T06:00:00Z") == [])
    }

    @Test("None is planned of what is not confirmed, and one of an older version does nothing")
    func versions() throws {
        let berlin = try zones.zone("Europe/Berlin")
        let now = try #require(Timestamp(rfc3339: "2026-06-01T00:00:00Z"))
        for status in [BookingStatus.held, .cancelled, .completed, .noShow] {
            let other = try booking("2026-06-10T08:00:00Z", status: status)
            #expect(ReminderPlan().reminders(of: other, in: berlin, now: now) == [])
        }
        let before = try booking("2026-06-10T08:00:00Z", version: 1)
        let moved = try booking("2026-06-12T08:00:00Z", version: 2)
        let (old, new) = (
            ReminderPlan().reminders(of: before, in: berlin, now: now),
            ReminderPlan().reminders(of: moved, in: berlin, now: now)
        )
        #expect(Set((old + new).map(\.key)).count == 4)
        #expect(old[0].key == "reminder:\(before.id):1:1d" && old[1].key == "reminder:\(before.id):1:120m")
        #expect(old.allSatisfy { $0.isValid(for: before, now: $0.due) && !$0.isValid(for: moved, now: $0.due) })
        #expect(new.allSatisfy { $0.isValid(for: moved, now: $0.due) })
        #expect(!new[1].isValid(for: moved, now: moved.start))
        #expect(try !new[0].isValid(for: booking("2026-06-12T08:00:00Z", version: 2, status: .cancelled), now: now))
    }

    @Test("Whatever is done to a booking, nobody is reminded twice by the same rule of one time, and never late")
    func simulation() throws {
        var generator = SeededGenerator()
        let berlin = try zones.zone("Europe/Berlin")
        let begin = try #require(Timestamp(rfc3339: "2026-03-20T00:00:00Z"))
        for _ in 0..<200 {
            var (now, version) = (begin, Int32(1))
            var current = try booking("2026-03-29T08:00:00Z")
            var planned = ReminderPlan().reminders(of: current, in: berlin, now: now)
            var sent: [String] = []
            while now < begin + .seconds(20 * 86_400) {
                let next = now + .seconds(60 * Int.random(in: 1...2000, using: &generator))
                for reminder in planned where reminder.due > now && reminder.due <= next {
                    guard reminder.isValid(for: current, now: reminder.due) else { continue }
                    #expect(reminder.due < current.start, generator.note)
                    sent.append("\(current.start) \(reminder.rule)")
                }
                now = next
                guard Int.random(in: 0..<3, using: &generator) == 0, now < current.start else { continue }
                version += 1
                let start = Bool.random(using: &generator) ? current.start : now + .seconds(3600 * version.hoursLater)
                current = try booking(start.rfc3339, version: version)
                planned += ReminderPlan().reminders(of: current, in: berlin, now: now)
            }
            #expect(Set(sent).count == sent.count, "\(sent): \(generator.note)")
        }
    }

    private func booking(
        _ start: String, version: Int32 = 1, status: BookingStatus = .confirmed
    ) throws -> BookingDetails {
        try .sample(start: #require(Timestamp(rfc3339: start)), version: version, status: status)
    }
}

extension Int32 {
    /// Another time for another version.
    fileprivate var hoursLater: Int { Int(self) * 7 }
}

extension BookingDetails {
    /// A booking for tests without a database.
    static func sample(
        id: PostgresUUID = PostgresUUID(high: 0x7000, low: 0x8000_0000_0000_0001), start: Timestamp, version: Int32 = 1,
        status: BookingStatus = .confirmed
    ) -> BookingDetails {
        BookingDetails(
            id: id, code: "BCDFGH", customer: nil, customerPhone: nil, customerName: nil, serviceID: nil,
            service: "Cut",
            start: start, end: start + .seconds(1800), localStart: WallTime(microseconds: start.microseconds),
            zone: "UTC", status: status, holdExpires: nil, price: nil, currency: nil, source: "test", created: start,
            updated: start, version: version, resources: [])
    }
}
