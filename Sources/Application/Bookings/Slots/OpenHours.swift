import Basics
import Postgres
import Zones

/// When a salon and its resources are there in a stretch of time: their hours by the salon's clocks, without closures.
struct OpenHours {
    /// The salon's own.
    let salon: TimeSpans
    private let question: SlotQuestion
    private let days: ClosedRange<Int>
    private let hours: [PostgresUUID?: [OpeningSpan]]
    private let closures: [PostgresUUID?: [OccupiedTime]]

    init(_ question: SlotQuestion, in range: Range<Timestamp>) {
        self.question = question
        // What begins on its last day may end on the next one.
        let first = question.zone.wallTime(at: range.lowerBound).date.days - 1
        let last = question.zone.wallTime(at: range.upperBound + question.duration).date.days + 1
        days = first...max(first, last)
        hours = Dictionary(grouping: question.hours, by: \.resource)
        closures = Dictionary(grouping: question.closures, by: \.resource)
        salon = Self.spans(hours[nil] ?? [], closures[nil] ?? [], days, question.zone)
    }

    /// When a resource is there: within the salon's hours, and its own where it has any.
    func spans(of resource: PostgresUUID) -> TimeSpans {
        let closed = TimeSpans((closures[resource] ?? []).map(\.span))
        guard let own = hours[resource] else { return salon.subtracting(closed) }
        return salon.intersection(Self.spans(own, [], days, question.zone)).subtracting(closed)
    }

    private static func spans(
        _ hours: [OpeningSpan], _ closures: [OccupiedTime], _ days: ClosedRange<Int>, _ zone: TimeZone
    ) -> TimeSpans {
        let open = days.flatMap { day in
            let date = CivilDate(days: day)
            return hours.filter { $0.holds(on: date) }.flatMap { span in
                zone.moments(
                    from: WallTime(date, sinceMidnight: span.opens), until: WallTime(date, sinceMidnight: span.closes))
            }
        }
        return TimeSpans(open).subtracting(TimeSpans(closures.map(\.span)))
    }
}
