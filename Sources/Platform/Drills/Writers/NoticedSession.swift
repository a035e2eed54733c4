import Basics
import Loop
import Postgres

/// A session that keeps what the server warned of. Used on its loop only.
final class NoticedSession {
    private final class Warnings { var last: String? }

    private let session: PostgresSession
    private let warnings: Warnings

    init(_ options: ConnectionOptions, _ sessionOptions: SessionOptions, on loop: EventLoop) async throws {
        let warnings = Warnings()
        self.warnings = warnings
        session = try await PostgresSession.connect(options, sessionOptions, on: loop) { report in
            if report.severity == "WARNING" { warnings.last = report.sqlState.code }
        }
    }

    var isOpen: Bool { session.isOpen }

    func close() { session.close() }

    /// Writes a row; gives back the address of the server that did, and the SQLSTATE of its warning when there was one.
    func insert(_ operation: Operation, _ table: WriterTable) async throws -> (server: String?, warning: String?) {
        warnings.last = nil
        let rows = try await session.query(
            table.insert, operation.client, operation.sequence, table.value(of: operation), fate: .own)
        return (try rows.only[0], warnings.last)
    }
}

/// Lets the closures of a loop's timers use a value that must not leave the loop.
struct LoopBound<Value>: @unchecked Sendable {
    // Guard of @unchecked Sendable: everything that uses the value runs on its loop.
    let value: Value

    init(_ value: Value) { self.value = value }
}

extension PostgresError {
    /// What errors are counted by: the SQLSTATE, else the kind.
    var word: String { sqlState?.code ?? "\(kind)" }

    /// Whether the statement may have taken effect all the same. Only a server's answer to the statement itself says
    /// that it has not, and even that not when it tells of connections or of its own end.
    var leavesOpen: Bool {
        guard kind == .statement, let sqlState else { return kind != .crowded && kind != .unusable }
        return ["08", "57", "58"].contains(sqlState.errorClass) || sqlState.code == "40003"
    }
}
