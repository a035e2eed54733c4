import HTTP
import Postgres
import Store
import Tenants

extension Record where Row == Membership {
    fileprivate static let member = Record(
        "Member", "What a person is in a salon.",
        [
            .told("id", .identifier, \.id, "Its key."),
            .told("user_id", .identifier, \.user, "The person."),
            .told("email", .told, \.email, "Their address."),
            .told("name", .told, \.name, "Their name."),
            .set("role", .choice, \.role, required: true, "What they are."),
            .told("version", .version, \.version, "How often it was changed; its ETag."),
        ])
}

/// Who works with a salon.
enum MemberEndpoints {
    private struct Wanted: Sendable {
        let email: String
        let name: String
        let role: Role
    }

    private static let wanted = Shape(
        "NewMember", Field("email", .email, "The address with which they sign in."),
        Field("name", .text(1...200), "Their name, where nobody of this address is known yet."),
        Field("role", .choice, "What they are.")
    ) { Wanted(email: $0, name: $1, role: $2) }

    private static let changed = Shape("MemberChanges", Field("role", .choice, "What they are from now on.")) {
        (role: Role) in role
    }

    private static let record = Record<Membership>.member

    private static func reply(
        _ status: HTTPStatus, _ id: PostgresUUID, _ transaction: StoreTransaction
    ) async throws -> Reply {
        guard let row = try await transaction.run(MembershipStatements.one, id).first else { throw HTTPProblem.unknown }
        return Reply(status, record.json(row), version: row.version)
    }

    /// A salon without an owner would be nobody's to manage.
    private static func keepAnOwner(but id: PostgresUUID, _ transaction: StoreTransaction) async throws {
        guard try await !transaction.run(MembershipStatements.otherOwners, id).isEmpty else {
            throw HTTPProblem(.conflict, "a salon keeps at least one owner")
        }
    }

    private static func stale(_ id: PostgresUUID, _ transaction: StoreTransaction) async throws -> HTTPProblem {
        try await transaction.run(MembershipStatements.one, id).isEmpty ? .unknown : .stale
    }

    static let all = [
        Endpoint(
            .get, "/v1/salons/\(Paths.salon)/members", "listMembers", .keys, "Lists who works with a salon.",
            access: .salon(Permission(.members, .read)), query: Paging.parameters, body: .none,
            answer: .page(of: record.component),
            .answering { call, _ in
                let page = try PageRequest(call, of: "listMembers")
                let behind = page.cursor?.id ?? PostgresUUID(high: 0, low: 0)
                let rows = try await call.store.read(
                    MembershipStatements.list, (behind, page.asked), in: call.scope, call.freshness)
                return page.reply(rows, record.json) { Cursor($0.id) }
            }),
        Endpoint(
            .post, "/v1/salons/\(Paths.salon)/members", "addMember", .keys,
            "Makes somebody a member. Whoever is not known yet is given a password by `parlor user password`.",
            access: .salon(Permission(.members, .write)), body: wanted, answer: .created(record.component),
            .changing { call, wanted, transaction in
                let people = try await call.store.write(
                    MembershipStatements.person, (wanted.email, wanted.name), in: call.platform)
                guard let person = people.value.first else {
                    throw HTTPProblem(.conflict, "this address belonged to somebody who is gone")
                }
                guard let id = try await transaction.run(MembershipStatements.join, (person, wanted.role)).first else {
                    throw HTTPProblem(.conflict, "this person is a member already")
                }
                return try await reply(.created, id, transaction).changingAccess()
            }),
        Endpoint(
            .patch, "/v1/salons/\(Paths.salon)/members/\(Paths.id)", "updateMember", .keys,
            "Makes a member something else.", access: .salon(Permission(.members, .write)), body: changed,
            answer: .ok(record.component), precondition: .demanded,
            .changing { call, role, transaction in
                let id = try call.parameter(Paths.id)
                if role != .owner { try await keepAnOwner(but: id, transaction) }
                let change = (id, role, call.expectedVersion)
                guard try await transaction.run(MembershipStatements.change, change).first != nil else {
                    throw try await stale(id, transaction)
                }
                return try await reply(.ok, id, transaction).changingAccess()
            }),
        Endpoint(
            .delete, "/v1/salons/\(Paths.salon)/members/\(Paths.id)", "removeMember", .keys, "Ends a membership.",
            access: .salon(Permission(.members, .write)), body: .none, answer: .nothing, precondition: .respected,
            .changing { call, _, transaction in
                let id = try call.parameter(Paths.id)
                try await keepAnOwner(but: id, transaction)
                guard try await transaction.run(MembershipStatements.remove, (id, call.expectedVersion)).first != nil
                else { throw try await stale(id, transaction) }
                return Reply.nothing.changingAccess()
            }),
    ]
}
