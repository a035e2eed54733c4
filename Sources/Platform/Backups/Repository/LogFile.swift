/// A file of the write-ahead log by its name: 16 MB of what a timeline wrote.
package struct LogFile: Hashable, Comparable, Sendable {
    /// How many of them one of the 4 GB logs of the name has.
    private static let inEach = 256
    /// The bytes of one.
    package static let size = 16 << 20

    /// The timeline.
    package let timeline: Int
    /// Its number, counted from the beginning of the log.
    package let number: Int

    /// A file by its numbers.
    package init(timeline: Int, number: Int) {
        self.timeline = timeline
        self.number = number
    }

    /// Reads a name such as `00000001000000000000000A`; nil for anything else.
    package init?(_ name: some StringProtocol) {
        guard name.utf8.count == 24, name.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x41...0x46).contains($0) }),
            let timeline = Int(name.prefix(8), radix: 16), let log = Int(name.dropFirst(8).prefix(8), radix: 16),
            let number = Int(name.suffix(8), radix: 16), number < Self.inEach
        else { return nil }
        self.init(timeline: timeline, number: log * Self.inEach + number)
    }

    /// The name.
    package var name: String {
        [timeline, number / Self.inEach, number % Self.inEach].map { part in
            let digits = String(part, radix: 16, uppercase: true)
            return String(repeating: "0", count: 8 - digits.count) + digits
        }.joined()
    }

    /// The position in the log behind its last byte.
    package var end: Int { (number + 1) * Self.size }

    /// The earlier one of a timeline is less, and those of an earlier timeline are.
    package static func < (left: LogFile, right: LogFile) -> Bool {
        (left.timeline, left.number) < (right.timeline, right.number)
    }
}
