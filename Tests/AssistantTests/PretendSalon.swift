import Assistant
import Basics
import Messaging
import Postgres
import Testing
import Zones

/// A salon in memory: it is Monday, 11 May 2026, nine o'clock in Berlin. Services begin every half hour from 10 to 17 on
/// workdays; one chair.
struct PretendSalon {
    static let zones = ZoneDatabase()
    static let cut = key(1)

    var facts: DialogueFacts
    var state = DialogueState()
    /// Moments that are taken by somebody.
    var taken: Set<Timestamp> = []
    var held: [PostgresUUID: DialogueBooking] = [:]
    private(set) var effects: [DialogueEffect] = []
    private var count: UInt64 = 0

    static func key(_ number: UInt64) -> PostgresUUID { PostgresUUID(high: 0x7000, low: 0x8000 << 48 | number) }

    init(_ language: Language = .english, services: [DialogueService]? = nil) throws {
        let zone = try Self.zones.zone("Europe/Berlin")
        let now = try #require(WallTime("2026-05-11T09:00").flatMap { zone.moment(of: $0).agreed })
        let offered = [
            DialogueService(id: Self.cut, name: "Cut", minutes: 30, price: "25.50 EUR"),
            DialogueService(id: Self.key(2), name: "Colour", minutes: 90, price: "80 EUR"),
            DialogueService(id: Self.key(3), name: "Beard", minutes: 15),
        ]
        facts = DialogueFacts(salon: "Ada", language: language, zone: zone, now: now, services: services ?? offered)
        facts.hours = (1...5).map { DialogueHours(weekday: $0, opens: .seconds(36_000), closes: .seconds(61_200)) }
    }

    func moment(_ reading: String) throws -> Timestamp {
        try #require(WallTime(reading).flatMap { facts.zone.moment(of: $0).agreed })
    }

    private func slots(_ wanted: SlotsWanted) -> [DialogueSlot] {
        (0..<wanted.days).flatMap { offset -> [DialogueSlot] in
            let day = wanted.from + offset
            guard day.weekday < 6 else { return [] }
            return (20..<34).compactMap { half in
                let local = WallTime(day, sinceMidnight: .seconds(half * 1800))
                guard let start = facts.zone.moment(of: local).agreed, start > facts.now, !taken.contains(start) else {
                    return nil
                }
                return DialogueSlot(start: start, local: local)
            }
        }
    }

    /// One message of the customer; at most one thing is done, and the state is kept as the database keeps it.
    @discardableResult
    mutating func hear(_ input: DialogueInput) throws -> DialogueAnswer {
        let before = effects.count
        var turn = DialogueTurn(state: state, input: input, facts: facts)
        for _ in 0..<6 {
            switch try Dialogue().step(of: turn) {
            case .ask(let wanted): turn.facts.slots[wanted] = slots(wanted)
            case .act(let effect):
                effects.append(effect)
                #expect(effects.count == before + 1, "one turn wanted two things done")
                turn.facts.deed = DialogueDeed(effect, try perform(effect))
            case .say(let answer):
                state = DialogueState(kept: answer.state.kept)
                #expect(state == answer.state)
                return answer
            }
        }
        throw ParlorError(.malformed, "the dialogue does not come to an end")
    }

    private mutating func perform(_ effect: DialogueEffect) throws -> DialogueOutcome {
        switch effect {
        case .hold(let service, let start):
            guard let offered = facts.services.first(where: { $0.id == service }) else { return .refused }
            guard let booking = booking(offered.name, service, start) else { return unavailable(service, start) }
            taken.insert(start)
            held[booking.id] = booking
            return .done(booking)
        case .confirm(let booking):
            guard let kept = held.removeValue(forKey: booking.id) else { return .expired }
            facts.bookings.append(kept)
            return .done(kept)
        case .release(let booking):
            if held.removeValue(forKey: booking.id) != nil { taken.remove(booking.start) }
            return .done(booking)
        case .move(let booking, let start):
            guard let service = booking.service, let place = facts.bookings.firstIndex(of: booking) else {
                return .refused
            }
            guard let moved = self.booking(booking.name, service, start, as: booking) else {
                return unavailable(service, start)
            }
            taken.remove(booking.start)
            taken.insert(start)
            facts.bookings[place] = moved
            return .done(moved)
        case .cancel(let booking):
            facts.bookings.removeAll { $0.id == booking.id }
            taken.remove(booking.start)
            return .done(booking)
        }
    }

    private mutating func booking(
        _ name: String, _ service: PostgresUUID, _ start: Timestamp, as known: DialogueBooking? = nil
    ) -> DialogueBooking? {
        let local = facts.zone.wallTime(at: start)
        guard slots(SlotsWanted(of: service, from: local.date, days: 1)).contains(where: { $0.start == start }) else {
            return nil
        }
        count += 1
        return DialogueBooking(
            id: known?.id ?? Self.key(100 + count), code: known?.code ?? "B\(count % 10)CD\(count / 10 % 10)F",
            service: service,
            name: name, start: start, local: local, version: (known?.version ?? 0) + 1)
    }

    private func unavailable(_ service: PostgresUUID, _ start: Timestamp) -> DialogueOutcome {
        guard taken.contains(start) else { return .refused }
        let day = facts.zone.wallTime(at: start).date
        return .taken(next: Array(slots(SlotsWanted(of: service, from: day, days: 7)).prefix(5)))
    }
}

extension MessageContent {
    /// As somebody sees it on a telephone.
    var seen: String {
        guard case .interactive(let content) = self else { return words ?? "" }
        switch content.choice {
        case .buttons(let buttons): return "\(content.body)\n\(buttons.map { "[\($0.title)]" }.joined(separator: " "))"
        case .list(let button, let sections):
            let rows = sections.flatMap(\.rows).map { row in "  • \(row.title)\(row.detail.map { " (\($0))" } ?? "")" }
            return "\(content.body)\n[\(button)]\n\(rows.joined(separator: "\n"))"
        }
    }

    /// What can be chosen, with what stands there.
    var choices: [(id: String, title: String)] {
        guard case .interactive(let content) = self else { return [] }
        switch content.choice {
        case .buttons(let buttons): return buttons.map { ($0.id, $0.title) }
        case .list(_, let sections): return sections.flatMap(\.rows).map { ($0.id, $0.title) }
        }
    }
}
