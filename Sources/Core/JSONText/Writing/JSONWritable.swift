public import Basics

/// A value that writes itself as JSON.
///
///     struct Contact: JSONWritable {
///         let name: String
///         let mail: String?
///
///         func write(to json: inout JSONAppender) {
///             json.object { json in
///                 json.member("name", name)
///                 json.optionalMember("mail", mail)
///             }
///         }
///     }
public protocol JSONWritable {
    /// Writes one value.
    func write(to json: inout JSONAppender)
}

extension JSONWritable where Self: FixedWidthInteger {
    /// Writes its digits.
    public func write(to json: inout JSONAppender) { json.append(integer: self) }
}

extension JSONWritable where Self: RawRepresentable, RawValue: JSONWritable {
    /// Writes its raw value.
    public func write(to json: inout JSONAppender) { rawValue.write(to: &json) }
}

extension Int: JSONWritable {}
extension Int8: JSONWritable {}
extension Int16: JSONWritable {}
extension Int32: JSONWritable {}
extension Int64: JSONWritable {}
extension Int128: JSONWritable {}
extension UInt: JSONWritable {}
extension UInt8: JSONWritable {}
extension UInt16: JSONWritable {}
extension UInt32: JSONWritable {}
extension UInt64: JSONWritable {}
extension UInt128: JSONWritable {}

extension Double: JSONWritable {
    /// Writes its shortest digits.
    public func write(to json: inout JSONAppender) { json.append(self) }
}

extension Float: JSONWritable {
    /// Writes its shortest digits.
    public func write(to json: inout JSONAppender) { json.append(self) }
}

extension Bool: JSONWritable {
    /// Writes `true` or `false`.
    public func write(to json: inout JSONAppender) { json.append(self) }
}

extension String: JSONWritable {
    /// Writes a text.
    public func write(to json: inout JSONAppender) { json.append(self) }
}

extension Optional: JSONWritable where Wrapped: JSONWritable {
    /// Writes the value or `null`.
    @inlinable
    public func write(to json: inout JSONAppender) {
        if let self { self.write(to: &json) } else { json.appendNull() }
    }
}

extension Array: JSONWritable where Element: JSONWritable {
    /// Writes a list.
    @inlinable
    public func write(to json: inout JSONAppender) {
        json.list { json in
            for element in self { element.write(to: &json) }
        }
    }
}

extension Dictionary: JSONWritable where Key == String, Value: JSONWritable {
    /// Writes an object whose names stand in alphabetical order, so that the same value is always the same text.
    public func write(to json: inout JSONAppender) {
        json.object { json in
            for (name, value) in sorted(by: { $0.key < $1.key }) {
                json.name(computed: name)
                value.write(to: &json)
            }
        }
    }
}

extension JSON: JSONWritable {
    /// Writes the whole tree.
    public func write(to json: inout JSONAppender) {
        switch self {
        case .null: json.appendNull()
        case .bool(let value): json.append(value)
        case .integer(let number): json.append(number)
        case .number(let number): json.append(number)
        case .string(let text): json.append(text)
        case .array(let elements): elements.write(to: &json)
        case .object(let members):
            json.object { json in
                for member in members {
                    json.name(computed: member.name)
                    member.value.write(to: &json)
                }
            }
        }
    }
}
