import Basics
import Postgres

/// A booking, with the resources that it takes.
struct Appointment {
    enum State: Sendable { case confirmed, cancelled, completed, missed, held }

    let salon: Int
    let id: PostgresUUID
    /// Among those that a salon ever had; its code follows from it.
    let number: Int
    let customer: Int
    let service: Int
    let staff: Int
    let startsAt: Timestamp
    let endsAt: Timestamp
    /// What the salon's clocks show.
    let localStart: Timestamp
    let createdAt: Timestamp
    let state: State
    let isByAssistant: Bool

    /// Whether nobody else can have the time.
    var isActive: Bool { state == .confirmed || state == .held }

    /// Six letters and digits, never the same twice in a salon: 36⁶ codes are permuted.
    func writeCode(into buffer: inout CopyBuffer) {
        let codes = 2_176_782_336
        // Neither even nor a multiple of three.
        var rest = (number * 1_299_709 + salon * 104_729 + 60_466_177) % codes
        for _ in 0..<6 {
            let digit = rest % 36
            buffer.append(byte: digit < 10 ? UInt8(48 + digit) : UInt8(55 + digit))
            rest /= 36
        }
    }
}

extension SeedWorld {
    /// The days that have appointments: so many as are seeded, and they end a fortnight behind the end.
    var appointmentDays: Range<Int> { Self.lead + 1..<calendar.dayCount + Self.lead + 1 }

    /// The appointments of a salon on a day. Everybody who works has a day of their own, filled from its beginning with
    /// gaps, so that two never overlap.
    func appointments(_ salon: Int, _ day: Int) -> [Appointment] {
        let count = appointmentCount(salon, day)
        guard count > 0 else { return [] }
        let staff = salons[salon].profile.staff.count
        // Not always the same ones have one more than the others.
        let shift = day % staff
        var found: [Appointment] = []
        found.reserveCapacity(count)
        for member in 0..<staff {
            let place = (member + shift) % staff
            fill(salon, day, member, count / staff + (place < count % staff ? 1 : 0), &found)
        }
        return found
    }

    private func fill(_ salon: Int, _ day: Int, _ member: Int, _ count: Int, _ found: inout [Appointment]) {
        guard count > 0 else { return }
        let profile = salons[salon].profile
        let shortest = profile.services[profile.shortest].offer.quarters
        let stretches = hours(salon, day)
        var rest = count
        var room = stretches.reduce(0) { $0 + ($1.closes - $1.opens) / 15 / shortest }
        for stretch in stretches {
            let quarters = (stretch.closes - stretch.opens) / 15
            let share = quarters / shortest
            // Its part of what is left, rounded up.
            let here = min(rest, (rest * share + room - 1) / max(1, room))
            var slack = quarters - here * shortest
            var at = stretch.opens
            for _ in 0..<here {
                var draw = Draw(seed, .booking, group: salon, day << 10 | found.count)
                let gap = draw.below(min(slack, 4) + 1)
                var service = draw.below(profile.services.count)
                if profile.services[service].offer.quarters - shortest > slack - gap { service = profile.shortest }
                let offer = profile.services[service].offer
                slack -= gap + offer.quarters - shortest
                found.append(
                    appointment(salon, day, member, service, at + gap * 15 + offer.before, found.count, &draw))
                at += (gap + offer.quarters) * 15
            }
            rest -= here
            room -= share
        }
    }

    private func appointment(
        _ salon: Int, _ day: Int, _ member: Int, _ service: Int, _ minutes: Int, _ place: Int, _ draw: inout Draw
    ) -> Appointment {
        let startsAt = moment(salon, day: day, minutes: minutes)
        let endsAt = startsAt + .seconds(salons[salon].profile.services[service].offer.minutes * 60)
        var createdAt = startsAt + .seconds(-6 * 3600 - draw.below(12 * 86_400))
        if createdAt >= calendar.until { createdAt = calendar.until + .seconds(-600 - draw.below(3 * 86_400)) }
        createdAt = createdAt + .milliseconds(draw.below(1000))
        let since = (createdAt - calendar.moment(0, seconds: 0)).microseconds / 86_400_000_000
        let state = state(startsAt, &draw)
        // Who keeps a time for somebody does so for minutes.
        if state == .held { createdAt = calendar.until + .seconds(-60 - draw.below(240)) }
        return Appointment(
            salon: salon, id: draw.identifier(at: createdAt), number: day << 10 | place,
            customer: customer(salon, on: Int(since), at: draw.fraction()), service: service, staff: member,
            startsAt: startsAt, endsAt: endsAt, localStart: calendar.moment(day, seconds: minutes * 60),
            createdAt: createdAt, state: state, isByAssistant: draw.chance(70))
    }

    private func state(_ startsAt: Timestamp, _ draw: inout Draw) -> Appointment.State {
        let luck = draw.below(100)
        guard startsAt < calendar.until else { return luck < 92 ? .confirmed : luck < 98 ? .cancelled : .held }
        return luck < 82 ? .completed : luck < 95 ? .cancelled : .missed
    }
}
