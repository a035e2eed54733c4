import CPostgres
import Glibc

/// One result of libpq, cleared when nobody holds it any more.
final class ServerResult: @unchecked Sendable {
    // Guard of @unchecked Sendable: nothing changes a result once libpq has handed it over, and libpq allows many
    // readers.
    private let handle: OpaquePointer

    init(_ handle: OpaquePointer) { self.handle = handle }

    deinit { PQclear(handle) }

    var status: ExecStatusType { PQresultStatus(handle) }

    /// What the server said, for a result that is an error.
    var report: ServerReport { ServerReport(handle) }

    /// Whether an error is the server's; libpq's own, like that about a message it does not know, has no code.
    var isAnswer: Bool { PQresultErrorField(handle, Int32(UInt8(ascii: "C"))) != nil }

    /// The kind of statement and its count, like `INSERT 0 3`.
    var command: String { PQcmdStatus(handle).map { String(cString: $0) } ?? "" }

    /// How many rows the statement returned or changed.
    var affected: Int { PQcmdTuples(handle).flatMap { Int(String(cString: $0)) } ?? 0 }

    var rowCount: Int { Int(PQntuples(handle)) }

    var columnCount: Int { Int(PQnfields(handle)) }

    func columnName(_ column: Int) -> String { PQfname(handle, Int32(column)).map { String(cString: $0) } ?? "" }

    func columnType(_ column: Int) -> PostgresType { PostgresType(oid: PQftype(handle, Int32(column))) }

    /// Compares the bytes: libpq's own search folds names to lower case.
    func columnIndex(_ name: String) -> Int? {
        name.withCString { name in
            (0..<columnCount).first { column in PQfname(handle, Int32(column)).map { strcmp($0, name) == 0 } ?? false }
        }
    }

    /// What the answer to a request to describe a statement says.
    var description: StatementDescription {
        StatementDescription(
            parameters: (0..<PQnparams(handle)).map { PostgresType(oid: PQparamtype(handle, $0)) },
            columns: (0..<columnCount).map { column in
                StatementDescription.Column(
                    name: columnName(column), type: columnType(column), table: PQftable(handle, Int32(column)),
                    number: Int(PQftablecol(handle, Int32(column))))
            })
    }

    /// All rows of a result whose cells are text.
    var texts: PostgresTextRows {
        PostgresTextRows(
            columns: (0..<columnCount).map(columnName),
            rows: (0..<rowCount).map { row in (0..<columnCount).map { text(row: row, column: $0) } })
    }

    private func text(row: Int, column: Int) -> String? {
        let (row, column) = (Int32(row), Int32(column))
        guard PQgetisnull(handle, row, column) == 0, let value = PQgetvalue(handle, row, column) else { return nil }
        return String(cString: value)
    }

    /// Reads a binary cell.
    func value<Value: PostgresDecodable>(
        _ type: Value.Type, row: Int, column: Int
    ) throws(PostgresValueFault) -> Value {
        let (row, column) = (Int32(row), Int32(column))
        let found = PostgresType(oid: PQftype(handle, column))
        guard PQgetisnull(handle, row, column) == 0 else { return try Value.read(nil, type: found) }
        let bytes = UnsafeRawBufferPointer(
            start: PQgetvalue(handle, row, column), count: Int(PQgetlength(handle, row, column)))
        return try Value.read(bytes, type: found)
    }
}
