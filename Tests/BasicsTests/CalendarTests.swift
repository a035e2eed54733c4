import Basics
import Testing

@Suite struct CalendarTests {
    @Test(
        "A moment knows its week, also around the turn of a year",
        arguments: [
            ("2026-11-21T12:00:00Z", "2026-W47"), ("2026-11-22T23:59:59.999Z", "2026-W47"),
            ("2026-11-23T00:00:00Z", "2026-W48"), ("2021-01-03T23:59:59Z", "2020-W53"),
            ("2021-01-04T00:00:00Z", "2021-W01"), ("2024-12-30T00:00:00Z", "2025-W01"),
            ("2026-12-31T00:00:00Z", "2026-W53"), ("1970-01-01T00:00:00Z", "1970-W01"),
            ("1969-12-28T23:59:59Z", "1969-W52"), ("2005-01-01T00:00:00Z", "2004-W53"),
        ])
    func week(text: String, expected: String) throws {
        #expect(try #require(Timestamp(rfc3339: text)).week.description == expected)
    }

    @Test(
        "A moment knows its month and when its day began",
        arguments: [
            ("2026-11-30T23:59:59.999Z", "November 2026", "2026-11-30T00:00:00Z"),
            ("2024-02-29T00:00:00Z", "February 2024", "2024-02-29T00:00:00Z"),
            ("1969-12-31T23:00:00Z", "December 1969", "1969-12-31T00:00:00Z"),
        ])
    func month(text: String, expected: String, midnight: String) throws {
        let moment = try #require(Timestamp(rfc3339: text))
        #expect(moment.month.description == expected)
        #expect(moment.startOfDay.rfc3339Seconds == midnight)
    }

    @Test("Every week of a century has seven days, and comes after the one before")
    func everyWeek() {
        let monday: Int64 = 4 * 86_400
        var last: CalendarWeek?
        for week in -2600..<2600 {
            let begin = Timestamp(seconds: monday + Int64(week) * 7 * 86_400)
            #expect(Set((0..<7).map { (begin + .seconds($0 * 86_400)).week }).count == 1)
            if let last { #expect(last < begin.week) }
            last = begin.week
        }
    }
}
