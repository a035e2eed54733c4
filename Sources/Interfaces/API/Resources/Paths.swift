// Publicly, because a type and a protocol that are public can only conform so.
public import Basics
public import HTTP
public import Postgres

extension PostgresUUID: HTTPPathValue {
    /// As the document calls it.
    public static var pathType: String { "identifier" }

    /// Reads a key as PostgreSQL writes it.
    public init?(pathSegment: String) { self.init(pathSegment) }
}

extension CivilDate: HTTPPathValue {
    /// As the document calls it.
    public static var pathType: String { "day" }

    /// Reads a day like `2026-03-01`, of the years in which anybody has appointments.
    public init?(pathSegment: String) {
        guard let day = CivilDate(pathSegment), (1970..<2200).contains(day.year) else { return nil }
        self = day
    }
}

/// The parameters of the paths.
enum Paths {
    /// Whose it is.
    static let salon = HTTPPathParameter<PostgresUUID>("salon")
    /// Which of the rows of a collection.
    static let id = HTTPPathParameter<PostgresUUID>("id")
    /// The code of a booking.
    static let code = HTTPPathParameter<String>("code")
    /// A day of a calendar.
    static let day = HTTPPathParameter<CivilDate>("day")
}
