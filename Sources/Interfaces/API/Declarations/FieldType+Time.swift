import Basics

extension FieldType where Value == CivilDate {
    /// A day of a salon's calendar.
    static var calendarDay: FieldType {
        FieldType(
            schema: [.init("type", "string"), .init("format", "date")],
            expectation: "a day between 1970 and 2199, like 2026-03-01",
            reading: { json in
                guard let text = json.text, let day = CivilDate(text), (1970..<2200).contains(day.year) else {
                    return nil
                }
                return day
            }, json: { .string($0.description) })
    }
}

extension FieldType where Value == WallTime {
    /// What the salon's clocks show, to the minute.
    static var wallTime: FieldType {
        FieldType(
            schema: [
                .init("type", "string"), .init("pattern", "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:00)?$"),
            ], expectation: "what the salon's clocks show between 1970 and 2199, like 2026-03-01T09:30",
            reading: { json in
                guard let text = json.text, [16, 19].contains(text.utf8.count), let time = WallTime(text),
                    (1970..<2200).contains(time.date.year), time.microseconds % 60_000_000 == 0
                else { return nil }
                return time
            }, json: { .string($0.description) })
    }
}

extension FieldType where Value == Duration {
    /// A time of the day as clocks show it, to the minute.
    static var clockTime: FieldType {
        FieldType(
            schema: [.init("type", "string"), .init("pattern", "^([01][0-9]|2[0-3]):[0-5][0-9]$")],
            expectation: "a time of the day like 09:30",
            reading: { json in
                guard let text = json.text, text.utf8.count == 5 else { return nil }
                return WallTime("1970-01-01T\(text)")?.sinceMidnight
            },
            json: { time in
                let clock = WallTime(CivilDate(days: 0), sinceMidnight: time).description
                return .string(String(clock.dropFirst(11).prefix(5)))
            })
    }
}
