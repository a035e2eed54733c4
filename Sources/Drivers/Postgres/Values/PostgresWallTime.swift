public import Basics

extension WallTime: PostgresElement, PostgresCodable {
    /// PostgreSQL counts from 2000-01-01.
    private static let epoch: Int64 = 946_684_800_000_000

    /// `timestamp without time zone`. Its infinities are the greatest and the least count there is.
    public static var postgresType: PostgresType { .timestamp }

    /// `timestamp` only: the other kind is a moment.
    public static func isReadable(from type: PostgresType) -> Bool { type == .timestamp }

    /// Reads the count of microseconds.
    public init(from reader: inout PostgresReader) throws(PostgresValueFault) {
        let count = try reader.integer(Int64.self)
        let (reading, isTooLate) = count.addingReportingOverflow(Self.epoch)
        if count == .max || count == .min {
            self.init(microseconds: count)
        } else if isTooLate {
            throw PostgresValueFault("the reading is too late")
        } else {
            self.init(microseconds: reading)
        }
    }

    /// Writes the count of microseconds.
    public func encode(into writer: inout PostgresWriter) throws(PostgresValueFault) {
        if microseconds == .max || microseconds == .min { return writer.write(integer: microseconds) }
        let (count, isTooEarly) = microseconds.subtractingReportingOverflow(Self.epoch)
        guard !isTooEarly else { throw PostgresValueFault("the reading is too early") }
        writer.write(integer: count)
    }
}
