import Basics
import Testing

@Suite("Days and readings of clocks") struct WallTimeTests {
    @Test("A day is written as ISO 8601 has it and read back")
    func days() throws {
        for count in -800_000..<200_000 where count % 7 != 3 {
            let date = CivilDate(days: count)
            let (year, month, day) = date.civil
            #expect(CivilDate(year: year, month: month, day: day) == date)
            if (1...9999).contains(year) { #expect(CivilDate(date.description) == date) }
        }
        #expect(CivilDate(days: 0).description == "1970-01-01")
        #expect(CivilDate("2026-11-22")?.weekday == 7)
        #expect(CivilDate("1969-12-29")?.weekday == 1)
    }

    @Test("What is no day is refused", arguments: ["", "2026-02-29", "2026-13-01", "2026-1-1", "2026-01-01T00:00"])
    func noDays(text: String) {
        #expect(CivilDate(text) == nil)
    }

    @Test("A reading is written and read back, without a zone")
    func readings() throws {
        let reading = try #require(WallTime("2026-03-29T02:30"))
        #expect(reading.description == "2026-03-29T02:30:00")
        #expect(reading.date.description == "2026-03-29")
        #expect(reading.sinceMidnight == .seconds(9000))
        #expect(WallTime(reading.date, sinceMidnight: .seconds(86_400)).description == "2026-03-30T00:00:00")
        #expect(WallTime("1969-12-31T23:59:59.25")?.description == "1969-12-31T23:59:59.250000")
        for text in ["2026-03-29", "2026-03-29T24:00", "2026-03-29T02:30Z", "2026-03-29 02:30", "2026-03-29T02:30:60"] {
            #expect(WallTime(text) == nil)
        }
    }
}
