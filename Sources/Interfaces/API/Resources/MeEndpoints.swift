import Basics
import HTTP
import Postgres
import Store
import Tenants

/// Whoever asks, as they are known here.
enum MeEndpoints {
    /// What somebody may do in a salon.
    private struct Standing: Sendable {
        let salon: PostgresUUID
        let role: Role?
        let permissions: [String]
    }

    private static let standing = Record<Standing>(
        "Standing", "What somebody may do in a salon.",
        [
            .told("salon_id", .identifier, \.salon, "The salon."),
            .told("role", .orNull(.choice), \.role, "What they are there; null for a key."),
            .told(
                "permissions", .list(of: FieldType<String>.told, 0...100), \.permissions,
                "What they may do, in the words of scopes."),
        ])

    private static let component = Component(
        name: "Myself",
        schema: .objectSchema(
            [
                .init("kind", ["type": "string", "enum": ["user", "key"]]),
                .init("id", .object(FieldType.identifier.schema)),
                .init("name", ["type": ["string", "null"]]), .init("email", ["type": ["string", "null"]]),
                .init("is_platform_admin", ["type": "boolean"]),
                .init("salons", ["type": "array", "items": standing.component.schema]),
            ], required: ["kind", "id", "name", "email", "is_platform_admin", "salons"], "Whoever asks."))

    private struct Passwords: Sendable {
        let old: String
        let new: String
    }

    private static let passwords = Shape(
        "PasswordChange", Field("current_password", .text(1...1024), "The one that is used now."),
        Field("new_password", .text(12...1024), "The one to be used from now on: at least 12 characters.")
    ) { Passwords(old: $0, new: $1) }

    static let all = [
        Endpoint(
            .get, "/v1/me", "getMyself", .access, "Shows who asks, and what they may do where.", access: .signedIn,
            body: .none, answer: .ok(component), .answering { call, _ in try await Reply(.ok, myself(call)) }),
        Endpoint(
            .put, "/v1/me/password", "changePassword", .access,
            "Gives whoever asks another password, and ends their other sessions.", access: .person, body: passwords,
            answer: .nothing, rate: .signIn,
            .answering { call, given in
                let (user, session) = try call.person
                let isChanged = try await call.services.signIn.changePassword(
                    of: user, from: Secret(given.old), to: Secret(given.new), in: session)
                guard isChanged else {
                    throw HTTPProblem.faulty([
                        FieldFault(pointer: "/current_password", detail: "is not the present one")
                    ])
                }
                return Reply.nothing.changingAccess()
            }),
    ]

    private static func myself(_ call: Call) async throws -> JSON {
        switch call.principal?.kind {
        case .user(let id, _, let roles, let isPlatformAdmin):
            guard let person = try await call.services.signIn.person(id) else { throw HTTPProblem.unknown }
            let salons = roles.sorted { $0.key.value < $1.key.value }.map { salon, role in
                let permissions = Permission.all.filter { $0.isGranted(to: role) }.map(\.description)
                return standing.json(Standing(salon: salon.value, role: role, permissions: permissions))
            }
            return [
                "kind": "user", "id": .string(id.description), "name": .string(person.name),
                "email": .string(person.email), "is_platform_admin": .bool(isPlatformAdmin), "salons": .array(salons),
            ]
        case .key(let id, let salon, let scopes):
            let permissions = Permission.all.filter(scopes.contains).map(\.description)
            let standing = standing.json(Standing(salon: salon.value, role: nil, permissions: permissions))
            return [
                "kind": "key", "id": .string(id.description), "name": .null, "email": .null,
                "is_platform_admin": false, "salons": [standing],
            ]
        case nil: throw HTTPProblem(.unauthorized)
        }
    }
}
