import Basics
import Bookings
import Glibc
import Postgres
import StoreTestSupport
import TestSupport
import Testing

/// Many attempt to book a few resources at the same times, each in a transaction of its own: at the desk, and on the
/// server itself with nothing but the tables' constraint. `PARLOR_BOOKING_ATTEMPTS=10000000` makes it long.
@Suite("A rush of bookings") struct BookingRushTests {
    private static let attempts = getenv("PARLOR_BOOKING_ATTEMPTS").flatMap { Int(String(cString: $0)) } ?? 100_000
    /// How many of them are made at the desk.
    private static let atDesk = 600
    /// How many meet on one day before others meet on another.
    private static let ofRound = 10_000

    @Test("Of many attempts none overlaps another, and what was acknowledged is there, no less and no more")
    func rush() async throws {
        try await withBookings { salon in
            let generator = SeededGenerator()
            try await salon.prepareRush()
            let (atDesk, onServer) = (Self.atDesk, Self.attempts - Self.atDesk)
            async let meanwhile = salon.rushAtDesk(attempts: atDesk, customers: 4, seed: ~generator.seed)
            var counts = RushProcedure.Counts()
            for (round, first) in stride(from: 0, to: onServer, by: Self.ofRound).enumerated() {
                // Some on the desk's day, the others on new ones, which are beyond the desk's horizon.
                counts += try await salon.rushOnServer(
                    attempts: min(onServer - first, Self.ofRound), sessions: 8, day: round % 4 == 0 ? 0 : 200 + round,
                    firstCode: first, seed: generator.seed &+ UInt64(round))
                // Nobody else tidies up on this server, or tells its planner what the tables have come to.
                try await salon.superuser.execute("VACUUM booking_claims")
                if round < 8 { try await salon.superuser.execute("ANALYZE booking_claims, bookings") }
            }
            let desk = try await meanwhile
            try await salon.acknowledge(desk.acknowledged.values)

            #expect(try await salon.overlaps() == 0, generator.note)
            #expect(try await salon.unaccounted() == 0, generator.note)
            #expect(counts.all == onServer && desk.all == atDesk, generator.note)
            #expect(desk.unexpected == [], generator.note)
            // Otherwise it would prove little.
            #expect(
                counts.booked > onServer / 50 && counts.cancelled > onServer / 50 && counts.moved > onServer / 2000,
                "\(counts): \(generator.note)")
            #expect(
                counts.refused > onServer / 4 && min(desk.done, desk.taken) > atDesk / 10, "\(counts) \(desk.taken)")
        }
    }

    @Test("Without the constraint the same rush books twice, and that is seen; so is a booking that was lost")
    func control() async throws {
        try await withBookings { salon in
            try await salon.superuser.execute("ALTER TABLE booking_claims DROP CONSTRAINT booking_claims_no_overlap")
            try await salon.prepareRush()
            let generator = SeededGenerator()
            let counts = try await salon.rushOnServer(
                attempts: 1000, sessions: 8, day: 0, firstCode: 0, seed: generator.seed)
            #expect(try await salon.overlaps() > 0, generator.note)
            #expect(counts.refused == 0 && counts.all == 1000, "\(counts): \(generator.note)")
            #expect(try await salon.unaccounted() == 0, generator.note)
            try await salon.superuser.execute(
                "DELETE FROM booking_claims WHERE booking_id = (SELECT booking_id FROM rush.acknowledged LIMIT 1)")
            #expect(try await salon.unaccounted() > 0, generator.note)
        }
    }
}

extension BookingScene {
    /// Lays what a rush needs.
    fileprivate func prepareRush() async throws {
        try await superuser.execute(RushProcedure.making)
        let database = database.superuser.database
        // That two wait for each other is no accident here, and is to be found out soon.
        try await superuser.execute("ALTER DATABASE \(database) SET deadlock_timeout = '2ms'")
    }

    /// Adds what the desk acknowledged to what the server did.
    fileprivate func acknowledge(_ bookings: some Sequence<BookingDetails>) async throws {
        let claims = bookings.flatMap { booking in booking.resources.map { (booking, $0) } }
        try await superuser.query(
            """
            INSERT INTO rush.acknowledged
            SELECT booking, resource, taken_from, taken_until + interval '10 minutes'
            FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::timestamptz[])
                AS claims (booking, resource, taken_from, taken_until)
            """, claims.map(\.0.id), claims.map(\.1), claims.map(\.0.start), claims.map(\.0.end))
    }

    /// How many claims were acknowledged and are not there as that, or are there and nobody was told so.
    fileprivate func unaccounted() async throws -> Int {
        try await superuser.query(
            """
            WITH kept AS (
                SELECT c.booking_id, c.resource_id, lower(c.occupied), upper(c.occupied)
                FROM booking_claims AS c JOIN bookings AS b ON b.salon_id = c.salon_id AND b.id = c.booking_id
                WHERE b.status IN ('HELD', 'CONFIRMED') AND b.deleted_at IS NULL
            )
            SELECT count(*) FROM (
                (TABLE kept EXCEPT TABLE rush.acknowledged) UNION ALL (TABLE rush.acknowledged EXCEPT TABLE kept)
            ) AS differences
            """
        ).only[0]
    }
}
