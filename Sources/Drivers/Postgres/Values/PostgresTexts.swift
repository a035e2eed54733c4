extension String: PostgresElement, PostgresCodable {
    /// Left to the server: so a text can stand for `citext`, an enum, `inet` and whatever else has a text form.
    public static var postgresType: PostgresType { .unspecified }
    /// As people write it.
    public static var postgresFormat: PostgresFormat { .text }
    /// `text`; cast the parameter, like `$1::citext[]`, where an array of another type is meant.
    public static var postgresElementType: PostgresType { .text }

    /// Texts of all kinds, and types of extensions and users: `citext` and enums come as text.
    public static func isReadable(from type: PostgresType) -> Bool {
        switch type {
        case .text, .varchar, .bpchar, .name, .json, .xml, .unknown: true
        default: type.isUserDefined
        }
    }

    /// Reads all of it.
    public init(from reader: inout PostgresReader) throws(PostgresValueFault) {
        self = try reader.text(reader.remaining)
    }

    /// Writes it as UTF-8.
    public func encode(into writer: inout PostgresWriter) throws(PostgresValueFault) { try writer.write(text: self) }
}

/// An enum whose cases are the labels of an enum of the database.
///
///     enum BookingStatus: String, PostgresEnumeration { case requested, confirmed }
///
/// A parameter needs no cast; an array of them does, like `$1::booking_status[]`.
public protocol PostgresEnumeration: PostgresElement, PostgresCodable, RawRepresentable where RawValue == String {}

extension PostgresEnumeration {
    /// Left to the server, which knows its number.
    public static var postgresType: PostgresType { .unspecified }
    /// The label.
    public static var postgresFormat: PostgresFormat { .text }
    /// `text`, to be cast.
    public static var postgresElementType: PostgresType { .text }

    /// Whatever can be read as a text.
    public static func isReadable(from type: PostgresType) -> Bool { String.isReadable(from: type) }

    /// Reads a label, which must be one of the cases.
    public init(from reader: inout PostgresReader) throws(PostgresValueFault) {
        guard let known = Self(rawValue: try String(from: &reader)) else {
            throw PostgresValueFault("the label is none of the known ones")
        }
        self = known
    }

    /// Writes the label.
    public func encode(into writer: inout PostgresWriter) throws(PostgresValueFault) {
        try writer.write(text: rawValue)
    }
}

/// The text of a JSON value, for `jsonb` and `json`; the server checks it.
public struct PostgresJSON: Hashable, Sendable {
    /// The text.
    public var text: String

    /// A text that should be JSON.
    public init(_ text: String) { self.text = text }
}

extension PostgresJSON: PostgresElement, PostgresCodable {
    /// The version of the binary form of `jsonb`: there has been one.
    private static let version: UInt8 = 1

    /// `jsonb`.
    public static var postgresType: PostgresType { .jsonb }

    /// Both kinds of JSON.
    public static func isReadable(from type: PostgresType) -> Bool { type == .jsonb || type == .json }

    /// Reads the text.
    public init(from reader: inout PostgresReader) throws(PostgresValueFault) {
        if reader.type == .jsonb, try reader.integer(UInt8.self) != Self.version {
            throw PostgresValueFault("the version of jsonb is not known")
        }
        text = try reader.text(reader.remaining)
    }

    /// Writes the text behind its version.
    public func encode(into writer: inout PostgresWriter) throws(PostgresValueFault) {
        writer.write(integer: Self.version)
        try writer.write(text: text)
    }
}
