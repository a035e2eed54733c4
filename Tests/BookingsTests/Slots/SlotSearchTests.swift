import Basics
import Bookings
import Postgres
import TestSupport
import Testing
import Zones

@Suite("Free slots") struct SlotSearchTests {
    @Test("The search finds what looking at every minute finds, on days of 23, 24 and 25 hours too")
    func oracle() throws {
        var generator = SeededGenerator()
        var (found, empty) = (0, 0)
        for _ in 0..<30 {
            let scene = try SlotScene(using: &generator)
            let search = SlotSearch(scene.question, beginningIn: scene.range)
            let slots = search.slots(atMost: .max)
            let expected = MinuteSearch(scene.question, scene.range).slots
            #expect(slots == expected, "\(scene.question): \(generator.note)")
            #expect(search.slots(atMost: 3) == Array(expected.prefix(3)), generator.note)
            found += slots.count
            empty += slots.isEmpty ? 1 : 0
        }
        // Otherwise the comparison would prove little.
        #expect(found > 100 && empty < 25, "\(found), \(empty): \(generator.note)")
    }

    @Test("Asked about one moment it says the same, and why not otherwise")
    func single() throws {
        var generator = SeededGenerator()
        var refusals: Set<SlotRefusal> = []
        for _ in 0..<20 {
            let scene = try SlotScene(using: &generator)
            let search = SlotSearch(scene.question, beginningIn: scene.range)
            let expected = MinuteSearch(scene.question, scene.range).slots
            let byStart = Dictionary(uniqueKeysWithValues: expected.map { ($0.start, $0) })
            var moment = scene.range.lowerBound
            while moment < scene.range.upperBound {
                let reading = scene.question.zone.wallTime(at: moment)
                // The second run of a fold is offered to nobody, yet may be asked for.
                if scene.question.zone.moment(of: reading).agreed == moment {
                    switch search.slot(at: moment) {
                    case .success(let slot): #expect(slot == byStart[moment], generator.note)
                    case .failure(let refusal):
                        #expect(byStart[moment] == nil, "\(refusal): \(generator.note)")
                        refusals.insert(refusal)
                    }
                }
                moment = moment + .seconds(300)
            }
        }
        // Chance seldom leaves any of them out, but which it is does not matter here.
        #expect(refusals.count >= 4, generator.note)
    }

    @Test("A break, a holiday, a buffer and what is taken each have their effect")
    func example() throws {
        let chair = PostgresUUID(high: 0, low: 1)
        let zone = try ZoneDatabase().zone("Europe/Berlin")
        let day = try #require(CivilDate("2026-06-01"))
        let midnight = try #require(zone.start(of: day))
        func at(_ hour: Int, _ minute: Int = 0) -> Timestamp { midnight + .seconds(hour * 3600 + minute * 60) }
        var question = SlotQuestion(
            zone: zone, duration: .seconds(3600), resources: [BookableResource(id: chair, kind: .chair)],
            hours: [
                OpeningSpan(weekday: 1, opens: .seconds(9 * 3600), closes: .seconds(12 * 3600)),
                OpeningSpan(weekday: 1, opens: .seconds(13 * 3600), closes: .seconds(15 * 3600)),
            ], now: midnight)
        question.rules.step = .seconds(1800)
        func starts() -> [String] {
            SlotSearch(question, beginningIn: midnight..<at(24)).slots(atMost: 10).map {
                String($0.localStart.description.suffix(8).prefix(5))
            }
        }
        #expect(starts() == ["09:00", "09:30", "10:00", "10:30", "11:00", "13:00", "13:30", "14:00"])
        question.taken = [OccupiedTime(resource: chair, at(10)..<at(10, 30))]
        #expect(starts() == ["09:00", "10:30", "11:00", "13:00", "13:30", "14:00"])
        question.bufferBefore = .seconds(600)
        #expect(starts() == ["09:00", "11:00", "13:00", "13:30", "14:00"])
        question.bufferAfter = .seconds(600)
        #expect(starts() == ["11:00", "13:00", "13:30", "14:00"])
        question.closures = [OccupiedTime(resource: nil, at(13)..<at(13, 15))]
        #expect(starts() == ["11:00", "13:30", "14:00"])
        question.rules.notice = .seconds(12 * 3600)
        #expect(starts() == ["13:30", "14:00"])
        question.resources.append(BookableResource(id: .random(), kind: .room, isBookable: false))
        #expect(starts() == [])
    }

    @Test("The next slots of a full quarter are found without looking at each of them")
    func far() throws {
        let chairs = (1...6).map { BookableResource(id: PostgresUUID(high: 0, low: $0), kind: .chair) }
        let hours = (1...7).map { OpeningSpan(weekday: $0, opens: .seconds(9 * 3600), closes: .seconds(18 * 3600)) }
        let now = try #require(Timestamp(rfc3339: "2026-06-01T00:00:00Z"))
        var question = SlotQuestion(
            zone: try ZoneDatabase().zone("Europe/Berlin"), duration: .seconds(1800), resources: chairs, hours: hours,
            now: now)
        for day in 0..<80 {
            for chair in chairs {
                let opening = now + .seconds(day * 86_400 + 6 * 3600)
                for hour in 0..<12 {
                    let start = opening + .seconds(hour * 3600)
                    question.taken.append(OccupiedTime(resource: chair.id, start..<(start + .seconds(3600))))
                }
            }
        }
        let slots = SlotSearch(question, beginningIn: now..<(now + .seconds(90 * 86_400))).slots(atMost: 3)
        #expect(
            slots.map(\.localStart.description) == [
                "2026-08-20T09:00:00", "2026-08-20T09:15:00", "2026-08-20T09:30:00",
            ])
    }
}
