/// A `numeric`: an exact decimal number of any length, NaN, or an infinity.
///
/// Two numbers are equal when their values are, so `1.0` equals `1.00`; as in PostgreSQL, NaN equals itself and is
/// greater than everything else.
public struct PostgresNumeric: Sendable {
    /// The digits of a finite number in groups of four.
    struct Digits: Hashable, Sendable {
        /// Without zeros at either end; none for 0.
        var groups: [Int16] = []
        /// The first group counts ten thousand to this power.
        var weight = 0
        var isNegative = false
    }

    enum Value: Hashable, Sendable {
        case negativeInfinity
        case finite(Digits)
        case infinity
        case notANumber
    }

    let value: Value
    /// How many digits stand behind the point when it is written.
    public let scale: Int

    init(_ value: Value, scale: Int = 0) {
        self.value = value
        self.scale = scale
    }

    /// The most digits behind the point, and in front of it, that PostgreSQL takes.
    static let scaleMax = 16_383
    static let wholeDigitsMax = 131_072

    /// Not a number.
    public static let notANumber = PostgresNumeric(.notANumber)
    /// Greater than every number.
    public static let infinity = PostgresNumeric(.infinity)
    /// Less than every number.
    public static let negativeInfinity = PostgresNumeric(.negativeInfinity)

    /// Whether it is neither NaN nor an infinity.
    public var isFinite: Bool { if case .finite = value { true } else { false } }

    /// A whole number.
    public init(_ number: Int) { self.init(unscaled: number, scale: 0) }

    /// `unscaled` with the point moved `scale` digits to the left: 1250 with the scale 2 is 12.50.
    public init(unscaled: Int, scale: Int) {
        precondition((0...Self.scaleMax).contains(scale), "a numeric has 0 to \(Self.scaleMax) digits of fraction")
        let digits = Array(String(unscaled.magnitude).utf8)
        let missing = max(0, scale + 1 - digits.count)
        let all = [UInt8](repeating: UInt8(ascii: "0"), count: missing) + digits
        self.init(
            .finite(Digits(whole: all.dropLast(scale), fraction: all.suffix(scale), isNegative: unscaled < 0)),
            scale: scale)
    }

    /// The number with the point moved `scale` digits to the right; nil when that is not a whole number or too large.
    public func unscaled(scale: Int) -> Int? {
        guard isFinite, scale >= 0 else { return nil }
        let parts = description.split(separator: ".", omittingEmptySubsequences: false)
        let fraction = parts.count > 1 ? parts[1] : ""
        guard fraction.dropFirst(scale).utf8.allSatisfy({ $0 == UInt8(ascii: "0") }) else { return nil }
        let kept = fraction.prefix(scale)
        return Int(parts[0] + kept + String(repeating: "0", count: scale - kept.utf8.count))
    }

    /// The nearest floating number.
    public var double: Double { Double(description) ?? .nan }
}

extension PostgresNumeric: Hashable, Comparable {
    /// Whether the values are the same.
    public static func == (left: PostgresNumeric, right: PostgresNumeric) -> Bool { left.value == right.value }

    /// Feeds what `==` compares.
    public func hash(into hasher: inout Hasher) { hasher.combine(value) }

    /// PostgreSQL's order.
    public static func < (left: PostgresNumeric, right: PostgresNumeric) -> Bool {
        guard case .finite(let one) = left.value, case .finite(let other) = right.value else {
            return left.value.rank < right.value.rank
        }
        guard one.isNegative == other.isNegative else { return one.isNegative }
        return one.isNegative ? other.isSmaller(than: one) : one.isSmaller(than: other)
    }
}

extension PostgresNumeric.Value {
    fileprivate var rank: Int {
        switch self {
        case .negativeInfinity: 0
        case .finite: 1
        case .infinity: 2
        case .notANumber: 3
        }
    }
}

extension PostgresNumeric.Digits {
    /// Compares without the signs.
    fileprivate func isSmaller(than other: Self) -> Bool {
        guard !groups.isEmpty, !other.groups.isEmpty else { return groups.count < other.groups.count }
        guard weight == other.weight else { return weight < other.weight }
        return groups.lexicographicallyPrecedes(other.groups)
    }

    /// Drops the zeros at both ends, and the sign of zero.
    mutating func normalize() {
        let leading = groups.prefix { $0 == 0 }.count
        groups.removeFirst(leading)
        weight -= leading
        while groups.last == 0 { groups.removeLast() }
        if groups.isEmpty { self = Self() }
    }
}
