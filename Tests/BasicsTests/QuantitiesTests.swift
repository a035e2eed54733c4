import Basics
import Testing

@Suite struct QuantitiesTests {
    @Test(
        "A number of bytes is written in the largest unit that fits",
        arguments: [
            (0, "0 B"), (1023, "1023 B"), (1024, "1 kB"), (1536, "1.5 kB"), (16 << 20, "16 MB"), (3 << 29, "1.5 GB"),
            (1 << 40, "1 TB"), (-2048, "-2 kB"), (-5, "-5 B"),
        ])
    func bytesWritten(bytes: Int, text: String) {
        #expect(ByteCount(bytes).description == text)
    }

    @Test(
        "A number of bytes is read as people write it",
        arguments: [
            ("0", 0), ("4096", 4096), ("17b", 17), ("64kB", 64 << 10), ("64 KB", 64 << 10), ("512mb", 512 << 20),
            ("2 GB", 2 << 30), ("1TB", 1 << 40),
        ])
    func bytesRead(text: String, bytes: Int) {
        #expect(ByteCount(text)?.bytes == bytes)
    }

    @Test(
        "What is no number of bytes is refused",
        arguments: [
            "", "MB", "-1", "+1", "1.5GB", "1 PB", "1kBx", "٣", "9223372036854775807kB", "99999999999999999999", "1e3",
        ])
    func bytesRefused(text: String) {
        #expect(ByteCount(text) == nil)
    }

    @Test("Byte counts compare by size")
    func comparison() {
        #expect(ByteCount.megabytes(1024) == .gigabytes(1))
        #expect(ByteCount(1) < ByteCount(2))
    }

    @Test(
        "A span of time is read with its unit",
        arguments: [
            ("0s", .zero), ("7us", .microseconds(7)), ("250ms", .milliseconds(250)), ("10s", .seconds(10)),
            ("5min", .seconds(300)), ("5 m", .seconds(300)), ("2h", .seconds(7200)), ("7d", .seconds(604_800)),
        ] as [(String, Duration)])
    func durationRead(text: String, duration: Duration) {
        #expect(Duration(text: text) == duration)
    }

    @Test(
        "What is no span of time is refused",
        arguments: ["", "5", "s", "-1s", "1.5s", "1 week", "1S", "9223372036854775807d", "99999999999999999999s"])
    func durationRefused(text: String) {
        #expect(Duration(text: text) == nil)
    }

    @Test(
        "A span of time is told briefly",
        arguments: [
            (0, "0 ms"), (850, "850 ms"), (999, "999 ms"), (1000, "1.0 s"), (2449, "2.4 s"), (2450, "2.5 s"),
            (10_000, "10 s"),
            (59_999, "59 s"), (60_000, "1 min"), (185_000, "3 min 5 s"), (7_800_000, "2 h 10 min"),
            (86_400_000, "1 d"), (356_400_000, "4 d 3 h"),
        ])
    func brief(milliseconds: Int, text: String) {
        #expect(Duration.milliseconds(milliseconds).brief == text)
    }
}
