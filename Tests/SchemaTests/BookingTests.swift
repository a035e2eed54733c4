import Loop
import Postgres
import StoreTestSupport
import Testing

@Suite("A resource is booked once at a time") struct BookingTests {
    @Test("Times that touch are both free, and times that share a second are not, holds and confirmations alike")
    func overlaps() async throws {
        try await withTwoSalons { salons in
            // The furniture has a booking from 10:00 to 10:30.
            for (from, until, isFree) in [
                ("09:30", "10:00", true), ("10:30", "11:00", true), ("10:29:59", "10:31", false),
                ("09:00", "12:00", false),
                ("10:10", "10:20", false),
            ] {
                for status in ["HELD", "CONFIRMED"] {
                    let refusal = try await salons.refusal(booking: from, until, status)
                    #expect(refusal == (isFree ? nil : .exclusionViolation), "\(from) \(until) \(status)")
                }
            }
        }
    }

    @Test("What is cancelled, deleted, over or not come to frees its time at once, and so does its deletion")
    func freeing() async throws {
        let endings = [
            "UPDATE bookings SET status = 'CANCELLED'", "UPDATE bookings SET status = 'COMPLETED'",
            "UPDATE bookings SET status = 'NO_SHOW'", "UPDATE bookings SET deleted_at = now()", "DELETE FROM bookings",
        ]
        try await withTwoSalons { salons in
            let session = salons.session
            for ending in endings {
                #expect(try await salons.refusal(booking: "10:00", "10:30") == .exclusionViolation)
                try await session.acting(for: TwoSalons.ada) {
                    try await session.query(ending)
                    try await session.book("10:00", "10:30", in: salons)
                    // Undone, for the next one.
                    try await session.query("DELETE FROM bookings WHERE booking_code = 'NEWONE'")
                    if !ending.hasPrefix("DELETE") {
                        try await session.query("UPDATE bookings SET status = 'CONFIRMED', deleted_at = NULL")
                    }
                }
            }
        }
    }

    @Test("A cancelled booking does not come back onto time that somebody else has taken")
    func reactivation() async throws {
        try await withTwoSalons { salons in
            let session = salons.session
            try await session.acting(for: TwoSalons.ada) {
                try await session.query("UPDATE bookings SET status = 'CANCELLED'")
                try await session.book("10:15", "10:45", in: salons)
            }
            for revival in ["status = 'CONFIRMED'", "status = 'HELD', hold_expires_at = now() + interval '1 minute'"] {
                let refusal = try await salons.refusal(
                    of: "UPDATE bookings SET \(revival) WHERE booking_code = 'ABC123'")
                #expect(refusal == .exclusionViolation)
            }
        }
    }

    @Test("A booking takes all of its resources or none")
    func several() async throws {
        try await withTwoSalons { salons in
            let both = [TwoSalons.room, TwoSalons.chair]
            let taken = try await salons.refusal(booking: "10:00", "10:30", resources: both)
            #expect(taken == .exclusionViolation)
            let room = try await salons.refusal(booking: "10:00", "10:30", resources: [TwoSalons.room])
            #expect(room == nil)
            let later = try await salons.refusal(booking: "11:00", "11:30", resources: both)
            #expect(later == nil)
        }
    }

    @Test("A claim says of its booking what is true, or is refused")
    func truth() async throws {
        try await withTwoSalons { salons in
            let session = salons.session
            #expect(try await salons.refusal(of: "UPDATE booking_claims SET is_active = false") == .foreignKeyViolation)
            try await session.query("UPDATE bookings SET status = 'CANCELLED'")
            #expect(try await salons.refusal(of: "UPDATE booking_claims SET is_active = true") == .foreignKeyViolation)
            let claim = """
                INSERT INTO booking_claims (salon_id, booking_id, resource_id, occupied)
                SELECT salon_id, id, '\(TwoSalons.key(TwoSalons.ada, TwoSalons.room))', tstzrange(start_ts, end_ts)
                FROM bookings
                """
            #expect(try await salons.refusal(of: claim) == .foreignKeyViolation)
            #expect(try await salons.refusal(of: "UPDATE bookings SET is_active = true") != nil)
        }
    }

    @Test(
        "A claim that is made while its booking is cancelled or revived ends up with the truth",
        arguments: [TransactionIsolation.readCommitted, .repeatableRead, .serializable])
    func race(isolation: TransactionIsolation) async throws {
        try await withTwoSalons { salons in
            let target = "salon_id = '\(TwoSalons.ada)'"
            let claim = """
                INSERT INTO booking_claims (salon_id, booking_id, resource_id, occupied, is_active)
                SELECT salon_id, id, '\(TwoSalons.key(TwoSalons.ada, TwoSalons.room))', tstzrange(start_ts, end_ts),
                    is_active
                FROM bookings WHERE \(target)
                """
            for (before, after) in [("CONFIRMED", "CANCELLED"), ("CANCELLED", "CONFIRMED")] {
                let change = "UPDATE bookings SET status = '\(after)' WHERE \(target)"
                for (first, second) in [(claim, change), (change, claim)] {
                    try await salons.session.execute(
                        "DELETE FROM booking_claims; UPDATE bookings SET status = '\(before)' WHERE \(target)")
                    try await salons.overlap(first, second, isolation)
                    let lies = try await salons.session.number(
                        """
                        SELECT count(*) FROM booking_claims AS c JOIN bookings AS b
                            ON (b.salon_id, b.id) = (c.salon_id, c.booking_id) WHERE b.is_active <> c.is_active
                        """)
                    #expect(lies == 0, "\(first)")
                }
            }
        }
    }

    @Test("A hold that is over gives way to whoever wants its time, and one that is not does not")
    func holds() async throws {
        try await withTwoSalons { salons in
            let session = salons.session
            for (over, expected) in [("- interval '1 s'", nil), ("+ interval '1 min'", SQLState.exclusionViolation)] {
                try await session.query(
                    "UPDATE bookings SET status = 'HELD', hold_expires_at = now() \(over) WHERE booking_code = 'ABC123'"
                )
                let refusal = try await session.refusal {
                    try await session.bookAsRecommended(
                        code: "NEWONE", "2030-01-01T10:15:00Z", "2030-01-01T10:45:00Z",
                        [TwoSalons.chair, TwoSalons.room])
                }
                #expect(refusal == expected)
                try await session.query("DELETE FROM bookings WHERE booking_code = 'NEWONE'")
            }
            #expect(
                try await session.texts("SELECT status::text FROM bookings WHERE salon_id = '\(TwoSalons.bea)'")
                    == ["HELD"], "another salon's hold is not touched")
        }
    }

    @Test("Buffers are part of what is taken, and the time between two moments is read by one index")
    func reading() async throws {
        try await withTwoSalons { salons in
            let session = salons.session
            try await session.acting(for: TwoSalons.ada) {
                let chair = "ARRAY['\(TwoSalons.key(TwoSalons.ada, TwoSalons.chair))'::uuid]"
                for (first, last, count) in [("10:00", "10:01", 1), ("10:30", "11:00", 0), ("09:00", "10:00", 0)] {
                    let found = try await session.query(
                        "SELECT FROM claims_between(\(chair), '2030-01-01 \(first)Z', '2030-01-01 \(last)Z')")
                    #expect(found.count == count)
                }
            }
            let nobodys = try await session.acting {
                try await session.query("SELECT FROM claims_between('{}', '-infinity', 'infinity')").count
            }
            #expect(nobodys == 0)
        }
    }
}

extension TwoSalons {
    /// How a booking of the first salon's chair is refused; what it did is undone.
    func refusal(
        booking from: String, _ until: String, _ status: String = "CONFIRMED", resources: [Int] = [chair]
    ) async throws -> SQLState? {
        try await session.refusal {
            try await session.acting(for: TwoSalons.ada) {
                try await session.book(from, until, status, resources, in: self)
                throw Undone()
            }
        }
    }

    /// Two transactions that have both looked around before either writes; the second one writes before the first one
    /// ends, or waits for it to.
    func overlap(_ first: String, _ second: String, _ isolation: TransactionIsolation) async throws {
        let one = try await PostgresSession.connect(database.superuser, on: loop)
        let other = try await PostgresSession.connect(database.superuser, on: loop)
        defer {
            one.close()
            other.close()
        }
        let (looked, written, done) = (LoopWait<Void>(), LoopWait<Void>(), LoopWait<Void>())
        @Sendable func later() async {
            _ = try? await other.transaction(isolation: isolation) {
                try await other.query("SELECT count(*) FROM bookings")
                looked.succeed(())
                try await written.value(on: loop)
                try await other.query(second)
            }
            done.succeed(())
        }
        async let ending: Void = later()
        try await looked.value(on: loop)
        try await one.transaction(isolation: isolation) {
            try await one.query(first)
            written.succeed(())
            let blocked = "SELECT cardinality(pg_blocking_pids(\(other.backendProcess)))::bigint"
            while !done.isDelivered, try await session.number(blocked) == 0 {}
        }
        await ending
    }
}

extension PostgresSession {
    /// Books the first day of 2030.
    func book(
        _ from: String, _ until: String, _ status: String = "CONFIRMED", _ resources: [Int] = [TwoSalons.chair],
        in salons: TwoSalons
    ) async throws {
        let range = "'2030-01-01 \(from)Z', '2030-01-01 \(until)Z'"
        let booking = try await query(
            """
            INSERT INTO bookings (
                salon_id, booking_code, service, start_ts, end_ts, local_start, timezone, status, hold_expires_at)
            VALUES (current_salon(), 'NEWONE', 'Cut', \(range), '2030-01-01 10:00', 'UTC', '\(status)',
                CASE WHEN '\(status)' = 'HELD' THEN now() + interval '1 minute' END)
            RETURNING id
            """
        ).only["id", as: PostgresUUID.self]
        for resource in resources {
            try await query(
                """
                INSERT INTO booking_claims (salon_id, booking_id, resource_id, occupied)
                VALUES (current_salon(), $1, '\(TwoSalons.key(TwoSalons.ada, resource))', tstzrange(\(range)))
                """, booking)
        }
    }
}
