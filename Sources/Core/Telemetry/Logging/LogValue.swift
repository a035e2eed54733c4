public import Basics

/// A value beside a key of a log line, with its type, so that JSON keeps numbers as numbers.
public enum LogValue: Hashable, Sendable {
    /// A text.
    case string(String)
    /// A whole number.
    case integer(Int)
    /// A number with a fraction.
    case double(Double)
    /// A truth value.
    case bool(Bool)
    /// A span of time, written as milliseconds.
    case duration(Duration)
}

/// A type whose values can stand in a log line.
public protocol LogValueConvertible {
    /// The value as a log line shows it.
    var logValue: LogValue { get }
}

extension LogValue: LogValueConvertible {
    /// The value itself.
    public var logValue: LogValue { self }
}

extension String: LogValueConvertible {
    /// The text.
    public var logValue: LogValue { .string(self) }
}

extension Substring: LogValueConvertible {
    /// The text.
    public var logValue: LogValue { .string(String(self)) }
}

extension LogValueConvertible where Self: BinaryInteger {
    /// The whole number; one that no `Int` can hold becomes the nearest that it can.
    public var logValue: LogValue { .integer(Int(clamping: self)) }
}

extension Int: LogValueConvertible {}
extension Int32: LogValueConvertible {}
extension Int64: LogValueConvertible {}
extension UInt16: LogValueConvertible {}
extension UInt32: LogValueConvertible {}
extension UInt64: LogValueConvertible {}

extension Double: LogValueConvertible {
    /// The number.
    public var logValue: LogValue { .double(self) }
}

extension Bool: LogValueConvertible {
    /// The truth value.
    public var logValue: LogValue { .bool(self) }
}

extension Duration: LogValueConvertible {
    /// The span of time.
    public var logValue: LogValue { .duration(self) }
}

extension ByteCount: LogValueConvertible {
    /// The number of bytes.
    public var logValue: LogValue { .integer(bytes) }
}

extension Timestamp: LogValueConvertible {
    /// RFC 3339 in UTC.
    public var logValue: LogValue { .string(rfc3339) }
}

extension ErrorCode: LogValueConvertible {
    /// The name of the code.
    public var logValue: LogValue { .string(name) }
}

extension Secret: LogValueConvertible {
    /// The mask, never the value.
    public var logValue: LogValue { .string(Secret.mask) }
}
