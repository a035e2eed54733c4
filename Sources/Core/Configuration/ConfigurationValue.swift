import Basics

/// How the text of one kind of value is read and written.
struct ConfigurationValue<Value: Sendable>: Sendable {
    /// What a right value is, as it ends the sentence "expected …".
    let expectation: String
    /// The value of a text; nil when it is not right.
    let read: @Sendable (String) -> Value?
    /// A text that reads back as the same value.
    let write: @Sendable (Value) -> String
    /// The value for programs.
    var json: (@Sendable (Value) -> JSON)?
    /// Whether the text names a file or folder, which is then made absolute.
    var isPath = false
}

extension ConfigurationValue where Value == Int {
    /// A whole number.
    static func integer(_ range: ClosedRange<Int>) -> Self {
        ConfigurationValue(
            expectation: "a whole number from \(range.lowerBound) to \(range.upperBound)",
            read: { text in wholeNumber(text).flatMap { range.contains($0) ? $0 : nil } },
            write: { String($0) }, json: { .integer($0) })
    }
}

extension ConfigurationValue where Value == Bool {
    /// `true` or `false`.
    static var boolean: Self {
        ConfigurationValue(
            expectation: "true or false", read: { Bool($0.lowercased()) }, write: { String($0) }, json: { .bool($0) })
    }
}

extension ConfigurationValue where Value: RawRepresentable<String> & CaseIterable {
    /// One of the words of an enumeration.
    static var choice: Self {
        let words = Value.allCases.map(\.rawValue)
        return ConfigurationValue(
            expectation: "one of \(words.joined(separator: ", "))",
            read: { Value(rawValue: $0.lowercased()) }, write: { $0.rawValue })
    }
}

extension ConfigurationValue where Value == ByteCount {
    /// A number of bytes with a unit.
    static func bytes(atLeast least: ByteCount) -> Self {
        ConfigurationValue(
            expectation: "a size such as 64MB or 2GB, at least \(exact(least))",
            read: { text in ByteCount(text).flatMap { $0 >= least ? $0 : nil } },
            write: exact)
    }

    /// The size in the largest unit that does not round it.
    @Sendable private static func exact(_ size: ByteCount) -> String {
        for (unit, shift) in [("TB", 40), ("GB", 30), ("MB", 20), ("kB", 10)] where size.bytes >= 1 << shift {
            if size.bytes % (1 << shift) == 0 { return "\(size.bytes >> shift)\(unit)" }
        }
        return String(size.bytes)
    }
}

extension ConfigurationValue where Value == Duration {
    /// A time with a unit.
    static func duration(_ range: ClosedRange<Duration>) -> Self {
        ConfigurationValue(
            expectation: "a time such as 250ms or 10s, from \(exact(range.lowerBound)) to \(exact(range.upperBound))",
            read: { text in Duration(text: text).flatMap { range.contains($0) ? $0 : nil } },
            write: exact)
    }

    /// The time in the largest unit that does not round it.
    @Sendable private static func exact(_ time: Duration) -> String {
        let microseconds = time.microseconds
        let units: [(String, Int64)] = [("h", 3_600_000_000), ("min", 60_000_000), ("s", 1_000_000), ("ms", 1000)]
        for (unit, length) in units where microseconds >= length && microseconds % length == 0 {
            return "\(microseconds / length)\(unit)"
        }
        return "\(microseconds)us"
    }
}

extension ConfigurationValue where Value == Secret {
    /// A password.
    static var password: Self {
        ConfigurationValue(
            expectation: "a password without line breaks or other control characters",
            read: { isOneLine($0) ? Secret($0) : nil }, write: { $0.reveal() }, json: { .string($0.description) })
    }
}

extension ConfigurationValue where Value == String {
    /// A host name or address.
    static var host: Self {
        ConfigurationValue(
            expectation: "a host name or an IP address", read: { HostName.isPlausible($0) ? $0 : nil }, write: { $0 })
    }

    /// The name of something in PostgreSQL.
    static var identifier: Self {
        ConfigurationValue(
            expectation: "a name of 1 to 63 bytes",
            read: { isOneLine($0) && $0.utf8.count <= 63 ? $0 : nil }, write: { $0 })
    }

    /// The name of a bucket of S3.
    static var bucket: Self {
        ConfigurationValue(
            expectation: "a bucket's name, 3 to 63 lower-case letters, digits, dots and hyphens",
            read: { isBucketName($0) ? $0 : nil }, write: { $0 })
    }

    /// The name of a user of the machine.
    static var userName: Self {
        ConfigurationValue(
            expectation: "the name of a user, in lower-case letters, digits, - and _",
            read: { isUserName($0) ? $0 : nil }, write: { $0 })
    }

    /// The path of a file or folder.
    static func path(_ expectation: String) -> Self {
        ConfigurationValue(expectation: expectation, read: { isOneLine($0) ? $0 : nil }, write: { $0 }, isPath: true)
    }
}

extension ConfigurationValue where Value == TimeOfDay {
    /// A time of each day.
    static var timeOfDay: Self {
        ConfigurationValue(
            expectation: "a time of the day such as 02:00", read: { TimeOfDay($0) }, write: { $0.text })
    }
}

extension ConfigurationValue where Value == DatabaseSettings {
    /// Settings of PostgreSQL.
    static var settings: Self {
        ConfigurationValue(
            expectation: "names and values of settings; on one line such as work_mem=64MB; jit=off",
            read: { DatabaseSettings($0) }, write: { $0.text },
            json: { settings in .object(settings.pairs.map { .init($0.name, .string($0.value)) }) })
    }
}

extension ConfigurationValue where Value == HostList {
    /// Machines.
    static var hosts: Self {
        ConfigurationValue(
            expectation: "names and addresses of hosts; on one line such as alpha=10.0.0.1; beta=10.0.0.2",
            read: { HostList($0) }, write: { $0.text },
            json: { hosts in .object(hosts.pairs.map { .init($0.name, .string($0.value)) }) })
    }
}

/// A number in plain decimal digits: no sign but a minus, no spaces, no separators.
func wholeNumber(_ text: String) -> Int? { text.hasPrefix("+") ? nil : Int(text) }

private func isOneLine(_ text: String) -> Bool { !text.isEmpty && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }

private func isUserName(_ text: String) -> Bool {
    let isFirst = { (byte: UInt8) in byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }
    let isDigit = { (byte: UInt8) in (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    guard let first = text.utf8.first, isFirst(first), text.utf8.count <= 32 else { return false }
    return text.utf8.allSatisfy { isFirst($0) || isDigit($0) || $0 == UInt8(ascii: "-") }
}

private func isBucketName(_ text: String) -> Bool {
    let isInner = { (byte: UInt8) in
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
    guard (3...63).contains(text.utf8.count), let first = text.utf8.first, let last = text.utf8.last else {
        return false
    }
    return isInner(first) && isInner(last)
        && text.utf8.allSatisfy { isInner($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
}
