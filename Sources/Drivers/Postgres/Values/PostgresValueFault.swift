/// Why a value could not be written for the server, or read from it. It never holds the value.
public struct PostgresValueFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// A lower-case fact.
    public let description: String

    /// A fault for that reason.
    public init(_ reason: String) { description = reason }

    /// The server's type is none that the wanted one can be read from.
    static let wrongType = PostgresValueFault("the types do not go together")
    /// The bytes end too early.
    static let truncated = PostgresValueFault("the bytes end too early")
    /// There are more bytes than the value takes.
    static let trailing = PostgresValueFault("there are more bytes than the value takes")
    /// A text holds the one character that PostgreSQL's text cannot.
    static let zeroByte = PostgresValueFault("it holds a zero byte, which PostgreSQL's text cannot")
    /// NULL where the type has no place for it.
    static let null = PostgresValueFault("it is NULL")
}
