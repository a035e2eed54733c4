import Basics
import Postgres

/// A statement of a migration that failed.
struct StatementFailure: Error {
    /// The statement; nil when it was the end of the transaction, or a whole file that is run in one go.
    let statement: SQLStatement?
    /// What the server said.
    let error: PostgresError

    /// Whether it only was that a lock could not be had, so that the same may succeed later.
    var isLockTrouble: Bool {
        error.kind == .statement && (error.sqlState == .lockNotAvailable || error.sqlState == .deadlockDetected)
    }

    /// What is written into the table, for people and for Prisma.
    func logs(of name: String) -> String {
        """
        A migration failed to apply.

        Migration name: \(name)

        Database error code: \(error.sqlState?.code ?? "none")

        Database error:
        \(error.report?.debugDescription ?? error.explained.summary)
        \(statement.map { "\nLine \($0.line): \($0.headline)" } ?? "")
        """
    }

    /// For people; the server's sentence is left out where it may repeat a value of a row.
    func explained(in name: String, rolledBack: Bool, isResolved: Bool = false) -> ParlorError {
        let effect =
            rolledBack ? "nothing of it took effect" : "what came before the failure may have taken effect"
        let decision =
            rolledBack
            ? "correct the file, run \"./parlor migrate resolve --rolled-back \(name)\", then deploy again"
            : "see what took effect; take it back and run \"./parlor migrate resolve --rolled-back \(name)\", or finish "
                + "it by hand and run \"./parlor migrate resolve --applied \(name)\""
        return ParlorError(
            .applyFailed, "the migration \(name) failed, and \(effect)", why: place + sentence,
            hint: "\(decision.prefix(1).uppercased() + decision.dropFirst()).", detail: error.explained.detail,
            cause: error)
    }

    /// Where it happened.
    var place: String { statement.map { "line \($0.line), \($0.headline): " } ?? "" }

    /// Errors about values are told by their kind only; those about names repeat what the file says.
    var sentence: String {
        guard let report = error.report else { return error.explained.summary }
        let speaking: Set<String> = ["0A", "23", "25", "2B", "3D", "3F", "42", "53", "55", "57"]
        guard speaking.contains(report.sqlState.errorClass) else { return report.description }
        return "\(report.message) (\(report.sqlState.code))"
    }
}
