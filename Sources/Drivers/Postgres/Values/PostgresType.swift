/// A data type of the server, by the number under which it stands in `pg_type`.
///
/// The types that every server has under the same number are known here by name. Those of extensions and of users
/// (`citext`, enums, composite types) have numbers that differ from database to database.
public struct PostgresType: Hashable, Sendable {
    /// The number; 0 leaves the choice to the server, which takes what the statement needs there.
    public let oid: UInt32

    /// The type with that number.
    public init(oid: UInt32) { self.oid = oid }

    /// Whether it was made in a database rather than with the server: an extension's type or a user's.
    public var isUserDefined: Bool { oid >= 16_384 }

    /// The type of arrays of it; nil when that is not known here.
    public var array: PostgresType? { Self.byNumber[oid]?.array }

    /// The type of its elements; nil when it is no array that is known here.
    public var element: PostgresType? { Self.elements[oid] }
}

extension PostgresType: CustomStringConvertible {
    /// The name as `pg_type` has it, arrays with `[]`, and the number of a type that is not known here.
    public var description: String {
        if let element { return "\(element)[]" }
        return Self.byNumber[oid]?.name ?? "type \(oid)"
    }
}

extension PostgresType {
    /// Left to the server.
    public static let unspecified = PostgresType(oid: 0)
    /// `boolean`.
    public static let bool = PostgresType(oid: 16)
    /// Bytes.
    public static let bytea = PostgresType(oid: 17)
    /// The identifiers of the catalogue.
    public static let name = PostgresType(oid: 19)
    /// `bigint`.
    public static let int8 = PostgresType(oid: 20)
    /// `smallint`.
    public static let int2 = PostgresType(oid: 21)
    /// `integer`.
    public static let int4 = PostgresType(oid: 23)
    /// `text`.
    public static let text = PostgresType(oid: 25)
    /// The numbers of the catalogue.
    public static let oid = PostgresType(oid: 26)
    /// JSON kept as text.
    public static let json = PostgresType(oid: 114)
    /// XML.
    public static let xml = PostgresType(oid: 142)
    /// `real`.
    public static let float4 = PostgresType(oid: 700)
    /// `double precision`.
    public static let float8 = PostgresType(oid: 701)
    /// A literal nobody has given a type.
    public static let unknown = PostgresType(oid: 705)
    /// `character(n)`.
    public static let bpchar = PostgresType(oid: 1042)
    /// `character varying`.
    public static let varchar = PostgresType(oid: 1043)
    /// `date`.
    public static let date = PostgresType(oid: 1082)
    /// `time without time zone`.
    public static let time = PostgresType(oid: 1083)
    /// `timestamp without time zone`: a reading of some clock, not a moment.
    public static let timestamp = PostgresType(oid: 1114)
    /// `timestamp with time zone`: a moment.
    public static let timestamptz = PostgresType(oid: 1184)
    /// `interval`.
    public static let interval = PostgresType(oid: 1186)
    /// `numeric`.
    public static let numeric = PostgresType(oid: 1700)
    /// A row without a type of its own.
    public static let record = PostgresType(oid: 2249)
    /// `uuid`.
    public static let uuid = PostgresType(oid: 2950)
    /// A place in the write-ahead log, `pg_lsn`.
    public static let walPosition = PostgresType(oid: 3220)
    /// JSON taken apart.
    public static let jsonb = PostgresType(oid: 3802)
    /// A range of `integer`.
    public static let int4range = PostgresType(oid: 3904)
    /// A range of `numeric`.
    public static let numrange = PostgresType(oid: 3906)
    /// A range of moments.
    public static let tstzrange = PostgresType(oid: 3910)
    /// A range of days.
    public static let daterange = PostgresType(oid: 3912)
    /// A range of `bigint`.
    public static let int8range = PostgresType(oid: 3926)
    /// Ranges of `integer`.
    public static let int4multirange = PostgresType(oid: 4451)
    /// Ranges of `numeric`.
    public static let nummultirange = PostgresType(oid: 4532)
    /// Ranges of moments.
    public static let tstzmultirange = PostgresType(oid: 4534)
    /// Ranges of days.
    public static let datemultirange = PostgresType(oid: 4535)
    /// Ranges of `bigint`.
    public static let int8multirange = PostgresType(oid: 4536)

    /// Every type named here with its array's number.
    static let all: [(type: PostgresType, name: String, array: PostgresType?)] = [
        (.bool, "bool", 1000), (.bytea, "bytea", 1001), (.name, "name", 1003), (.int8, "int8", 1016),
        (.int2, "int2", 1005), (.int4, "int4", 1007), (.text, "text", 1009), (.oid, "oid", 1028),
        (.json, "json", 199), (.xml, "xml", 143), (.float4, "float4", 1021), (.float8, "float8", 1022),
        (.unknown, "unknown", 0), (.bpchar, "bpchar", 1014), (.varchar, "varchar", 1015), (.date, "date", 1182),
        (.time, "time", 1183), (.timestamp, "timestamp", 1115), (.timestamptz, "timestamptz", 1185),
        (.interval, "interval", 1187), (.numeric, "numeric", 1231), (.record, "record", 2287), (.uuid, "uuid", 2951),
        (.walPosition, "pg_lsn", 3221),
        (.jsonb, "jsonb", 3807), (.int4range, "int4range", 3905), (.numrange, "numrange", 3907),
        (.tstzrange, "tstzrange", 3911), (.daterange, "daterange", 3913), (.int8range, "int8range", 3927),
        (.int4multirange, "int4multirange", 6150), (.nummultirange, "nummultirange", 6151),
        (.tstzmultirange, "tstzmultirange", 6153), (.datemultirange, "datemultirange", 6155),
        (.int8multirange, "int8multirange", 6157),
    ].map { ($0, $1, $2 == 0 ? nil : PostgresType(oid: $2)) }

    private static let byNumber = Dictionary(
        uniqueKeysWithValues: all.map { ($0.type.oid, (name: $0.name, array: $0.array)) })

    private static let elements = Dictionary(
        uniqueKeysWithValues: all.compactMap { entry in entry.array.map { ($0.oid, entry.type) } })
}
