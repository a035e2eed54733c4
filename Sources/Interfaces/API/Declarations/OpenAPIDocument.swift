import Basics
import HTTP
import Tenants

/// The OpenAPI 3.1 document of some endpoints.
struct OpenAPIDocument: Sendable {
    /// The document.
    let json: JSON

    init(_ endpoints: [Endpoint], version: String) {
        var paths: [(pattern: String, operations: [JSON.Member])] = []
        for endpoint in endpoints {
            let member = JSON.Member(endpoint.method.rawValue.lowercased(), Self.operation(endpoint))
            if let index = paths.firstIndex(where: { $0.pattern == endpoint.pattern.description }) {
                paths[index].operations.append(member)
            } else {
                let parameters = Self.pathParameters(endpoint.pattern)
                let shared: [JSON.Member] = parameters.isEmpty ? [] : [.init("parameters", .array(parameters))]
                paths.append((endpoint.pattern.description, shared + [member]))
            }
        }
        let tags = Tag.allCases.filter { tag in endpoints.contains { $0.tag == tag } }
        json = [
            "openapi": "3.1.0",
            "info": [
                "title": "Parlor", "version": .string(version),
                "description": "Salons, their calendars and their conversations on WhatsApp.",
            ],
            "security": [["token": []]],
            "tags": .array(tags.map { ["name": .string($0.rawValue)] }),
            "paths": .object(paths.map { .init($0.pattern, .object($0.operations)) }),
            "components": [
                "securitySchemes": ["token": Self.token, "key": Self.key],
                "schemas": .object(Self.components(of: endpoints).map { .init($0.name, $0.schema) }),
            ],
        ]
    }

    private static let token: JSON = [
        "type": "http", "scheme": "bearer",
        "description": "A session's token, or the key of a program. Requests with neither get 401.",
    ]

    private static let key: JSON = [
        "type": "apiKey", "in": "query", "name": .string(ShownToken.parameter),
        "description": "The key of a program, for those that can only be given an address.",
    ]

    /// Each schema once. Two of one name that differ are a mistake of the declarations, and stop the program.
    private static func components(of endpoints: [Endpoint]) -> [Component] {
        var known: [String: Component] = [:]
        for component in [problem]
            + endpoints.flatMap({ [$0.body, $0.answer.component].compactMap(\.self) + $0.schemas })
        {
            precondition(
                (known[component.name] ?? component) == component, "there are two schemas named \(component.name)")
            known[component.name] = component
        }
        return known.values.sorted { $0.name < $1.name }
    }

    // MARK: - Operations

    private static func operation(_ endpoint: Endpoint) -> JSON {
        var members: [JSON.Member] = [
            .init("operationId", .string(endpoint.operation)), .init("tags", [.string(endpoint.tag.rawValue)]),
            .init("summary", .string(endpoint.summary)),
        ]
        if let sentence = endpoint.access.sentence { members.append(.init("description", .string(sentence))) }
        if let security = endpoint.access.security { members.append(.init("security", security)) }
        let parameters = endpoint.query.map(queryParameter) + headers(endpoint)
        if !parameters.isEmpty { members.append(.init("parameters", .array(parameters))) }
        if let body = endpoint.body {
            let content: JSON = .object(endpoint.mediaTypes.map { .init($0, ["schema": body.reference]) })
            members.append(.init("requestBody", ["required": true, "content": content]))
        }
        members.append(.init("responses", .object(answers(endpoint))))
        return .object(members)
    }

    private static func pathParameters(_ pattern: HTTPRoutePattern) -> [JSON] {
        pattern.parameters.map { parameter in
            let schema: JSON =
                switch parameter.type {
                case "identifier": ["type": "string", "format": "uuid"]
                case "day": ["type": "string", "format": "date"]
                default: ["type": "string"]
                }
            return ["name": .string(parameter.name), "in": "path", "required": true, "schema": schema]
        }
    }

    private static func queryParameter(_ parameter: AnyQueryParameter) -> JSON {
        let members: [JSON.Member] = [
            .init("name", .string(parameter.name)), .init("in", "query"),
            .init("description", .string(parameter.description)), .init("schema", parameter.schema),
        ]
        return .object(members + (parameter.isRequired ? [.init("required", true)] : []))
    }

    private static func headers(_ endpoint: Endpoint) -> [JSON] {
        var headers: [JSON] = []
        if endpoint.precondition != .none {
            headers.append([
                "name": "If-Match", "in": "header", "required": .bool(endpoint.precondition == .demanded),
                "description": "The ETag of the version that is meant; 412 when there is a newer one.",
                "schema": ["type": "string", "pattern": #"^(\*|"[0-9]{1,9}")$"#],
            ])
        }
        if endpoint.isIdempotent {
            headers.append([
                "name": "Idempotency-Key", "in": "header", "required": false,
                "description": "The same key and body get the first answer again, for 24 hours.",
                "schema": ["type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"],
            ])
        }
        return headers
    }

    private static func answers(_ endpoint: Endpoint) -> [JSON.Member] {
        var good: [JSON.Member] = [.init("description", .string(endpoint.answer.description))]
        if let component = endpoint.answer.component {
            good.append(.init("content", .object([.init(endpoint.answer.mediaType, ["schema": component.reference])])))
        }
        var members = [JSON.Member("\(endpoint.answer.status.code)", .object(good))]
        if endpoint.isConditional {
            members.append(.init("304", ["description": "The version named by If-None-Match is still the newest."]))
        }
        members += endpoint.refusals.sorted { $0.code < $1.code }.map { status in
            let schema = (endpoint.problems[status] ?? problem).reference
            let content: JSON = ["application/problem+json": ["schema": schema]]
            return .init("\(status.code)", ["description": .string(status.reason), "content": content])
        }
        return members
    }

    /// What went wrong (RFC 9457).
    static let problem = problem(named: "Problem", [])

    /// What went wrong, with further members that some refusals have.
    static func problem(named name: String, _ members: [JSON.Member]) -> Component {
        let fault = JSON.objectSchema(
            [
                .init("pointer", ["type": "string", "description": "Where: a JSON pointer, or ?name."]),
                .init("detail", ["type": "string"]),
            ], required: ["pointer", "detail"])
        let properties: [JSON.Member] = [
            .init("type", ["type": "string"]), .init("title", ["type": "string"]),
            .init("status", ["type": "integer"]), .init("detail", ["type": "string"]),
            .init(
                "errors", ["type": "array", "description": "Each value that is not right.", "items": fault]),
        ]
        return Component(
            name: name,
            schema: [
                "type": "object", "description": "What went wrong (RFC 9457).",
                "properties": .object(properties + members), "required": ["title", "status"],
            ])
    }
}

extension Endpoint {
    /// Whether it answers 304 to a client that has the newest version.
    var isConditional: Bool { method == .get && answer.component?.schema["properties"]?["version"] != nil }

    /// The statuses with which it can refuse.
    var refusals: Set<HTTPStatus> {
        var refusals: Set<HTTPStatus> = [.tooManyRequests, .serviceUnavailable, .badRequest]
        if access != .anybody { refusals.formUnion([.unauthorized, .forbidden]) }
        if operation == "signIn" { refusals.insert(.unauthorized) }
        if !pattern.parameters.isEmpty { refusals.insert(.notFound) }
        if body != nil {
            refusals.formUnion([.badRequest, .contentTooLarge, .unsupportedMediaType, .unprocessableContent])
        }
        if precondition != .none { refusals.insert(.preconditionFailed) }
        if precondition == .demanded { refusals.insert(.preconditionRequired) }
        if method != .get { refusals.insert(.conflict) }
        if isIdempotent { refusals.insert(.unprocessableContent) }
        refusals.formUnion(problems.keys)
        return refusals
    }
}

extension HTTPStatus {
    /// A change was asked for without saying of which version.
    static let preconditionRequired = HTTPStatus(428)
}

extension Access {
    /// Who may, for the document.
    var sentence: String? {
        switch self {
        case .anybody: return nil
        case .signedIn: return "For whoever has a token."
        case .person: return "For people with a session; keys have none."
        case .platform: return "For the people who run the platform."
        case .salon(let permission), .link(let permission):
            let roles = Role.allCases.filter { permission.isGranted(to: $0) }.map { $0.rawValue.lowercased() }
            let platform = permission.isGrantedToPlatform ? ["platform administrators"] : []
            let key = permission.isForKeys ? " Keys need the scope `\(permission)`." : " Not for keys."
            return "For \((roles + platform).joined(separator: ", ")).\(key)"
        }
    }

    /// By what somebody gets in, where it is not by a token in the header alone.
    fileprivate var security: JSON? {
        switch self {
        case .anybody: []
        case .link: [["token": []], ["key": []]]
        case .signedIn, .person, .platform, .salon: nil
        }
    }
}
