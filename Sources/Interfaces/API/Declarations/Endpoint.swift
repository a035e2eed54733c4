import Basics
import HTTP
import Postgres
import Store
import Tenants

/// Who may use an endpoint.
enum Access: Hashable, Sendable {
    /// Anybody, without a token.
    case anybody
    /// Whoever has a token.
    case signedIn
    /// A person with a session, because it is about the session or the person.
    case person
    /// Whoever has this permission in the salon of the path.
    case salon(Permission)
    /// The same, and a key that has this permission and no other may also stand in the address.
    case link(Permission)
    /// The people who run the platform.
    case platform
}

/// How much an endpoint takes out of its tenant's limit; each class has a bucket of its own.
enum RateClass: String, CaseIterable, Sendable {
    /// Reading.
    case read
    /// Changing something.
    case write
    /// Guessing passwords; by address and not by tenant.
    case signIn = "sign-in"
}

/// Whether the version that a client has seen (`If-Match`) plays a part.
enum Precondition: Hashable, Sendable {
    /// It does not.
    case none
    /// It is respected where it is given.
    case respected
    /// Without it nothing is changed.
    case demanded
}

/// A group of endpoints in the document.
enum Tag: String, CaseIterable, Sendable {
    case access = "Sign-in"
    case salons = "Salons"
    case catalogue = "Catalogue"
    case customers = "Customers"
    case conversations = "Conversations"
    case messages = "Messages"
    case bookings = "Bookings"
    case insight = "Insight"
    case keys = "Keys and members"
    case document = "This document"
}

/// An answer that an endpoint gives when all goes well.
struct Answer: Sendable {
    let status: HTTPStatus
    let description: String
    let component: Component?
    /// What its body is.
    var mediaType = "application/json"
    /// Schemas that its own refers to.
    var parts: [Component] = []

    /// 200 with a value.
    static func ok(_ component: Component, _ description: String = "The value.") -> Answer {
        Answer(status: .ok, description: description, component: component)
    }

    /// 200 with a page of a list.
    static func page(of component: Component) -> Answer {
        Answer(status: .ok, description: "A page.", component: Paging.component(of: component), parts: [component])
    }

    /// 200 with a whole list, which has a bound of its own.
    static func items(of component: Component) -> Answer {
        let list = Component(
            name: "\(component.name)List",
            schema: .objectSchema(
                [.init("items", ["type": "array", "items": component.reference])], required: ["items"]))
        return Answer(status: .ok, description: "All of them.", component: list, parts: [component])
    }

    /// 201 with what was made.
    static func created(_ component: Component) -> Answer {
        Answer(status: .created, description: "What was made.", component: component)
    }

    /// 202 with what will be done.
    static func accepted(_ component: Component) -> Answer {
        Answer(status: .accepted, description: "What is going to be done.", component: component)
    }

    /// 200 with a text of a media type.
    static func text(_ mediaType: String, _ component: Component, _ description: String) -> Answer {
        Answer(status: .ok, description: description, component: component, mediaType: mediaType)
    }

    /// 204, and nothing to say.
    static let nothing = Answer(status: .noContent, description: "It is done.", component: nil)
}

/// What an endpoint does.
enum Work<Body: Sendable>: Sendable {
    /// It answers from what is there, or does its own transactions.
    case answering(@Sendable (Call, Body) async throws -> Reply)
    /// It changes the salon's rows in a transaction that is committed with its answer, which a client may ask for again.
    case changing(@Sendable (Call, Body, StoreTransaction) async throws -> Reply)
}

/// One thing that the API does. The same value is registered with the router and written into the OpenAPI document, so
/// that what is served and what is promised cannot differ.
struct Endpoint: Sendable {
    let method: HTTPMethod
    let pattern: HTTPRoutePattern
    /// The `operationId`.
    let operation: String
    let tag: Tag
    let summary: String
    let access: Access
    let query: [AnyQueryParameter]
    /// The schema of the request's body; nil when it has none.
    let body: Component?
    let answer: Answer
    let precondition: Precondition
    /// Schemas that its own refer to.
    let schemas: [Component]
    /// What its refusals say beyond what every problem does, by their statuses.
    let problems: [HTTPStatus: Component]
    let rate: RateClass
    /// Whether it honours `Idempotency-Key`: what creates rows of a salon in one transaction, and what sees to it itself.
    let isIdempotent: Bool
    /// Reads the body, and gives back what is to be done with it.
    let prepare: @Sendable (JSON) throws(HTTPProblem) -> Work<Void>

    init<Body: Sendable>(
        _ method: HTTPMethod, _ pattern: HTTPRoutePattern, _ operation: String, _ tag: Tag, _ summary: String,
        access: Access, query: [AnyQueryParameter] = [], body: Shape<Body>, answer: Answer,
        precondition: Precondition = .none, rate: RateClass? = nil, schemas: [Component] = [],
        problems: [HTTPStatus: Component] = [:], isIdempotent: Bool = false, _ work: Work<Body>
    ) {
        self.method = method
        self.pattern = pattern
        self.operation = operation
        self.tag = tag
        self.summary = summary
        self.access = access
        self.query = query
        self.body = body.component
        self.answer = answer
        self.precondition = precondition
        self.schemas = schemas + answer.parts + problems.values
        self.problems = problems
        self.rate = rate ?? (method == .get ? .read : .write)
        if case .changing = work { self.isIdempotent = method == .post } else { self.isIdempotent = isIdempotent }
        prepare = { json throws(HTTPProblem) in
            var faults: [FieldFault] = []
            guard let value = body.read(json, "", &faults), faults.isEmpty else { throw .faulty(faults) }
            return switch work {
            case .answering(let answer): .answering { call, _ in try await answer(call, value) }
            case .changing(let change):
                .changing { call, _, transaction in try await change(call, value, transaction) }
            }
        }
    }
}

extension HTTPProblem {
    /// Everything that is wrong with the values of a request.
    static func faulty(_ faults: [FieldFault]) -> HTTPProblem {
        HTTPProblem(
            .unprocessableContent, "some values of the request are not right",
            members: [.init("errors", .array(faults.map(\.json)))])
    }
}
