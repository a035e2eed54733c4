import Basics
import CPostgres
import Loop

/// One statement's way to the server and all its answers' way back. Used on the connection's loop.
///
/// It can be taken up again where it was left: what has arrived is kept here, and libpq knows the rest.
final class Exchange {
    private let session: PostgresConnection.Session
    private let address: String
    private let sql: String
    private(set) var results: [ServerResult] = []
    private(set) var failure: PostgresError?

    init(_ session: PostgresConnection.Session, address: String, sql: String) {
        self.session = session
        self.address = address
        self.sql = sql
    }

    /// Sends what waits to be sent and reads until the server is ready for the next statement. Throws when the
    /// connection cannot be used any more; an error of the server goes to `failure`.
    func finish() async throws {
        // While it cannot write, libpq reads what arrives, so neither side waits for the other for ever.
        while PQflush(session.handle) == 1 { try await session.watch.writable() }
        while let result = try await nextResult() { try take(result) }
    }

    private func nextResult() async throws -> ServerResult? {
        while PQisBusy(session.handle) != 0 {
            try await session.watch.readable()
            if PQconsumeInput(session.handle) == 0 { throw broken() }
        }
        let result = PQgetResult(session.handle).map { ServerResult($0) }
        if PQstatus(session.handle) == CONNECTION_BAD { throw broken(result) }
        return result
    }

    private func take(_ result: ServerResult) throws(PostgresError) {
        switch result.status {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: results.append(result)
        case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
            throw .unusable("COPY cannot be run as a statement", hint: "Use INSERT, or psql.", detail: "SQL: \(sql)")
        default:
            let error = PostgresError.answered(result.report, to: sql)
            failure = failure ?? error
            // Nothing follows but the end of the stream.
            if result.report.endsConnection { throw error }
        }
    }

    private func broken(_ result: ServerResult? = nil) -> PostgresError {
        if let result, result.report.endsConnection { return .answered(result.report, to: sql) }
        return .lost(address, PQerrorMessage(session.handle).map { String(cString: $0) } ?? "")
    }
}
