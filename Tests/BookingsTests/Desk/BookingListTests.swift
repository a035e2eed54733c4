import Basics
import Bookings
import Postgres
import Store
import TestSupport
import Testing
import Zones

@Suite("Lists of bookings") struct BookingListTests {
    @Test("Page by page a list shows each booking that fits once, in order, whatever begins at the same moment")
    func pages() async throws {
        try await withBookings { salon in
            var generator = SeededGenerator()
            try await salon.superuser.query(
                """
                INSERT INTO bookings (salon_id, booking_code, customer_id, service, start_ts, end_ts, local_start, timezone, status)
                SELECT $1, 'AAA' || n, CASE WHEN n % 3 = 0 THEN $2::uuid END, 'Cut', t, t + interval '1 hour', t AT TIME ZONE 'UTC',
                    'UTC', CASE WHEN n % 4 = 0 THEN 'CANCELLED' ELSE 'CONFIRMED' END::"BookingStatus"
                FROM generate_series(100, 299) AS n, LATERAL (SELECT $3::timestamptz + interval '1 hour' * (n % 17) AS t) AS t
                """, salon.scope.salon.value, salon.customer, salon.midnight)
            try await salon.superuser.query(
                """
                INSERT INTO booking_claims (salon_id, booking_id, resource_id, occupied, is_active)
                SELECT salon_id, id, $1, tstzrange(start_ts, end_ts), false FROM bookings WHERE status = 'CANCELLED'
                """, salon.basin)
            let all = try await salon.desk.list(
                BookingFilter(from: salon.at(0), until: salon.at(24)), atMost: 1000, in: salon.scope, .deciding
            ).bookings
            #expect(all.count == 200)
            #expect(zip(all, all.dropFirst()).allSatisfy { ($0.start, $0.id) < ($1.start, $1.id) })
            for _ in 0..<20 {
                var filter = BookingFilter(
                    from: salon.at(.random(in: 0..<10, using: &generator)),
                    until: salon.at(.random(in: 10..<20, using: &generator)))
                filter.status = [nil, .confirmed, .cancelled].randomElement(using: &generator) ?? nil
                filter.customer = Bool.random(using: &generator) ? salon.customer : nil
                filter.resource = Int.random(in: 0..<3, using: &generator) == 0 ? salon.basin : nil
                var (shown, cursor) = ([BookingDetails](), BookingCursor?.none)
                repeat {
                    let page = try await salon.desk.list(
                        filter, behind: cursor, atMost: .random(in: 1...30, using: &generator), in: salon.scope)
                    shown += page.bookings
                    cursor = page.next
                } while cursor != nil
                let expected = all.filter { booking in
                    booking.start >= filter.from && booking.start < filter.until
                        && filter.status.map { $0 == booking.status } ?? true
                        && filter.customer.map { $0 == booking.customer } ?? true
                        && filter.resource.map { booking.resources.contains($0) } ?? true
                }
                #expect(shown == expected, generator.note)
            }
        }
    }

    @Test("The calendar of a day has what begins on it by the salon's clocks, 25 hours where they are put back")
    func calendar() async throws {
        try await withBookings { salon in
            let day = try #require(CivilDate("2030-10-27"))
            var request = salon.request(salon.midnight)
            request.isAnyTime = true
            for text in [
                "2030-10-26T21:30:00Z", "2030-10-26T22:00:00Z", "2030-10-27T00:30:00Z", "2030-10-27T22:30:00Z",
                "2030-10-27T23:00:00Z",
            ] {
                request.start = .moment(try #require(Timestamp(rfc3339: text)))
                _ = try #require(try await salon.desk.book(request, in: salon.scope).value.booking)
            }
            let found = try await salon.desk.calendar(of: day, zone: "Europe/Berlin", in: salon.scope)
            #expect(
                found.map(\.localStart.description) == [
                    "2030-10-27T00:00:00", "2030-10-27T02:30:00", "2030-10-27T23:30:00",
                ])
            let none = try await salon.desk.calendar(
                of: day, zone: "Europe/Berlin", resource: salon.basin, in: salon.scope)
            #expect(none == [])
        }
    }
}
