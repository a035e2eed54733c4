import Basics
import Testing

@Suite struct TimestampTests {
    @Test(
        "A moment is written in RFC 3339 and read back",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (951_782_400_000_000, "2000-02-29T00:00:00.000Z"),
            (4_107_542_399_999_000, "2100-02-28T23:59:59.999Z"), (-1_000, "1969-12-31T23:59:59.999Z"),
            (-62_135_596_800_000_000, "0001-01-01T00:00:00.000Z"),
        ] as [(Int64, String)])
    func writtenAndReadBack(microseconds: Int64, text: String) {
        #expect(Timestamp(microseconds: microseconds).rfc3339 == text)
        #expect(Timestamp(rfc3339: text)?.microseconds == microseconds)
    }

    @Test("An offset is taken off")
    func offset() {
        #expect(Timestamp(rfc3339: "2026-03-01T09:30:00+02:00")?.rfc3339 == "2026-03-01T07:30:00.000Z")
        #expect(Timestamp(rfc3339: "2026-03-01T09:30:00.5-03:30")?.rfc3339 == "2026-03-01T13:00:00.500Z")
    }

    @Test(
        "What is no moment is refused",
        arguments: [
            "", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01 00:00:00Z",
            "2026-01-01T00:00:00", "2026-01-01T00:00:00.1234567Z", "2026-01-01T00:00:00Zx", "2026-01-01T00:00:00+25:00",
        ])
    func refused(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test("Every day of four centuries survives the calendar there and back")
    func everyDay() {
        for day in -80_000..<80_000 {
            let moment = Timestamp(seconds: Int64(day) * 86_400)
            #expect(Timestamp(rfc3339: moment.rfc3339Seconds) == moment)
        }
    }
}
