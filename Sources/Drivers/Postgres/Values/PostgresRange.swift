public import Basics

/// A type of which the server has ranges.
public protocol PostgresRangeBound: PostgresCodable, Hashable {
    /// The type of a range of them.
    static var postgresRangeType: PostgresType { get }
    /// The type of several ranges of them, which servers know since PostgreSQL 14.
    static var postgresMultirangeType: PostgresType { get }
}

extension Int: PostgresRangeBound {
    /// `int8range`.
    public static var postgresRangeType: PostgresType { .int8range }
    /// `int8multirange`.
    public static var postgresMultirangeType: PostgresType { .int8multirange }
}

extension Int32: PostgresRangeBound {
    /// `int4range`.
    public static var postgresRangeType: PostgresType { .int4range }
    /// `int4multirange`.
    public static var postgresMultirangeType: PostgresType { .int4multirange }
}

extension PostgresNumeric: PostgresRangeBound {
    /// `numrange`.
    public static var postgresRangeType: PostgresType { .numrange }
    /// `nummultirange`.
    public static var postgresMultirangeType: PostgresType { .nummultirange }
}

extension PostgresDate: PostgresRangeBound {
    /// `daterange`.
    public static var postgresRangeType: PostgresType { .daterange }
    /// `datemultirange`.
    public static var postgresMultirangeType: PostgresType { .datemultirange }
}

extension Timestamp: PostgresRangeBound {
    /// `tstzrange`.
    public static var postgresRangeType: PostgresType { .tstzrange }
    /// `tstzmultirange`.
    public static var postgresMultirangeType: PostgresType { .tstzmultirange }
}

/// A range of the server: nothing, or everything between two ends.
///
/// The server brings ranges of days and of integers into the form `[a,b)`.
public enum PostgresRange<Bound: PostgresRangeBound>: Hashable, Sendable {
    /// One end.
    public enum End: Hashable, Sendable {
        /// There is none.
        case unbounded
        /// Up to this and with it.
        case including(Bound)
        /// Up to this and without it.
        case excluding(Bound)
    }

    /// Nothing is in it.
    case empty
    /// What is between the two.
    case between(End, End)

    /// `[lower,upper)`, the form that most ranges have.
    public init(_ range: Range<Bound>) where Bound: Comparable {
        self = .between(.including(range.lowerBound), .excluding(range.upperBound))
    }
}

/// The bits of a range's head.
private enum RangeFlag {
    static let empty: UInt8 = 0x01
    static let lowerIncluded: UInt8 = 0x02
    static let upperIncluded: UInt8 = 0x04
    static let lowerUnbounded: UInt8 = 0x08
    static let upperUnbounded: UInt8 = 0x10
}

extension PostgresRange: PostgresElement, PostgresCodable {
    /// The range of the bound's type.
    public static var postgresType: PostgresType { Bound.postgresRangeType }

    /// The range of the bound's type only.
    public static func isReadable(from type: PostgresType) -> Bool { type == postgresType }

    /// Reads the head and the ends.
    public init(from reader: inout PostgresReader) throws(PostgresValueFault) {
        let flags = try reader.integer(UInt8.self)
        if flags & RangeFlag.empty != 0 {
            self = .empty
            return
        }
        func end(_ unbounded: UInt8, _ included: UInt8) throws(PostgresValueFault) -> End {
            if flags & unbounded != 0 { return .unbounded }
            let length = Int(try reader.integer(Int32.self))
            let bound = try reader.value(Bound.self, type: Bound.postgresType, length: length)
            return flags & included != 0 ? .including(bound) : .excluding(bound)
        }
        let lower = try end(RangeFlag.lowerUnbounded, RangeFlag.lowerIncluded)
        self = .between(lower, try end(RangeFlag.upperUnbounded, RangeFlag.upperIncluded))
    }

    /// Writes the head and the ends.
    public func encode(into writer: inout PostgresWriter) throws(PostgresValueFault) {
        guard case .between(let lower, let upper) = self else { return writer.write(integer: RangeFlag.empty) }
        let flags =
            lower.flag(RangeFlag.lowerUnbounded, RangeFlag.lowerIncluded)
            | upper.flag(RangeFlag.upperUnbounded, RangeFlag.upperIncluded)
        writer.write(integer: flags)
        for bound in [lower.bound, upper.bound] {
            if let bound { try writer.write(part: bound) }
        }
    }
}

extension PostgresRange.End {
    fileprivate var bound: Bound? {
        switch self {
        case .unbounded: nil
        case .including(let bound), .excluding(let bound): bound
        }
    }

    fileprivate func flag(_ unbounded: UInt8, _ included: UInt8) -> UInt8 {
        switch self {
        case .unbounded: unbounded
        case .including: included
        case .excluding: 0
        }
    }
}
