import Basics
import CPostgres
import Loop

/// The time in which one task has a session for itself, outside of pipeline mode: for scripts, COPY and streamed rows.
///
/// Invariants:
/// - It begins when everything that was sent before has been answered; what others ask for meanwhile waits.
/// - Input is read only when its user wants some, so a slow user makes the server wait and nothing piles up here.
/// - It ends with every answer read, or with the session closed.
///
/// States: running, interrupted (every wait throws why), settling (the rest is read and dropped), over.
final class SoleUse: @unchecked Sendable {
    // Guard of @unchecked Sendable: used on the session's loop only.

    /// What the connection is at.
    enum Phase {
        case statement
        case copyIn
        case copyOut
        case over
    }

    let session: PostgresSession
    let link: SessionLink
    let sql: String
    var phase = Phase.statement
    private var waiter: CheckedContinuation<Void, any Error>?
    /// Why its user is to stop.
    private(set) var interruption: (any Error)?
    var isSettling = false
    /// The wait between two requests to end it.
    var pause: LoopWait<Void>?

    init(of session: PostgresSession, _ link: SessionLink, sql: String) {
        self.session = session
        self.link = link
        self.sql = sql
    }

    /// Makes its user's waits throw `error`.
    func interrupt(_ error: any Error) {
        guard phase != .over, !isSettling, interruption == nil else { return }
        interruption = error
        waiter.take()?.resume(throwing: error)
    }

    /// The session was closed.
    func sessionEnded(_ error: PostgresError) {
        phase = .over
        if interruption == nil { interruption = error }
        waiter.take()?.resume(throwing: error)
    }

    /// The session's reader found something to read; false when nobody wants it.
    func inputArrived() -> Bool {
        guard let waiter = waiter.take() else { return false }
        waiter.resume()
        return true
    }

    // MARK: - Exchange

    /// The connection, which is gone when the session was closed.
    var handle: OpaquePointer {
        get throws {
            if let interruption, !isSettling { throw interruption }
            guard session.link === link else { throw session.end ?? PostgresError.closed(session.options.address) }
            return link.handle
        }
    }

    /// Sends the statement; all of it has been handed to the system when it comes back.
    func start(_ send: (OpaquePointer) -> Int32) async throws {
        let handle = try handle
        guard send(handle) == 1 else {
            let text = link.message
            guard PQstatus(handle) != CONNECTION_BAD else { throw broken(nil) }
            phase = .over
            throw PostgresError.unusable(
                "the statement could not be sent", why: ConnectionFailure(text).reason, detail: "SQL: \(sql)")
        }
        try await flush()
    }

    /// While it cannot write, libpq reads what arrives, so neither side waits for the other for ever.
    func flush() async throws {
        while true {
            switch PQflush(try handle) {
            case 0: return
            case 1: try await link.watch.writable()
            default: throw broken(nil)
            }
        }
    }

    func input() async throws {
        _ = try handle
        try await withCheckedThrowingContinuation { continuation in
            waiter = continuation
            session.wantInput()
        }
        guard PQconsumeInput(try handle) == 1 else { throw broken(nil) }
    }

    /// The next answer, nil behind the last one; throws an error of the server.
    func next() async throws -> ServerResult? {
        guard phase != .over else { return nil }
        while PQisBusy(try handle) != 0 { try await input() }
        guard let result = PQgetResult(try handle).map({ ServerResult($0) }) else {
            if PQstatus(try handle) == CONNECTION_BAD { throw broken(nil) }
            phase = .over
            return nil
        }
        guard PQstatus(try handle) != CONNECTION_BAD else { throw broken(result) }
        switch result.status {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY, PGRES_SINGLE_TUPLE: phase = .statement
        case PGRES_COPY_IN: phase = .copyIn
        case PGRES_COPY_OUT: phase = .copyOut
        default:
            phase = .statement
            guard result.isAnswer else { throw broken(nil) }
            let error = PostgresError.answered(result.report, to: sql)
            if result.report.endsConnection { session.end(with: error) }
            throw error
        }
        return result
    }

    func broken(_ result: ServerResult?) -> PostgresError {
        let error: PostgresError =
            if let result, result.report.endsConnection {
                .answered(result.report, to: sql)
            } else {
                .lost(session.options.address, link.message)
            }
        session.end(with: error)
        return error
    }
}
