import Basics
import Digests
import Testing

@testable import Seed

/// A small world that needs no server: clocks that change twice a year in one zone and never elsewhere.
func world(_ number: UInt64 = 7, scale: Double? = 0.00001, until: String = "2026-03-01") -> SeedWorld {
    let end = Timestamp(rfc3339: "\(until)T00:00:00Z") ?? .now()
    let request = SeedRequest(number: number, size: scale.map { .workload(scale: $0) } ?? .demo, until: end)
    let zones = Place.all.indices.map { zone in
        [
            ZoneOffsets.Change(from: 0, offset: (zone - 6) * 1800),
            ZoneOffsets.Change(from: 1_743_296_400, offset: (zone - 6) * 1800 + 3600),
            ZoneOffsets.Change(from: 1_761_440_400, offset: (zone - 6) * 1800),
        ]
    }
    return SeedWorld(request, zones: ZoneOffsets(zones))
}

@Suite("The world of a seed")
struct SeedWorldTests {
    private func stream(_ table: SeedTable) -> [UInt8] {
        var buffer = CopyBuffer()
        for unit in 0..<table.units { table.write(unit, &buffer) }
        return buffer.bytes
    }

    private func digests(_ world: SeedWorld) async -> [String: String] {
        var digests: [String: String] = [:]
        for table in world.tables(await SeedTotals(world)) {
            digests[table.name] = hexadecimal(Digest(.sha256, of: stream(table)).bytes)
        }
        return digests
    }

    @Test("The same request makes the same bytes, and another one other bytes")
    func repeats() async {
        let first = await digests(world())
        #expect(await digests(world()) == first)
        let otherNumber = await digests(world(8))
        let otherEnd = await digests(world(until: "2026-03-02"))
        for (table, digest) in first {
            #expect(otherNumber[table] != digest, "\(table) does not depend on the number")
            #expect(otherEnd[table] != digest || table == "service_resources", "\(table) does not depend on the end")
        }
    }

    @Test("The bytes are those of every earlier run on every machine")
    func golden() async {
        let digests = await digests(world())
        let all = digests.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: "\n")
        // A change of what is written changes it, and is to be meant.
        #expect(
            hexadecimal(Digest(.sha256, of: Array(all.utf8)).bytes)
                == "ffbbea78b8e7ea5750bb9f75e5afa79654915c707d02d8fc5ee258aa6697f5c0")
    }

    @Test("Rows do not depend on how a table is cut into pieces, or in which order they are written")
    func pieces() async {
        let world = world()
        for table in world.tables(await SeedTotals(world)) {
            let whole = stream(table)
            var pieces: [[UInt8]] = Array(repeating: [], count: table.units)
            var buffer = CopyBuffer()
            for unit in (0..<table.units).reversed() {
                buffer.removeAll()
                table.write(unit, &buffer)
                pieces[unit] = buffer.bytes
            }
            #expect(Array(pieces.joined()) == whole, "\(table.name)")
        }
    }

    @Test("Every table has as many rows as the plan says")
    func rows() async {
        for world in [world(), world(scale: nil), world(9, scale: 0.0001)] {
            for table in world.tables(await SeedTotals(world)) {
                var buffer = CopyBuffer()
                for unit in 0..<table.units { table.write(unit, &buffer) }
                #expect(buffer.rows == table.rows, "\(table.name)")
            }
        }
    }

    @Test("The parts of a stage hold every unit once, whatever the number of connections", arguments: [1, 2, 3, 8])
    func jobs(connections: Int) async {
        let world = world(scale: 0.0002)
        let tables = world.tables(await SeedTotals(world))
        var units: [String: [Int]] = [:]
        for job in LoadJob.jobs(tables, parts: connections) { units[job.table.name, default: []] += Array(job.units) }
        for table in tables { #expect(units[table.name, default: []].sorted() == Array(0..<table.units)) }
    }

    @Test("A day of the whole workload has what the specification says")
    func volume() {
        let volume = Volume(scale: 1)
        #expect((volume.salons, volume.bookings, volume.exchanges) == (1000, 10_000, 50_000))
        let world = world(scale: 0.01)
        #expect(world.exchangeCount == 500 * 365)
        #expect(world.salons.count == 10)
        let bookings = world.appointmentDays.reduce(0) { sum, day in
            sum + world.salons.indices.reduce(0) { $0 + world.appointmentCount($1, day) }
        }
        #expect(abs(bookings - 100 * 365) < 100 * 365 / 20)
    }

    @Test("The largest of five salons has twice as much to do as the smallest, as in life")
    func skew() {
        let world = world(scale: 0.005)
        var counts = Array(repeating: 0, count: world.salons.count)
        for number in 0..<world.exchangeCount { counts[Exchange(world, number).salon] += 1 }
        #expect(Double(counts[0]) > 1.8 * Double(counts[4]))
        #expect(counts.allSatisfy { $0 > 0 })
    }

    @Test("Nobody writes before joining, and nothing but appointments lies behind the end")
    func order() {
        let world = world(scale: 0.0002)
        for number in 0..<world.exchangeCount {
            let exchange = Exchange(world, number)
            let customer = Customer(world, exchange.salon, exchange.customer)
            #expect(customer.createdAt <= exchange.askedAt)
            #expect(exchange.askedAt < exchange.answeredAt)
            #expect(exchange.states[0].at <= exchange.states[1].at)
            #expect(exchange.states[1].at < world.calendar.until)
        }
    }

    @Test("Appointments keep to the hours, never overlap, and have codes of their own")
    func appointments() {
        for world in [world(scale: 0.002), world(scale: nil)] {
            for salon in world.salons.indices {
                var codes: Set<[UInt8]> = []
                var count = 0
                for day in world.appointmentDays {
                    let appointments = world.appointments(salon, day)
                    #expect(appointments.count == world.appointmentCount(salon, day))
                    count += appointments.count
                    check(appointments, in: world, day)
                    for appointment in appointments {
                        var code = CopyBuffer()
                        appointment.writeCode(into: &code)
                        codes.insert(code.bytes)
                    }
                }
                #expect(codes.count == count)
                #expect(codes.allSatisfy { $0.count == 6 })
            }
        }
    }

    private func check(_ appointments: [Appointment], in world: SeedWorld, _ day: Int) {
        var last: [Int: Timestamp] = [:]
        for appointment in appointments {
            let offer = world.salons[appointment.salon].profile.services[appointment.service].offer
            let from = appointment.startsAt + .seconds(-offer.before * 60)
            let to = appointment.endsAt + .seconds(offer.after * 60)
            #expect(last[appointment.staff].map { $0 <= from } ?? true)
            last[appointment.staff] = to
            let inside = world.hours(appointment.salon, day).contains { hours in
                world.moment(appointment.salon, day: day, minutes: hours.opens) <= from
                    && to <= world.moment(appointment.salon, day: day, minutes: hours.closes)
            }
            #expect(inside)
            #expect(appointment.createdAt < world.calendar.until && appointment.createdAt < appointment.startsAt)
            let offset = world.offset(appointment.salon, at: appointment.startsAt)
            #expect(appointment.startsAt + .seconds(offset) == appointment.localStart)
            let customer = Customer(world, appointment.salon, appointment.customer)
            #expect(customer.createdAt <= appointment.createdAt)
        }
    }
}
