import Basics
import Bookings
import Postgres
import Store
import StoreTestSupport
import Testing

@Suite("The life of a booking") struct LifecycleTests {
    private let now = Timestamp(seconds: 1_000_000)

    @Test("What may follow what, at every step of every status")
    func table() {
        func word(_ step: BookingStep, _ status: BookingStatus, start: Int, hold: Int?) -> String {
            let expires = hold.map { now + .seconds($0) }
            let outcome = BookingLifecycle.status(
                after: step, status, start: now + .seconds(start), holdExpires: expires, now: now)
            switch outcome {
            case .success(let status): return "\(status.rawValue)"
            case .failure(let refusal): return refusal.description
            }
        }
        let steps: [BookingStep] = [.confirm, .reschedule, .cancel, .complete, .miss]
        #expect(
            steps.map { word($0, .held, start: 3600, hold: 1) } == [
                "CONFIRMED", "HELD", "CANCELLED", "the booking was never confirmed", "the booking was never confirmed",
            ])
        let over = "the booking was held for a time, which is over"
        #expect(steps.prefix(3).map { word($0, .held, start: 3600, hold: 0) } == [over, over, "CANCELLED"])
        let early = "the booking has not begun"
        #expect(
            steps.map { word($0, .confirmed, start: 1, hold: nil) } == [
                "the booking is confirmed already", "CONFIRMED", "CANCELLED", early, early,
            ])
        #expect(steps.suffix(2).map { word($0, .confirmed, start: 0, hold: nil) } == ["COMPLETED", "NO_SHOW"])
        let ended = "the booking is over"
        #expect(
            steps.map { word($0, .completed, start: 0, hold: nil) } == [ended, ended, ended, ended, "NO_SHOW"])
        let missed = "the customer did not come to this booking"
        #expect(
            steps.map { word($0, .noShow, start: 0, hold: nil) } == [missed, missed, missed, "COMPLETED", missed])
        #expect(
            Set(steps.map { word($0, .cancelled, start: 0, hold: nil) }) == ["the booking was cancelled"])
    }

    @Test("Held, confirmed, moved and cancelled, each step a version and a message")
    func steps() async throws {
        try await withBookings { salon in
            let held = try await salon.booked(salon.at(10), hold: .seconds(600))
            #expect(held.status == .held && held.holdExpires != nil)
            let confirmed = try await salon.desk.confirm(held.id, in: salon.scope).value.booking
            #expect(confirmed?.status == .confirmed && confirmed?.holdExpires == nil && confirmed?.version == 2)
            let moved = try await salon.desk.reschedule(held.id, to: .moment(salon.at(10, 15)), in: salon.scope)
            #expect(moved.value.booking?.start == salon.at(10, 15) && moved.value.booking?.version == 3)
            #expect(moved.position != nil)
            let cancelled = try await salon.desk.cancel(held.id, in: salon.scope).value.booking
            #expect(cancelled?.status == .cancelled && cancelled?.version == 4)
            #expect(
                try await salon.desk.cancel(held.id, in: salon.scope).value == .refused(.step(.over(.cancelled))))
            #expect(try await salon.messages() == ["held 1", "confirmed 2", "moved 3", "cancelled 4"])
            // Its time is free again.
            #expect(try await salon.booked(salon.at(10, 15)).resources == [salon.chairs[0]])
        }
    }

    @Test("What has begun can be over, one way or the other, and be put right")
    func endings() async throws {
        try await withBookings { salon in
            let booking = try await salon.booked(salon.at(10))
            #expect(try await salon.desk.complete(booking.id, in: salon.scope).value == .refused(.step(.notBegun)))
            try await salon.superuser.execute(
                "UPDATE bookings SET start_ts = now() - interval '1 hour', end_ts = now() - interval '30 minutes'")
            #expect(try await salon.desk.miss(booking.id, in: salon.scope).value.booking?.status == .noShow)
            #expect(try await salon.desk.complete(booking.id, in: salon.scope).value.booking?.status == .completed)
            #expect(try await salon.desk.miss(.random(), in: salon.scope).value == .missing)
        }
    }

    @Test("Who says which version he means is told when it is another, and sees what it is")
    func versions() async throws {
        try await withBookings { salon in
            let booking = try await salon.booked(salon.at(10))
            let moved = try #require(
                try await salon.desk.reschedule(
                    booking.id, to: .moment(salon.at(11)), expecting: 1, in: salon.scope
                ).value.booking)
            #expect(
                try await salon.desk.cancel(booking.id, expecting: 1, in: salon.scope).value == .changedMeanwhile(moved)
            )
            #expect(
                try await salon.desk.reschedule(
                    booking.id, to: .moment(salon.at(12)), expecting: 1, in: salon.scope
                ).value == .changedMeanwhile(moved))
            #expect(try await salon.desk.cancel(booking.id, expecting: 2, in: salon.scope).value.booking?.version == 3)
        }
    }

    @Test("What cannot be moved stays where it is, and is told where it could go")
    func stays() async throws {
        try await withBookings { salon in
            let mine = try await salon.booked(salon.at(10))
            for _ in 0..<2 { _ = try await salon.booked(salon.at(11)) }
            let outcome = try await salon.desk.reschedule(mine.id, to: .moment(salon.at(11)), in: salon.scope).value
            #expect(outcome.next?.first?.start == salon.at(11, 45))
            #expect(try await salon.desk.booking(mine.id, in: salon.scope, .deciding) == mine)
            // Its own time is not in its way.
            let later = try await salon.desk.reschedule(mine.id, to: .moment(salon.at(10, 15)), in: salon.scope).value
            #expect(later.booking?.resources == [salon.chairs[0]])
            let other = try await salon.desk.reschedule(
                mine.id, to: .moment(salon.at(10, 15)), resource: salon.chairs[1], in: salon.scope)
            #expect(other.value.booking?.resources == [salon.chairs[1]])
        }
    }

    @Test("A hold that is over frees its time for who asks, says so, and cannot be confirmed")
    func expiry() async throws {
        try await withBookings { salon in
            let holds = [
                try await salon.booked(salon.at(10), hold: .seconds(600)),
                try await salon.booked(salon.at(10), hold: .seconds(600)),
                try await salon.booked(salon.at(12), hold: .seconds(600)),
            ]
            #expect(try await salon.desk.book(salon.request(salon.at(10)), in: salon.scope).value.next != nil)
            for hold in holds { try await salon.expire(hold.id) }
            _ = try await salon.messages()
            #expect(try await salon.desk.confirm(holds[0].id, in: salon.scope).value == .refused(.step(.holdExpired)))
            let taken = try await salon.booked(salon.at(10))
            #expect(taken.resources == [salon.chairs[0]])
            #expect(try await salon.messages().sorted() == ["confirmed 1", "expired 3"])
            let ended = try await salon.desk.expireHolds(in: salon.scope)
            #expect(Set(ended) == [holds[1].id, holds[2].id])
            #expect(try await salon.desk.expireHolds(in: salon.scope) == [])
            #expect(try await salon.messages() == ["expired 3", "expired 3"])
        }
    }

    @Test(
        "Only the database's clock ends a hold, whether it is an hour ahead of the program's or behind",
        arguments: [-3600, 3600])
    func clock(skew: Int) async throws {
        try await withBookings { salon in
            // A clock that stands before the server's own in the search path of every session that comes now.
            try await salon.superuser.execute(
                """
                CREATE SCHEMA clock;
                CREATE TABLE clock.skew (seconds integer);
                INSERT INTO clock.skew VALUES (\(skew));
                CREATE FUNCTION clock.now() RETURNS timestamptz LANGUAGE sql STABLE
                    AS 'SELECT pg_catalog.now() + make_interval(secs => (SELECT seconds FROM clock.skew))';
                GRANT USAGE ON SCHEMA clock TO app_user;
                GRANT SELECT ON clock.skew TO app_user;
                ALTER ROLE \(SalonDatabase.account) IN DATABASE \(salon.database.superuser.database)
                    SET search_path = clock, pg_catalog, public;
                """)
            let store = Store(primary: salon.database.service, on: salon.loop)
            let desk = BookingDesk(store, on: salon.loop)
            let held = try #require(
                try await desk.book(salon.request(salon.at(10)), hold: .seconds(600), in: salon.scope).value.booking)
            let expires = try #require(held.holdExpires)
            let ahead = Int((expires - held.created).seconds.rounded()) - 600
            #expect(ahead == skew, "the skewed clock is the one that is asked")
            #expect(try await desk.expireHolds(in: salon.scope) == [])
            #expect(
                try await desk.book(salon.request(salon.at(10)), in: salon.scope).value.booking?.resources == [
                    salon.chairs[1]
                ])
            #expect(try await desk.book(salon.request(salon.at(10)), in: salon.scope).value.next != nil)
            try await salon.superuser.execute("UPDATE clock.skew SET seconds = \(skew + 300)")
            #expect(try await desk.confirm(held.id, in: salon.scope).value.booking?.status == .confirmed)
            let second = try #require(
                try await desk.book(salon.request(salon.at(12)), hold: .seconds(600), in: salon.scope).value.booking)
            try await salon.superuser.execute("UPDATE clock.skew SET seconds = \(skew + 300 + 601)")
            #expect(try await desk.confirm(second.id, in: salon.scope).value == .refused(.step(.holdExpired)))
            await store.stop(within: .seconds(60))
        }
    }
}
