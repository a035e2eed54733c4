import Basics
import HTTP
import Postgres
import Store
import Tenants

extension Record where Row == ProgramKey {
    fileprivate static let key = Record(
        "ApiKey", "A program's way in.",
        [
            .told("id", .identifier, \.id, "Its own key."),
            .told("name", .told, \.name, "What people call it."),
            .told("prefix", .told, \.prefix, "Its first characters, by which people recognise it."),
            .told("scopes", .list(of: FieldType<String>.told, 0...100), \.scopes, "What it may do."),
            .told("last_used_at", .orNull(.moment), \.lastUsed, "When it was last used, to the hour."),
            .told("expires_at", .orNull(.moment), \.expires, "When it ends; null for never."),
            .told("revoked_at", .orNull(.moment), \.revoked, "When it was revoked."),
            .told("created_at", .moment, \.created, "When it was made."),
        ])
}

/// The keys of programs.
enum KeyEndpoints {
    private struct Wanted: Sendable {
        let name: String
        let scopes: [Permission]
        let expires: Timestamp?
    }

    private static let wanted = Shape(
        "ApiKeyDraft", Field("name", .text(1...200), "What people call it."),
        Field("scopes", .list(of: .scope, 1...50), "What it may do."),
        Field("expires_at", .orNull(.moment), standard: .some(nil), "When it ends; null for never.")
    ) { Wanted(name: $0, scopes: $1, expires: $2) }

    private static let record = Record<ProgramKey>.key

    /// What only the one answer has that makes it.
    private static let made = Component(
        name: "NewApiKey",
        schema: .objectSchema(
            [
                .init("api_key", record.component.reference),
                .init(
                    "secret",
                    [
                        "type": ["string", "null"],
                        "description":
                            "To be sent as `Authorization: Bearer …`. Told only once: a repetition gets null.",
                    ]),
            ], required: ["api_key", "secret"]))

    static let all = [
        Endpoint(
            .get, "/v1/salons/\(Paths.salon)/api-keys", "listApiKeys", .keys, "Lists the keys of programs.",
            access: .salon(Permission(.keys, .read)), query: Paging.parameters, body: .none,
            answer: .page(of: record.component),
            .answering { call, _ in
                let page = try PageRequest(call, of: "listApiKeys")
                let behind = page.cursor?.id ?? PostgresUUID(high: 0, low: 0)
                let rows = try await call.store.read(
                    ProgramKeyStatements.list, (behind, page.asked), in: call.scope, call.freshness)
                return page.reply(rows, record.json) { Cursor($0.id) }
            }),
        Endpoint(
            .post, "/v1/salons/\(Paths.salon)/api-keys", "createApiKey", .keys, "Makes a key for a program.",
            access: .salon(Permission(.keys, .write)), body: wanted, answer: .created(made),
            schemas: [record.component],
            .changing { call, wanted, transaction in
                let token = AccessToken.generate(.key)
                let scopes = Set(wanted.scopes.map(\.description)).sorted()
                let input = (wanted.name, token.prefix, token.hash, scopes, wanted.expires)
                guard let key = try await transaction.run(ProgramKeyStatements.insert, input).first else {
                    throw HTTPProblem(.internalServerError)
                }
                let shown = record.json(key)
                var reply = Reply(.created, ["api_key": shown, "secret": .string(token.secret.reveal())])
                // A secret must not lie in the table of answers.
                reply.repeated = ["api_key": shown, "secret": .null]
                return reply
            }),
        Endpoint(
            .delete, "/v1/salons/\(Paths.salon)/api-keys/\(Paths.id)", "revokeApiKey", .keys,
            "Revokes a key, for good.", access: .salon(Permission(.keys, .write)), body: .none, answer: .nothing,
            .answering { call, _ in
                let id = try call.parameter(Paths.id)
                let revoked = try await call.store.write(ProgramKeyStatements.revoke, id, in: call.scope)
                guard !revoked.value.isEmpty else { throw HTTPProblem.unknown }
                return Reply.nothing.changingAccess()
            }),
    ]
}

extension FieldType where Value == Permission {
    /// A permission that keys can have.
    fileprivate static var scope: FieldType {
        let scopes = Permission.all.filter(\.isForKeys)
        return FieldType(
            schema: [
                .init("type", "string"), .init("enum", .array(scopes.map { .string($0.description) })),
            ], expectation: "a scope that keys can have",
            reading: { json in
                json.text.flatMap { Permission($0) }.flatMap { $0.isForKeys ? $0 : nil }
            }, json: { .string($0.description) })
    }
}
