/// A value that reads itself from JSON.
///
///     struct Contact: JSONReadable {
///         let name: String
///         let mail: String?
///
///         init(reading json: inout JSONCursor) throws(JSONFault) {
///             name = try json.required("name")
///             mail = try json.optional("mail")
///         }
///     }
public protocol JSONReadable {
    /// Reads the value that the cursor is at.
    init(reading json: inout JSONCursor) throws(JSONFault)
}

extension JSONReadable where Self: FixedWidthInteger {
    /// Reads a whole number that fits.
    public init(reading json: inout JSONCursor) throws(JSONFault) { self = try json.integer(Self.self) }
}

extension JSONReadable where Self: RawRepresentable, RawValue: JSONReadable {
    /// Reads one of the values that there are.
    public init(reading json: inout JSONCursor) throws(JSONFault) {
        guard let value = Self(rawValue: try RawValue(reading: &json)) else {
            throw json.fault("the value is none of those that are allowed")
        }
        self = value
    }
}

extension Int: JSONReadable {}
extension Int8: JSONReadable {}
extension Int16: JSONReadable {}
extension Int32: JSONReadable {}
extension Int64: JSONReadable {}
extension Int128: JSONReadable {}
extension UInt: JSONReadable {}
extension UInt8: JSONReadable {}
extension UInt16: JSONReadable {}
extension UInt32: JSONReadable {}
extension UInt64: JSONReadable {}
extension UInt128: JSONReadable {}

extension Double: JSONReadable {
    /// Reads a number, rounded to the nearest that there is.
    public init(reading json: inout JSONCursor) throws(JSONFault) { self = try json.number() }
}

extension Float: JSONReadable {
    /// Reads a number, rounded to the nearest that there is.
    public init(reading json: inout JSONCursor) throws(JSONFault) {
        guard let number = Float(try json.numberText()), number.isFinite else {
            throw json.tokens.fault(.outOfRange, "the number is too large", at: json.focus.token)
        }
        self = number
    }
}

extension Bool: JSONReadable {
    /// Reads `true` or `false`.
    public init(reading json: inout JSONCursor) throws(JSONFault) { self = try json.boolean() }
}

extension String: JSONReadable {
    /// Reads a text.
    public init(reading json: inout JSONCursor) throws(JSONFault) { self = try json.text() }
}

extension Optional: JSONReadable where Wrapped: JSONReadable {
    /// Reads a value or `null`.
    @inlinable
    public init(reading json: inout JSONCursor) throws(JSONFault) {
        self = json.isNull ? nil : try Wrapped(reading: &json)
    }
}

extension Array: JSONReadable where Element: JSONReadable {
    /// Reads a list.
    @inlinable
    public init(reading json: inout JSONCursor) throws(JSONFault) {
        self = try json.list { json throws(JSONFault) in try Element(reading: &json) }
    }
}

extension Dictionary: JSONReadable where Key == String, Value: JSONReadable {
    /// Reads an object with any names.
    public init(reading json: inout JSONCursor) throws(JSONFault) {
        self.init()
        try json.members { name, json throws(JSONFault) in self[name] = try Value(reading: &json) }
    }
}
