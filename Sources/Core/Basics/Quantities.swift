/// A number of bytes, printed and read the way people write it.
public struct ByteCount: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The bytes.
    public var bytes: Int

    /// So many bytes.
    public init(_ bytes: Int) { self.bytes = bytes }

    /// So many mebibytes.
    public static func megabytes(_ count: Int) -> ByteCount { ByteCount(count << 20) }

    /// So many gibibytes.
    public static func gigabytes(_ count: Int) -> ByteCount { ByteCount(count << 30) }

    /// The smaller one is less.
    public static func < (left: ByteCount, right: ByteCount) -> Bool { left.bytes < right.bytes }

    private static let units: [(name: String, shift: Int)] = [("TB", 40), ("GB", 30), ("MB", 20), ("kB", 10)]

    /// With one decimal in the largest unit that fits, as PostgreSQL names them (1 kB = 1024 bytes): `1.5 GB`, `16 MB`.
    public var description: String {
        for (name, shift) in ByteCount.units where bytes.magnitude >= 1 << UInt(shift) {
            let tenths = (bytes.magnitude * 10 + (1 << UInt(shift)) / 2) >> UInt(shift)
            let text = tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
            return "\(bytes < 0 ? "-" : "")\(text) \(name)"
        }
        return "\(bytes) B"
    }

    /// Reads `512MB`, `2 GB`, `64kB`, `4096`; nil for anything else. Case does not matter, and a unit means powers of
    /// 1024.
    public init?(_ text: String) {
        let text = text.lowercased()
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let unit = String(text.dropFirst(digits.count).drop { $0 == " " })
        guard let number = Int(digits) else { return nil }
        let known = ByteCount.units.first { $0.name.lowercased() == unit }
        guard known != nil || unit.isEmpty || unit == "b" else { return nil }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: 1 << (known?.shift ?? 0))
        guard !overflow else { return nil }
        self.init(bytes)
    }
}

extension Duration {
    private static let units: [(name: String, microseconds: Int64)] = [
        ("ms", 1000), ("us", 1), ("s", 1_000_000), ("min", 60_000_000), ("m", 60_000_000), ("h", 3_600_000_000),
        ("d", 86_400_000_000),
    ]

    /// Reads `250ms`, `10s`, `5min`, `2h`, `7d`; a unit is needed, nil for anything else.
    public init?(text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let unit = String(text.dropFirst(digits.count).drop { $0 == " " })
        guard let number = Int64(digits), let known = Duration.units.first(where: { $0.name == unit }) else {
            return nil
        }
        let (microseconds, overflow) = number.multipliedReportingOverflow(by: known.microseconds)
        guard !overflow else { return nil }
        self = .microseconds(microseconds)
    }

    /// Short, for people: `850 ms`, `2.4 s`, `3 min 5 s`, `2 h 10 min`, `4 d 3 h`.
    public var brief: String {
        let milliseconds = self.milliseconds
        if milliseconds < 1000 { return "\(milliseconds) ms" }
        if milliseconds < 10_000 {
            let tenths = (milliseconds + 50) / 100
            return "\(tenths / 10).\(tenths % 10) s"
        }
        let seconds = milliseconds / 1000
        func pair(_ large: Int64, _ largeUnit: String, _ small: Int64, _ smallUnit: String) -> String {
            small == 0 ? "\(large) \(largeUnit)" : "\(large) \(largeUnit) \(small) \(smallUnit)"
        }
        switch seconds {
        case ..<60: return "\(seconds) s"
        case ..<3600: return pair(seconds / 60, "min", seconds % 60, "s")
        case ..<86_400: return pair(seconds / 3600, "h", seconds / 60 % 60, "min")
        default: return pair(seconds / 86_400, "d", seconds / 3600 % 24, "h")
        }
    }
}

/// A small number as a word, with its noun: `one file`, `two files`, `12 files`.
public func counted(_ count: Int, _ noun: String) -> String {
    let words = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    return "\(count < words.count ? words[max(0, count)] : "\(count)") \(noun)\(count == 1 ? "" : "s")"
}
