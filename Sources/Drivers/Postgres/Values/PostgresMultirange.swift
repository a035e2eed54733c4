/// Several ranges as one value; the server puts them in order and joins those that touch.
public struct PostgresMultirange<Bound: PostgresRangeBound>: Hashable, Sendable {
    /// The ranges.
    public var ranges: [PostgresRange<Bound>]

    /// Some ranges, in any order.
    public init(_ ranges: [PostgresRange<Bound>]) { self.ranges = ranges }
}

extension PostgresMultirange: PostgresElement, PostgresCodable {
    /// The multirange of the bound's type.
    public static var postgresType: PostgresType { Bound.postgresMultirangeType }

    /// The multirange of the bound's type only.
    public static func isReadable(from type: PostgresType) -> Bool { type == postgresType }

    /// Reads how many there are, and each.
    public init(from reader: inout PostgresReader) throws(PostgresValueFault) {
        let count = Int(try reader.integer(Int32.self))
        // Each takes at least the four bytes of its length, so a false count cannot make it large.
        guard count >= 0, count <= reader.remaining / 4 else { throw .truncated }
        var ranges: [PostgresRange<Bound>] = []
        ranges.reserveCapacity(count)
        for _ in 0..<count {
            let length = Int(try reader.integer(Int32.self))
            ranges.append(
                try reader.value(PostgresRange<Bound>.self, type: Bound.postgresRangeType, length: length))
        }
        self.ranges = ranges
    }

    /// Writes how many there are, and each.
    public func encode(into writer: inout PostgresWriter) throws(PostgresValueFault) {
        writer.write(integer: Int32(ranges.count))
        for range in ranges { try writer.write(part: range) }
    }
}
