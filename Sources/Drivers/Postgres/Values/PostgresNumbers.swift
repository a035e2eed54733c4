/// An integer that the server knows in its width.
public protocol PostgresInteger: PostgresElement, PostgresCodable, FixedWidthInteger {}

extension PostgresInteger {
    /// Any integer of the server; one that does not fit is a fault.
    public static func isReadable(from type: PostgresType) -> Bool {
        switch type {
        case .int2, .int4, .int8, .oid: true
        default: false
        }
    }

    /// Reads an integer of the width that the server sent.
    public init(from reader: inout PostgresReader) throws(PostgresValueFault) {
        let value: Int64 =
            switch reader.type {
            case .int2: Int64(try reader.integer(Int16.self))
            case .int4: Int64(try reader.integer(Int32.self))
            case .oid: Int64(try reader.integer(UInt32.self))
            default: try reader.integer(Int64.self)
            }
        guard let fitting = Self(exactly: value) else { throw PostgresValueFault("the number does not fit") }
        self = fitting
    }

    /// Writes its bytes.
    public func encode(into writer: inout PostgresWriter) throws(PostgresValueFault) { writer.write(integer: self) }
}

extension Int: PostgresInteger {
    /// `bigint`.
    public static var postgresType: PostgresType { .int8 }
}

extension Int64: PostgresInteger {
    /// `bigint`.
    public static var postgresType: PostgresType { .int8 }
}

extension Int32: PostgresInteger {
    /// `integer`.
    public static var postgresType: PostgresType { .int4 }
}

extension Int16: PostgresInteger {
    /// `smallint`.
    public static var postgresType: PostgresType { .int2 }
}

extension UInt32: PostgresInteger {
    /// The catalogue's numbers.
    public static var postgresType: PostgresType { .oid }
}

extension Double: PostgresElement, PostgresCodable {
    /// `double precision`.
    public static var postgresType: PostgresType { .float8 }

    /// Both floating types.
    public static func isReadable(from type: PostgresType) -> Bool { type == .float8 || type == .float4 }

    /// Reads either.
    public init(from reader: inout PostgresReader) throws(PostgresValueFault) {
        if reader.type == .float4 {
            self = Double(Float(bitPattern: try reader.integer()))
        } else {
            self = Double(bitPattern: try reader.integer())
        }
    }

    /// Writes its bits.
    public func encode(into writer: inout PostgresWriter) throws(PostgresValueFault) {
        writer.write(integer: bitPattern)
    }
}

extension Float: PostgresElement, PostgresCodable {
    /// `real`.
    public static var postgresType: PostgresType { .float4 }

    /// `real` only: the other would lose digits.
    public static func isReadable(from type: PostgresType) -> Bool { type == .float4 }

    /// Reads its bits.
    public init(from reader: inout PostgresReader) throws(PostgresValueFault) {
        self = Float(bitPattern: try reader.integer())
    }

    /// Writes its bits.
    public func encode(into writer: inout PostgresWriter) throws(PostgresValueFault) {
        writer.write(integer: bitPattern)
    }
}

extension Bool: PostgresElement, PostgresCodable {
    /// `boolean`.
    public static var postgresType: PostgresType { .bool }

    /// `boolean` only.
    public static func isReadable(from type: PostgresType) -> Bool { type == .bool }

    /// Reads 0 or 1.
    public init(from reader: inout PostgresReader) throws(PostgresValueFault) {
        switch try reader.integer(UInt8.self) {
        case 0: self = false
        case 1: self = true
        default: throw PostgresValueFault("it is neither true nor false")
        }
    }

    /// Writes 0 or 1.
    public func encode(into writer: inout PostgresWriter) throws(PostgresValueFault) {
        writer.write(integer: UInt8(self ? 1 : 0))
    }
}
