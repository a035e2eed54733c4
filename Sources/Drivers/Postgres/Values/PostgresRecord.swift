/// A row inside of a cell: a value of a composite type, or what `ROW(…)` makes.
public struct PostgresRecord: Hashable, Sendable {
    private struct Field: Hashable, Sendable {
        var type: PostgresType
        /// Nil for NULL.
        var bytes: [UInt8]?
    }

    private var fields: [Field] = []

    /// A row without fields, to be filled for a parameter. The statement must say the type, like `$1::address`.
    public init() {}

    /// How many fields it has.
    public var count: Int { fields.count }

    /// The type of a field, counted from 0.
    public func type(of field: Int) -> PostgresType { fields[field].type }

    /// The value of a field, counted from 0.
    public func value<Value: PostgresDecodable>(
        _ field: Int, as type: Value.Type = Value.self
    ) throws(PostgresError) -> Value {
        guard fields.indices.contains(field) else {
            throw .unusable("the row has no field \(field)", why: "it has \(fields.count)")
        }
        let (type, bytes) = (fields[field].type, fields[field].bytes)
        do throws(PostgresValueFault) {
            guard let bytes else { return try Value.read(nil, type: type) }
            return try Value.read(copied: bytes, type: type)
        } catch {
            throw .unreadable("field \(field) of a row", wanted: Value.self, found: type, error)
        }
    }

    /// Adds a field. The server insists on the type that the composite type has there; `type` names it where the
    /// value's own is another one, as for enums and `citext`.
    public mutating func append<Value: PostgresEncodable & PostgresElement>(
        _ value: Value, type: PostgresType? = nil
    ) throws(PostgresError) {
        do throws(PostgresValueFault) {
            var writer = PostgresWriter()
            if !value.isPostgresNull { try value.encode(into: &writer) }
            let bytes = value.isPostgresNull ? nil : writer.bytes
            fields.append(Field(type: type ?? Value.postgresElementType, bytes: bytes))
        } catch {
            throw .unusable("field \(fields.count) of a row cannot be sent", why: error.description)
        }
    }
}

extension PostgresRecord: PostgresElement, PostgresCodable {
    /// Left to the server.
    public static var postgresType: PostgresType { .unspecified }

    /// Rows without a type of their own, and types of users.
    public static func isReadable(from type: PostgresType) -> Bool { type == .record || type.isUserDefined }

    /// Reads the fields' types and bytes.
    public init(from reader: inout PostgresReader) throws(PostgresValueFault) {
        let count = Int(try reader.integer(Int32.self))
        // Every field takes at least the eight bytes of its type and length.
        guard count >= 0, count <= reader.remaining / 8 else { throw .truncated }
        for _ in 0..<count {
            let type = PostgresType(oid: try reader.integer())
            let length = Int(try reader.integer(Int32.self))
            guard length >= -1 else { throw .truncated }
            fields.append(Field(type: type, bytes: length < 0 ? nil : try reader.bytes(length)))
        }
    }

    /// Writes the fields' types and bytes.
    public func encode(into writer: inout PostgresWriter) throws(PostgresValueFault) {
        writer.write(integer: Int32(fields.count))
        for field in fields {
            writer.write(integer: field.type.oid)
            writer.write(integer: field.bytes.map { Int32($0.count) } ?? -1)
            writer.write(field.bytes ?? [])
        }
    }
}
