import CPostgres

/// The values for `$1`, `$2` and so on of one statement, encoded.
public struct PostgresParameters: Sendable {
    private struct Cell: Sendable {
        var format: Int32
        var start: Int
        /// −1 for NULL.
        var length: Int32
    }

    private var cells: [Cell] = []
    /// The types that the server is told.
    private(set) var types: [UInt32] = []
    private var writer = PostgresWriter()

    /// No parameters.
    public init() {}

    /// The values in order.
    public init<each Value: PostgresEncodable>(_ values: repeat each Value) throws(PostgresError) {
        repeat try append(each values)
    }

    /// How many there are.
    public var count: Int { cells.count }

    /// Adds the next value.
    public mutating func append<Value: PostgresEncodable>(_ value: Value) throws(PostgresError) {
        let start = writer.bytes.count
        var length: Int32 = -1
        if !value.isPostgresNull {
            do throws(PostgresValueFault) {
                try value.encode(into: &writer)
            } catch {
                throw .unusable("parameter $\(cells.count + 1) cannot be sent", why: error.description)
            }
            guard let fitting = Int32(exactly: writer.bytes.count - start) else {
                throw .unusable("parameter $\(cells.count + 1) cannot be sent", why: "it is larger than 2 GB")
            }
            length = fitting
            // libpq looks for the end of a text itself.
            writer.write(integer: UInt8(0))
        }
        cells.append(Cell(format: Value.postgresFormat.rawValue, start: start, length: length))
        types.append(Value.postgresType.oid)
    }

    /// Adds a value that was encoded before, in binary.
    mutating func append(encoded bytes: [UInt8], type: PostgresType) {
        let start = writer.bytes.count
        writer.write(bytes)
        cells.append(Cell(format: PostgresFormat.binary.rawValue, start: start, length: Int32(bytes.count)))
        types.append(type.oid)
    }

    /// What libpq takes: the number, the pointers, the lengths and the formats.
    typealias Arrays = (
        Int32, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?
    )

    /// Hands the values in libpq's form to `body`.
    func withArrays(_ body: (Arrays) -> Int32) -> Int32 {
        guard !cells.isEmpty else { return body((0, nil, nil, nil)) }
        return writer.bytes.withUnsafeBytes { memory in
            withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: cells.count) { pointers in
                withUnsafeTemporaryAllocation(of: Int32.self, capacity: cells.count * 2) { numbers in
                    for (index, cell) in cells.enumerated() {
                        let place = memory.baseAddress?.advanced(by: cell.start)
                        let value = cell.length < 0 ? nil : place?.assumingMemoryBound(to: CChar.self)
                        pointers.initializeElement(at: index, to: value)
                        numbers.initializeElement(at: index, to: max(0, cell.length))
                        numbers.initializeElement(at: cells.count + index, to: cell.format)
                    }
                    let lengths = numbers.baseAddress.map { UnsafePointer($0) }
                    let pointer = pointers.baseAddress.map { UnsafePointer($0) }
                    return body((Int32(cells.count), pointer, lengths, lengths?.advanced(by: cells.count)))
                }
            }
        }
    }
}
