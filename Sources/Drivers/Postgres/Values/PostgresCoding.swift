/// How a value's bytes are to be understood.
public enum PostgresFormat: Int32, Hashable, Sendable {
    /// As people write it; the server takes it for what the statement needs there.
    case text = 0
    /// As the server sends it.
    case binary = 1
}

/// A value that can stand for `$1`, `$2` and so on in a statement.
public protocol PostgresEncodable: Sendable {
    /// The type that the statement is told.
    static var postgresType: PostgresType { get }
    /// The form in which a parameter travels; parts of arrays, rows and ranges are always binary.
    static var postgresFormat: PostgresFormat { get }
    /// Whether it is NULL.
    var isPostgresNull: Bool { get }
    /// Writes a value that is not NULL.
    func encode(into writer: inout PostgresWriter) throws(PostgresValueFault)
}

extension PostgresEncodable {
    /// Most values travel in binary.
    public static var postgresFormat: PostgresFormat { .binary }
    /// Most values are some.
    public var isPostgresNull: Bool { false }
}

/// A value that the server's bytes can be read as.
public protocol PostgresDecodable {
    /// Whether the server's type can be read as this one.
    static func isReadable(from type: PostgresType) -> Bool
    /// What NULL is read as; a fault when it cannot be.
    static func fromNull() throws(PostgresValueFault) -> Self
    /// Reads a value that is not NULL. What it leaves unread is a fault.
    init(from reader: inout PostgresReader) throws(PostgresValueFault)
}

extension PostgresDecodable {
    /// NULL is no value of most types.
    public static func fromNull() throws(PostgresValueFault) -> Self { throw .null }

    /// Reads a cell; nil is NULL.
    static func read(_ bytes: UnsafeRawBufferPointer?, type: PostgresType) throws(PostgresValueFault) -> Self {
        guard isReadable(from: type) else { throw .wrongType }
        guard let bytes else { return try fromNull() }
        var reader = PostgresReader(bytes, type: type)
        let value = try Self(from: &reader)
        guard reader.remaining == 0 else { throw .trailing }
        return value
    }

    /// The same from bytes that were copied out of a result.
    static func read(copied bytes: [UInt8], type: PostgresType) throws(PostgresValueFault) -> Self {
        try bytes.withUnsafeBytes { memory in
            Result { () throws(PostgresValueFault) in try read(memory, type: type) }
        }.get()
    }
}

/// A value that travels both ways.
public typealias PostgresCodable = PostgresEncodable & PostgresDecodable

extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
    /// That of the value.
    public static var postgresType: PostgresType { Wrapped.postgresType }
    /// That of the value.
    public static var postgresFormat: PostgresFormat { Wrapped.postgresFormat }
    /// Whether it is nil, or a value that is NULL itself.
    public var isPostgresNull: Bool { self?.isPostgresNull ?? true }
    /// Writes the value.
    public func encode(into writer: inout PostgresWriter) throws(PostgresValueFault) {
        guard let self else { throw .null }
        try self.encode(into: &writer)
    }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
    /// What the value can be read from.
    public static func isReadable(from type: PostgresType) -> Bool { Wrapped.isReadable(from: type) }
    /// Nil.
    public static func fromNull() throws(PostgresValueFault) -> Wrapped? { nil }
    /// Reads the value.
    public init(from reader: inout PostgresReader) throws(PostgresValueFault) {
        self = try Wrapped(from: &reader)
    }
}
