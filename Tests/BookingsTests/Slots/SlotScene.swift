import Basics
import Bookings
import Postgres
import TestSupport
import Testing
import Zones

/// A question made up by chance, with days on which clocks are changed among the others.
struct SlotScene {
    let question: SlotQuestion
    let range: Range<Timestamp>

    private static let zones = ZoneDatabase()
    private static let days = [
        ("Europe/Berlin", "2026-03-29"), ("Europe/Berlin", "2026-10-25"), ("America/New_York", "2026-11-01"),
        ("Australia/Lord_Howe", "2026-04-05"), ("Australia/Lord_Howe", "2026-10-04"), ("Pacific/Apia", "2011-12-30"),
        ("Asia/Kathmandu", "2026-06-01"), ("UTC", "2026-02-28"),
    ]

    init(using generator: inout SeededGenerator) throws {
        func number(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &generator) }
        func minutes(_ range: ClosedRange<Int>, by step: Int) -> Duration { .seconds(60 * step * number(range)) }
        let (name, day) = Self.days[number(0...Self.days.count - 1)]
        let zone = try Self.zones.zone(name)
        let date = try #require(CivilDate(day))
        let start = zone.moment(of: WallTime(date + -1)).orNext
        range = start..<(start + .seconds(3 * 86_400))
        let kinds: [ResourceKind] = [.staff, .chair, .room]
        let resources = (0..<number(0...5)).map { index in
            BookableResource(
                id: PostgresUUID(high: 7, low: UInt64(number(0...1000) * 10 + index)), kind: kinds[number(0...2)],
                isBookable: number(0...9) > 0)
        }
        var hours: [OpeningSpan] = []
        for resource in [nil] + resources.map({ $0.id }) where resource == nil || number(0...2) == 0 {
            for weekday in 1...7 {
                for _ in 0...number(0...1) {
                    let opens = number(0...80)
                    hours.append(
                        OpeningSpan(
                            resource: resource, weekday: weekday, opens: .seconds(900 * opens),
                            closes: .seconds(900 * number(opens + 1...96)),
                            validFrom: number(0...9) == 0 ? date + number(-2...2) : nil,
                            validUntil: number(0...9) == 0 ? date + number(-2...2) : nil))
                }
            }
        }
        var question = SlotQuestion(
            zone: zone, duration: minutes(1...24, by: 5), resources: resources, hours: hours,
            now: start + minutes(-100...300, by: 7))
        question.bufferBefore = minutes(0...4, by: 5)
        question.bufferAfter = minutes(0...4, by: 5)
        question.rules.step = minutes(1...6, by: 10)
        question.rules.notice = minutes(0...10, by: 11)
        question.rules.horizon = .seconds(3600 * number(40...100))
        if number(0...4) == 0 { question.preferred = resources.randomElement(using: &generator)?.id ?? .random() }
        for _ in 0..<number(0...3) {
            let from = start + minutes(-10...600, by: 7)
            let resource = number(0...1) == 0 ? nil : resources.randomElement(using: &generator)?.id
            question.closures.append(OccupiedTime(resource: resource, from..<(from + minutes(1...60, by: 5))))
        }
        for resource in resources {
            var from = start + minutes(-60...60, by: 5)
            while number(0...8) > 0 {
                let until = from + minutes(1...20, by: 5)
                question.taken.append(OccupiedTime(resource: resource.id, from..<until))
                from = until + minutes(0...60, by: 5)
            }
        }
        self.question = question
    }
}
