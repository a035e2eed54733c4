package import Basics

/// How the file of a migration is run; its statements alone decide.
package enum ExecutionWay: Hashable, Sendable {
    /// Statement by statement in one transaction, which holds the end of the migration's row too: cut short, it left
    /// nothing behind.
    case transaction
    /// Its only statement, outside of a transaction; cut short, the catalog tells what it left behind.
    case alone(LoneStatement)
    /// As it stands, in one go as Prisma runs it, because it begins and ends transactions itself; cut short, nobody
    /// knows what it left behind.
    case verbatim

    /// Decides; refuses a file in which a statement that must be alone has company, which no way of running it can
    /// change.
    package init(_ script: SQLScript, of name: String) throws(ParlorError) {
        let statements = script.statements
        if statements.count == 1, let lone = LoneStatement(statements[0]) {
            self = .alone(lone)
            return
        }
        if let lone = statements.lazy.compactMap({ LoneStatement($0) }).first {
            throw ParlorError(
                .migration, "the migration \(name) cannot be run",
                why: "line \(lone.statement.line) has \(lone.statement.headline), which the server refuses beside "
                    + "other statements",
                hint: "Give that statement a migration of its own, with nothing else in its file.")
        }
        let isVerbatim =
            statements.contains { $0.controlsTransactions } || statements.count == 1 && statements[0].mayCommitInside
        self = isVerbatim ? .verbatim : .transaction
    }

    /// What is written into the table while it runs.
    package var mark: RunMark? {
        switch self {
        case .transaction: .transaction
        case .alone(let lone): lone.effect == .unknown ? nil : .alone
        case .verbatim: nil
        }
    }

    /// In a few words.
    package var words: String {
        switch self {
        case .transaction: "in one transaction"
        case .alone: "alone, outside of a transaction"
        case .verbatim: "as it stands, with its own transactions"
        }
    }
}

extension SQLStatement {
    /// Whether it begins or ends a transaction.
    fileprivate var controlsTransactions: Bool {
        if begins(with: "rollback") { return !tokens.contains { $0.isWord("to") } }
        return begins(with: "begin") || begins(with: "start", "transaction") || begins(with: "commit")
            || begins(with: "end") || begins(with: "abort") || begins(with: "prepare", "transaction")
    }

    /// Whether it may be one that commits by itself, which only works when no transaction is around it.
    fileprivate var mayCommitInside: Bool {
        if begins(with: "call") { return true }
        guard begins(with: "do") else { return false }
        return tokens.contains { token in
            token.kind == .text
                && token.text.lowercased().split(whereSeparator: { !$0.isLetter }).contains {
                    $0 == "commit" || $0 == "rollback"
                }
        }
    }
}
