import Basics
import HTTP
import Postgres
import Store
import Tenants

/// A collection of a salon's rows: to list, show, make, change and remove, by one declaration of the rows and their
/// statements.
struct RowCollection<Row: VersionedRow>: Sendable {
    /// What one and several of them are called.
    struct Words: Sendable {
        /// In operations, like `Service` and `Services`.
        let operations: (one: String, many: String)
        /// For people, with an article: "a service".
        let one: String
        let many: String
    }

    let record: Record<Row>
    let statements: RowStatements<Row>
    let words: Words
    /// The path of the collection, and that of one of its rows.
    let paths: (all: HTTPRoutePattern, one: HTTPRoutePattern)
    let tag: Tag
    let subject: Subject
    /// Parameters of the query that choose some of the rows.
    var filters: [AnyQueryParameter] = []
    /// The rows of a list that is filtered, behind a key; nil when it is not.
    var rows: @Sendable (Call, PostgresUUID, Int) async throws -> [Row]? = { _, _, _ in nil }
    /// What has to hold of a draft beyond its own values; throws the problem where it does not.
    var check: @Sendable (Draft, StoreTransaction) async throws -> Void = { _, _ in }
    /// What is done with a checked draft before it is written.
    var finish: @Sendable (Draft, Call) throws -> Draft = { draft, _ in draft }
    /// What is done with a row before it is shown.
    var open: @Sendable (Row, Call) throws -> Row = { row, _ in row }

    var endpoints: [Endpoint] { [list, show, make, change, remove] }

    private func reply(_ status: HTTPStatus, _ row: Row, _ call: Call) throws -> Reply {
        Reply(status, record.json(try open(row, call)), version: row.version)
    }

    private var list: Endpoint {
        let operation = "list\(words.operations.many)"
        return Endpoint(
            .get, paths.all, operation, tag, "Lists \(words.many), those that were made first in front.",
            access: .salon(Permission(subject, .read)), query: filters + Paging.parameters, body: .none,
            answer: .page(of: record.component),
            .answering { call, _ in
                let page = try PageRequest(call, of: operation)
                let behind = page.cursor?.id ?? PostgresUUID(high: 0, low: 0)
                let filtered = try await rows(call, behind, page.asked)
                let all = try await all(filtered, call, behind, page.asked)
                let shown = try all.map { try open($0, call) }
                return page.reply(shown, record.json) { Cursor($0.id) }
            })
    }

    /// The rows of a list: those that were found by a filter, or all.
    private func all(_ filtered: [Row]?, _ call: Call, _ behind: PostgresUUID, _ asked: Int) async throws -> [Row] {
        if let filtered { return filtered }
        return try await call.store.read(statements.list, (behind, asked), in: call.scope, call.freshness)
    }

    private var show: Endpoint {
        Endpoint(
            .get, paths.one, "get\(words.operations.one)", tag, "Shows \(words.one).",
            access: .salon(Permission(subject, .read)), body: .none, answer: .ok(record.component),
            .answering { call, _ in
                let id = try call.parameter(Paths.id)
                let rows = try await call.store.read(statements.one, id, in: call.scope, call.freshness)
                guard let row = rows.first else { throw HTTPProblem.unknown }
                return try reply(.ok, row, call)
            })
    }

    private var make: Endpoint {
        Endpoint(
            .post, paths.all, "create\(words.operations.one)", tag, "Makes \(words.one).",
            access: .salon(Permission(subject, .write)), body: record.draft, answer: .created(record.component),
            .changing { call, draft, transaction in
                try await check(draft, transaction)
                let document = try finish(draft, call).document
                guard let row = try await transaction.run(statements.insert, document).first else {
                    throw HTTPProblem(.internalServerError)
                }
                var reply = try reply(.created, row, call)
                reply.headers["Location"] = "\(call.request.target.path)/\(row.id)"
                return reply
            })
    }

    private var change: Endpoint {
        Endpoint(
            .patch, paths.one, "update\(words.operations.one)", tag,
            "Changes \(words.one): what is absent stays as it is, what is null is cleared.",
            access: .salon(Permission(subject, .write)), body: record.changes, answer: .ok(record.component),
            precondition: .demanded,
            .changing { call, draft, transaction in
                let id = try call.parameter(Paths.id)
                try await check(draft, transaction)
                let change = (id, try finish(draft, call).document, call.expectedVersion)
                guard let row = try await transaction.run(statements.update, change).first else {
                    throw try await stale(id, transaction)
                }
                return try reply(.ok, row, call)
            })
    }

    private var remove: Endpoint {
        Endpoint(
            .delete, paths.one, "delete\(words.operations.one)", tag, "Removes \(words.one).",
            access: .salon(Permission(subject, .write)), body: .none, answer: .nothing, precondition: .respected,
            .changing { call, _, transaction in
                let id = try call.parameter(Paths.id)
                guard try await transaction.run(statements.remove, (id, call.expectedVersion)).first != nil else {
                    throw try await stale(id, transaction)
                }
                return .nothing
            })
    }

    /// Why nothing was changed: there is nothing, or a newer version.
    private func stale(_ id: PostgresUUID, _ transaction: StoreTransaction) async throws -> HTTPProblem {
        try await transaction.run(statements.one, id).isEmpty ? .unknown : .stale
    }
}

extension HTTPProblem {
    /// What the client has seen is not what is there.
    static let stale = HTTPProblem(
        .preconditionFailed, "it was changed meanwhile; read it again, and decide again whether to change it")
}
