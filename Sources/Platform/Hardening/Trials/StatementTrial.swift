import Basics
import Postgres

/// A statement that a role must be refused. It runs in a transaction that is rolled back in any case.
struct StatementTrial: Sendable {
    /// What it would do, for people: "make a table".
    let deed: String
    /// The role that the session takes on; nil for its own.
    let role: String?
    /// The statement.
    let statement: String

    init(_ deed: String, as role: String? = nil, _ statement: String) {
        self.deed = deed
        self.role = role
        self.statement = statement
    }

    /// What a server answered.
    static func observation(_ deed: String, _ state: SQLState?) -> Observation {
        switch state {
        case .insufficientPrivilege: .sound("refused to \(deed)")
        case nil: .violation("the service's role could \(deed)")
        case let state?: .untried("to \(deed) ended with \(state)")
        }
    }

    /// Tries it in a session of its own business.
    func run(in session: PostgresSession) async throws -> Observation {
        let role = role.map { "SET LOCAL ROLE \(quoteIdentifier($0));" } ?? ""
        var state: SQLState?
        do {
            try await session.execute("BEGIN; \(role) \(statement)", within: HardenedSystem.limit)
        } catch let error as PostgresError where error.kind == .statement {
            state = error.sqlState ?? .connectionFailure
        }
        try await session.execute("ROLLBACK")
        return Self.observation(deed, state)
    }
}
