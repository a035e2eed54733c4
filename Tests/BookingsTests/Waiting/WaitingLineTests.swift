import Basics
import Postgres
import Store
import TestSupport
import Testing

@testable import Bookings

@Suite("The waiting list") struct WaitingLineTests {
    @Test("The first in the line who has use for it is offered what became free, and then the next one")
    func order() async throws {
        try await withBookings { salon in
            let line = WaitingLine(salon.desk)
            let day = try #require(CivilDate(salon.localDay))
            let full = try await salon.full()
            let names = ["late", "first", "second"]
            let customers = try await salon.customers(names)
            var wish = WaitingLine.Wish(service: salon.cut, days: day...day)
            wish.earliest = .seconds(20 * 3600)
            let late = try #require(try await line.enter(customers[0], wish, in: salon.scope))
            wish.earliest = .zero
            let first = try #require(try await line.enter(customers[1], wish, in: salon.scope))
            let second = try #require(try await line.enter(customers[2], wish, in: salon.scope))
            #expect(late.id < first.id && first.id < second.id)
            _ = try await salon.messages()

            _ = try await salon.desk.cancel(full.id, in: salon.scope)
            var offers = try await salon.work(line)
            #expect(offers.map(\.entry.id) == [first.id] && offers[0].slot.start == full.start)
            #expect(try await salon.messages("waiting.offered").count == 1)
            let offered = try await line.entries(.offered, in: salon.scope)
            #expect(offered.map(\.id) == [first.id])
            let offer = try #require(offered[0].booking)
            let held = try #require(try await salon.desk.booking(offer, in: salon.scope, .deciding))
            #expect(held.status == .held && held.customer == customers[1] && held.source == "waiting_list")
            #expect(held.holdExpires != nil)

            // He does not answer.
            try await salon.expire(held.id)
            _ = try await salon.desk.expireHolds(in: salon.scope)
            offers = try await salon.work(line)
            #expect(offers.map(\.entry.id) == [second.id] && offers[0].slot.start == full.start)
            #expect(try await line.entries(.waiting, in: salon.scope).map(\.passed) == [[], [full.start]])

            // She takes it, and who let it go keeps his place for another time.
            let hers = try #require(try await line.entries(.offered, in: salon.scope).first?.booking)
            #expect(try await salon.desk.confirm(hers, in: salon.scope).value.booking?.status == .confirmed)
            #expect(try await salon.work(line) == [])
            #expect(try await line.entries(.booked, in: salon.scope).map(\.id) == [second.id])
            #expect(try await line.entries(.waiting, in: salon.scope).map(\.id) == [late.id, first.id])
            #expect(try await salon.overlaps() == 0)
        }
    }

    @Test("A booking that is moved frees its old time, and a message that comes twice offers nothing twice")
    func moved() async throws {
        try await withBookings { salon in
            let line = WaitingLine(salon.desk)
            let day = try #require(CivilDate(salon.localDay))
            let full = try await salon.full()
            let customer = try await salon.customers(["one"])[0]
            _ = try await line.enter(customer, WaitingLine.Wish(service: salon.cut, days: day...day), in: salon.scope)
            _ = try await salon.messages()
            _ = try await salon.desk.reschedule(full.id, to: .moment(salon.at(34)), in: salon.scope)
            let changes = try await salon.changes()
            #expect(changes.map(\.what) == ["moved"] && changes[0].freed.map(\.resource) == full.resources)
            let first = try await line.handle(changes[0], in: salon.scope)
            #expect(first.map(\.slot.start) == [full.start])
            #expect(try await line.handle(changes[0], in: salon.scope) == [])
            #expect(try await salon.messages("waiting.offered").count == 1)
        }
    }

    @Test("Who withdraws gives back what was held for him, and the next one gets it")
    func withdrawal() async throws {
        try await withBookings { salon in
            let line = WaitingLine(salon.desk)
            let day = try #require(CivilDate(salon.localDay))
            let full = try await salon.full()
            let customers = try await salon.customers(["one", "two"])
            let wish = WaitingLine.Wish(service: salon.cut, days: day...day)
            var entries: [WaitingEntry] = []
            for customer in customers {
                entries.append(try #require(try await line.enter(customer, wish, in: salon.scope)))
            }
            _ = try await salon.desk.cancel(full.id, in: salon.scope)
            #expect(try await salon.work(line).map(\.entry.id) == [entries[0].id])
            #expect(try await line.withdraw(entries[0].id, in: salon.scope))
            #expect(try await !line.withdraw(entries[0].id, in: salon.scope))
            #expect(try await salon.work(line).map(\.entry.id) == [entries[1].id])
            #expect(try await line.entries(.withdrawn, in: salon.scope).map(\.id) == [entries[0].id])
        }
    }

    @Test("Of two who handle the same message at once each entry gets one offer at most")
    func together() async throws {
        try await withBookings { salon in
            let line = WaitingLine(salon.desk)
            let day = try #require(CivilDate(salon.localDay))
            let full = try await salon.full()
            for customer in try await salon.customers((0..<6).map { "\($0)" }) {
                _ = try await line.enter(
                    customer, WaitingLine.Wish(service: salon.cut, days: day...day), in: salon.scope)
            }
            _ = try await salon.messages()
            _ = try await salon.desk.cancel(full.id, in: salon.scope)
            let change = try #require(try await salon.changes().first)
            let offers = try await withThrowingTaskGroup(of: [WaitingMatch.Offer].self) { group in
                for _ in 0..<6 {
                    group.addTask(executorPreference: salon.loop) { try await line.handle(change, in: salon.scope) }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(offers.count == 1)
            #expect(try await line.entries(.offered, in: salon.scope).count == 1)
            #expect(try await salon.overlaps() == 0)
        }
    }
}

@Suite("Who is offered what became free") struct WaitingMatchTests {
    @Test("The first in the line whose days, times, wish and memory allow one of the free slots")
    func match() throws {
        var generator = SeededGenerator()
        let day = CivilDate(days: 20_000)
        let midnight = Timestamp(seconds: 20_000 * 86_400)
        for _ in 0..<500 {
            let slots = (0..<6).map { number in
                let start = midnight + .seconds(3600 * (8 + number))
                return FreeSlot(
                    start: start, end: start + .seconds(1800),
                    localStart: WallTime(microseconds: start.microseconds),
                    resources: [PostgresUUID(high: 0, low: UInt64.random(in: 1...3, using: &generator))])
            }
            let line = (0..<5).map { number in
                let earliest = Int.random(in: 0...14, using: &generator)
                return WaitingEntry(
                    id: PostgresUUID(high: 0, low: UInt64(number)), customer: .random(), service: .random(),
                    resource: Bool.random(using: &generator) ? PostgresUUID(high: 0, low: 1) : nil,
                    firstDay: day + Int.random(in: -1...1, using: &generator), lastDay: day + 1,
                    earliest: .seconds(3600 * earliest),
                    latest: .seconds(3600 * Int.random(in: earliest...24, using: &generator)),
                    status: Int.random(in: 0...3, using: &generator) == 0 ? .offered : .waiting, booking: nil,
                    passed: slots.map(\.start).filter { _ in Int.random(in: 0...3, using: &generator) == 0 }, version: 1
                )
            }
            let from = midnight + .seconds(3600 * Int.random(in: 7...13, using: &generator))
            let freed = from..<(from + .seconds(7200))
            var expected: WaitingMatch.Offer?
            for entry in line where expected == nil && entry.status == .waiting {
                for slot in slots where expected == nil {
                    let time = slot.localStart.sinceMidnight
                    if slot.end > freed.lowerBound, slot.start < freed.upperBound, entry.firstDay <= day,
                        time >= entry.earliest, time <= entry.latest, !entry.passed.contains(slot.start),
                        entry.resource == nil || slot.resources == [entry.resource].compactMap(\.self)
                    {
                        expected = WaitingMatch.Offer(entry: entry, slot: slot)
                    }
                }
            }
            #expect(
                WaitingMatch.offer(line.shuffled(using: &generator), freed: freed) { _ in slots } == expected,
                generator.note)
        }
    }
}

extension BookingScene {
    /// The day of its times.
    var localDay: String { String((midnight + .seconds(12 * 3600)).rfc3339.prefix(10)) }

    /// Lets both chairs be taken for the whole day but for one cut at ten, which is booked: from there on nothing is free.
    fileprivate func full() async throws -> BookingDetails {
        try await superuser.execute("UPDATE opening_hours SET opens = '10:00', closes = '10:30'")
        let first = try await booked(at(10))
        _ = try await booked(at(10))
        return first
    }

    fileprivate func customers(_ names: [String]) async throws -> [PostgresUUID] {
        var keys: [PostgresUUID] = []
        for name in names {
            keys.append(
                try await superuser.query(
                    "INSERT INTO customers (salon_id, name) VALUES ($1, $2) RETURNING id", scope.salon.value, name
                ).only[0])
        }
        return keys
    }

    /// The changes that the outbox holds, taken out of it in order.
    fileprivate func changes() async throws -> [BookingChange] {
        try await superuser.query(
            """
            WITH taken AS (DELETE FROM outbox WHERE topic = $1 RETURNING id, payload)
            SELECT payload FROM taken ORDER BY id
            """, BookingChange.topic
        ).map { try BookingChange(reading: $0[0]) }
    }

    /// Handles changes until there are none.
    fileprivate func work(_ line: WaitingLine) async throws -> [WaitingMatch.Offer] {
        var offers: [WaitingMatch.Offer] = []
        while true {
            let changes = try await changes()
            if changes.isEmpty { return offers }
            for change in changes { offers += try await line.handle(change, in: scope) }
        }
    }
}
