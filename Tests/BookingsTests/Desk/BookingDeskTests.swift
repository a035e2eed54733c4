import Basics
import Bookings
import Postgres
import Store
import StoreTestSupport
import Testing
import Zones

@Suite("The booking desk") struct BookingDeskTests {
    @Test("A booking keeps what was agreed on, and says so in the outbox")
    func books() async throws {
        try await withBookings { salon in
            let booking = try await salon.booked(salon.at(10))
            #expect(booking.customer == salon.customer && booking.customerPhone == "+49155")
            #expect(booking.customerName == "Carla" && booking.service == "Cut" && booking.source == "api")
            #expect(booking.start == salon.at(10) && booking.end == salon.at(10, 30))
            #expect(booking.localStart.description.hasSuffix("T10:00:00") && booking.zone == "Europe/Berlin")
            #expect(booking.status == .confirmed && booking.holdExpires == nil && booking.version == 1)
            #expect(booking.price?.description == "25.50" && booking.currency == "EUR")
            #expect(booking.resources == [salon.chairs[0]])
            #expect(BookingCode.read(booking.code) == booking.code)
            #expect(try await salon.messages() == ["confirmed 1"])
            #expect(try await salon.desk.booking(code: booking.code.lowercased(), in: salon.scope) == booking)
            #expect(try await salon.desk.booking(booking.id, in: salon.scope) == booking)
        }
    }

    @Test("Who comes third learns the next free slots, buffers counted, and nothing is left behind")
    func conflict() async throws {
        try await withBookings { salon in
            let (first, second) = (try await salon.booked(salon.at(10)), try await salon.booked(salon.at(10)))
            #expect([first, second].map(\.resources) == salon.chairs.map { [$0] })
            _ = try await salon.messages()
            let outcome = try await salon.desk.book(salon.request(salon.at(10, 15)), in: salon.scope).value
            // Half an hour and ten minutes to clean up: 10:40, so 10:45 by the salon's steps.
            #expect(outcome.next?.first?.start == salon.at(10, 45))
            #expect(outcome.next?.count == 5)
            #expect(try await salon.messages() == [])
            #expect(try await salon.overlaps() == 0)
        }
    }

    @Test("One of each kind is taken, all or nothing, and whom somebody wants is taken or nobody")
    func kinds() async throws {
        try await withBookings { salon in
            var wash = BookingRequest(service: salon.wash, start: .moment(salon.at(9)), customer: .passer(name: "Bo"))
            wash.resource = salon.chairs[1]
            let first = try await salon.desk.book(wash, in: salon.scope).value.booking
            #expect(first?.resources == [salon.chairs[1], salon.basin])
            #expect(first?.customer == nil && first?.customerName == "Bo")
            wash.resource = nil
            // A chair is free and the basin is not.
            #expect(try await salon.desk.book(wash, in: salon.scope).value.next?.first?.start == salon.at(10))
            var cut = salon.request(salon.at(9))
            cut.resource = salon.chairs[1]
            #expect(try await salon.desk.book(cut, in: salon.scope).value.next?.first?.start == salon.at(10))
            cut.resource = nil
            #expect(try await salon.desk.book(cut, in: salon.scope).value.booking?.resources == [salon.chairs[0]])
        }
    }

    @Test("A number leads to the customer who has it, and is kept where nobody has")
    func numbers() async throws {
        try await withBookings { salon in
            var request = salon.request(salon.at(10))
            request.customer = .phone("+49155", name: nil)
            let known = try await salon.desk.book(request, in: salon.scope).value.booking
            #expect(known?.customer == salon.customer && known?.customerName == "Carla")
            request.customer = .phone("+49199", name: "Dora")
            let unknown = try await salon.desk.book(request, in: salon.scope).value.booking
            #expect(unknown?.customer == nil && unknown?.customerPhone == "+49199" && unknown?.customerName == "Dora")
            (request.customer, request.start) = (.key(.random()), .moment(salon.at(12)))
            #expect(try await salon.desk.book(request, in: salon.scope).value == .refused(.noCustomer))
            let theirs = try await salon.desk.upcoming(of: .phone("+49155", name: nil), in: salon.scope)
            #expect(theirs == [known].compactMap(\.self))
            #expect(try await salon.desk.upcoming(of: .key(salon.customer), in: salon.scope) == theirs)
        }
    }

    @Test("A time that never comes is refused, and one that comes twice is the first")
    func clocks() async throws {
        try await withBookings { salon in
            var request = salon.request(salon.midnight)
            request.isAnyTime = true
            let gap = try #require(WallTime("2030-03-31T02:30"))
            request.start = .wallTime(gap)
            guard case .refused(.gap(let found)) = try await salon.desk.book(request, in: salon.scope).value else {
                Issue.record("02:30 came to Berlin on 31 March 2030")
                return
            }
            #expect(found.until.description == "2030-03-31T03:00:00")
            request.start = .wallTime(try #require(WallTime("2030-10-27T02:30")))
            let booking = try await salon.desk.book(request, in: salon.scope).value.booking
            #expect(booking?.start.rfc3339Seconds == "2030-10-27T00:30:00Z")
            #expect(booking?.localStart.description == "2030-10-27T02:30:00")
            // Half an hour after the first 02:30 the clocks are put back: these are an hour apart.
            request.start = .moment(try #require(Timestamp(rfc3339: "2030-10-27T01:30:00Z")))
            let second = try await salon.desk.book(request, in: salon.scope).value.booking
            #expect(second?.localStart == booking?.localStart && second?.resources == [salon.chairs[1]])
        }
    }

    @Test("What cannot be booked is refused with the reason, and the salon's own people may all the same")
    func refusals() async throws {
        try await withBookings { salon in
            func outcome(_ start: Timestamp, anyTime: Bool = false) async throws -> BookingOutcome {
                var request = salon.request(start)
                request.isAnyTime = anyTime
                return try await salon.desk.book(request, in: salon.scope).value
            }
            #expect(try await outcome(salon.at(-30 * 24)) == .refused(.slot(.tooSoon)))
            #expect(try await outcome(salon.at(200 * 24)) == .refused(.slot(.tooFar)))
            #expect(try await outcome(salon.at(10, 7)) == .refused(.slot(.offStep)))
            try await salon.superuser.execute(
                """
                UPDATE opening_hours SET opens = '08:00', closes = '18:00';
                UPDATE salons SET settings = '{"booking": {"step_minutes": 20}}';
                """)
            #expect(try await outcome(salon.at(7)) == .refused(.slot(.closed)))
            #expect(try await outcome(salon.at(10, 15)) == .refused(.slot(.offStep)))
            #expect(try await outcome(salon.at(10, 20)).booking != nil)
            #expect(try await outcome(salon.at(7), anyTime: true).booking != nil)
            var other = salon.request(salon.at(10))
            other.service = .random()
            #expect(try await salon.desk.book(other, in: salon.scope).value == .refused(.noService))
            try await salon.superuser.execute("UPDATE salons SET settings = '{\"booking\": {\"step_minutes\": 0}}'")
            let error = await #expect(throws: ParlorError.self) { try await outcome(salon.at(10)) }
            #expect(error?.hint == "Set it to a whole number from 1 to 1440.")
        }
    }

    @Test("A code that the salon has already is not given again")
    func codes() async throws {
        try await withBookings(seed: 7) { salon in
            let first = try await salon.booked(salon.at(10))
            // The same chance again.
            let desk = BookingDesk(salon.store, codes: BookingCodes(seed: 7), on: salon.loop)
            let second = try await desk.book(salon.request(salon.at(12)), in: salon.scope).value.booking
            #expect(second != nil && second?.code != first.code)
            #expect(try await salon.messages() == ["confirmed 1", "confirmed 1"])
        }
    }

    @Test("Notes are sealed, and not taken where there is no key")
    func notes() async throws {
        let sealer = FieldSealer(try SealingKeyring([1: .generate()]))
        try await withBookings(sealer: sealer) { salon in
            var request = salon.request(salon.at(10))
            request.notes = "allergic to ammonia"
            let booking = try #require(try await salon.desk.book(request, in: salon.scope).value.booking)
            #expect(try await salon.desk.notes(of: booking.id, in: salon.scope) == "allergic to ammonia")
            let stored = try await salon.superuser.query("SELECT notes FROM bookings").only[0, as: [UInt8].self]
            #expect(!String(decoding: stored, as: UTF8.self).contains("ammonia"))
            let bare = BookingDesk(salon.store, on: salon.loop)
            await #expect(throws: ParlorError.self) { try await bare.book(request, in: salon.scope) }
            #expect(try await salon.superuser.query("SELECT FROM bookings").count == 1)
        }
    }
}
