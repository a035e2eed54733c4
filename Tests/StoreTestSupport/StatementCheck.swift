package import Postgres
package import Store

/// What is wrong with the statements of a list, held against the schema that a superuser's session sees: each is
/// prepared by the server and nothing is run.
package func faults(of statements: [any AnyStatement], in session: PostgresSession) async throws -> [String] {
    var faults: [String] = []
    for statement in statements {
        do {
            let types = statement.parameters.map(\.postgresType)
            let description = try await session.describe(statement.sql, types: types)
            faults += try await misfits(of: statement, description, session).map { "\(statement.name): \($0)" }
        } catch let error as PostgresError {
            faults.append("\(statement.name): \(error.report?.message ?? error.description)")
        }
    }
    let names = Dictionary(grouping: statements, by: \.name).filter { $0.value.count > 1 }.keys
    return faults + names.sorted().map { "\($0): there are two of this name" }
}

private func misfits(
    of statement: any AnyStatement, _ description: StatementDescription, _ session: PostgresSession
) async throws -> [String] {
    var faults: [String] = []
    if statement.parameters.count != description.parameters.count {
        faults.append("takes \(description.parameters.count) values and is given \(statement.parameters.count)")
    }
    let (ours, theirs) = (statement.columns, description.columns)
    if ours.map(\.name) != theirs.map(\.name) {
        return faults + ["returns \(theirs.map(\.name)) and \(ours.map(\.name)) are read"]
    }
    for (ours, theirs) in zip(ours, theirs) {
        if !ours.isReadable(theirs.type) { faults.append("\(ours.name) is \(theirs.type), read as \(ours.type)") }
        if !ours.isOptional, theirs.table != 0 {
            let isRequired = try await session.query(
                "SELECT attnotnull FROM pg_attribute WHERE attrelid = $1::bigint::oid AND attnum = $2",
                Int(theirs.table), Int16(theirs.number))
            if try !isRequired.only[0, as: Bool.self] {
                faults.append("\(ours.name) can be NULL, read as \(ours.type)")
            }
        }
    }
    return faults
}
