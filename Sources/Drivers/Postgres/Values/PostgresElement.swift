/// A type of which there are arrays, in Swift as well as on the server.
///
/// What an array is written as is up to the element, because an array of bytes is no array there.
public protocol PostgresElement: Sendable {
    /// The element's type inside of an array.
    static var postgresElementType: PostgresType { get }
    /// The type of an array of them.
    static var postgresArrayType: PostgresType { get }
    /// Whether the server's type can be read as an array of them.
    static func isArrayReadable(from type: PostgresType) -> Bool
    /// Writes an array.
    static func encodeArray(_ elements: [Self], into writer: inout PostgresWriter) throws(PostgresValueFault)
    /// Reads an array.
    static func decodeArray(from reader: inout PostgresReader) throws(PostgresValueFault) -> [Self]
}

extension PostgresElement where Self: PostgresCodable {
    /// What it is outside of arrays.
    public static var postgresElementType: PostgresType { postgresType }

    /// The server's array of that type.
    public static var postgresArrayType: PostgresType { postgresElementType.array ?? .unspecified }

    /// Arrays of whatever it can be read from. What an unknown array holds stands in its head.
    public static func isArrayReadable(from type: PostgresType) -> Bool {
        type.element.map(isReadable) ?? type.isUserDefined
    }

    /// Writes an array of one dimension.
    public static func encodeArray(
        _ elements: [Self], into writer: inout PostgresWriter
    ) throws(PostgresValueFault) {
        try PostgresArray(elements).encode(into: &writer)
    }

    /// Reads an array of at most one dimension.
    public static func decodeArray(from reader: inout PostgresReader) throws(PostgresValueFault) -> [Self] {
        let array = try PostgresArray<Self>(from: &reader)
        guard array.dimensions.count <= 1 else {
            throw PostgresValueFault("it has several dimensions, which a PostgresArray can hold")
        }
        return array.elements
    }
}

extension Optional: PostgresElement where Wrapped: PostgresElement & PostgresCodable {
    /// That of the value.
    public static var postgresElementType: PostgresType { Wrapped.postgresElementType }
}

extension UInt8: PostgresElement {
    /// No element of an array.
    public static var postgresElementType: PostgresType { .unspecified }
    /// `bytea`.
    public static var postgresArrayType: PostgresType { .bytea }

    /// `bytea` only.
    public static func isArrayReadable(from type: PostgresType) -> Bool { type == .bytea }

    /// Writes the bytes.
    public static func encodeArray(
        _ elements: [UInt8], into writer: inout PostgresWriter
    ) throws(PostgresValueFault) {
        writer.write(elements)
    }

    /// Reads the bytes.
    public static func decodeArray(from reader: inout PostgresReader) throws(PostgresValueFault) -> [UInt8] {
        try reader.bytes(reader.remaining)
    }
}

extension Array: PostgresEncodable where Element: PostgresElement {
    /// The array of the element's type.
    public static var postgresType: PostgresType { Element.postgresArrayType }

    /// Writes the elements.
    public func encode(into writer: inout PostgresWriter) throws(PostgresValueFault) {
        try Element.encodeArray(self, into: &writer)
    }
}

extension Array: PostgresDecodable where Element: PostgresElement {
    /// What the elements can be read from.
    public static func isReadable(from type: PostgresType) -> Bool { Element.isArrayReadable(from: type) }

    /// Reads the elements.
    public init(from reader: inout PostgresReader) throws(PostgresValueFault) {
        self = try Element.decodeArray(from: &reader)
    }
}

/// Lists of bytes are elements too: `[[UInt8]]` is `bytea[]`.
extension Array: PostgresElement where Element == UInt8 {}
