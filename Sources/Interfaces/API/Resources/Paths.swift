// Publicly, because a type and a protocol that are public can only conform so.
public import HTTP
public import Postgres

extension PostgresUUID: HTTPPathValue {
    /// As the document calls it.
    public static var pathType: String { "identifier" }

    /// Reads a key as PostgreSQL writes it.
    public init?(pathSegment: String) { self.init(pathSegment) }
}

/// The parameters of the paths.
enum Paths {
    /// Whose it is.
    static let salon = HTTPPathParameter<PostgresUUID>("salon")
    /// Which of the rows of a collection.
    static let id = HTTPPathParameter<PostgresUUID>("id")
}
