import CPostgres

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

    /// The kind of statement and its count, like `INSERT 0 3`.
    var command: String { PQcmdStatus(handle).map { String(cString: $0) } ?? "" }

    /// How many rows the statement returned or changed.
    var affected: Int { PQcmdTuples(handle).flatMap { Int(String(cString: $0)) } ?? 0 }

    var rowCount: Int { Int(PQntuples(handle)) }

    var columnCount: Int { Int(PQnfields(handle)) }

    func columnName(_ column: Int) -> String { PQfname(handle, Int32(column)).map { String(cString: $0) } ?? "" }

    /// The text of a cell; nil for NULL.
    func text(row: Int, column: Int) -> String? {
        let (row, column) = (Int32(row), Int32(column))
        guard PQgetisnull(handle, row, column) == 0, let start = PQgetvalue(handle, row, column) else { return nil }
        let bytes = UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(handle, row, column)))
        return String(decoding: bytes, as: UTF8.self)
    }
}
